package gonet.test.socket;

import gonet.Net;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * A program with one carrier and no other in its place, on which many threads wait for the database
 * at the same time: each for a lock that the program holds. The database tells when all of them do;
 * a thread that kept the carrier would keep the others from asking.
 *
 * <p>Argument: the database.
 */
final class ManyQueries {
  static final String MARK = "queries: ";

  private static final int THREADS = 64;
  private static final int LOCK = 7;
  private static final long PATIENCE_SECONDS = 60;

  private ManyQueries() {}

  public static void main(String[] args) throws Exception {
    String url = args[0];
    try (Connection db = DriverManager.getConnection(url);
        Recording recording = new Recording()) {
      ask(db, "select pg_advisory_lock(" + LOCK + ")");
      warmUp(url);
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold();
      recording.start();
      AtomicInteger done = new AtomicInteger();
      CountDownLatch all = new CountDownLatch(THREADS);
      for (int i = 0; i < THREADS; i++) {
        var _ =
            Net.go(
                "query-" + i,
                () -> {
                  try (Connection own = DriverManager.getConnection(url)) {
                    ask(own, "select pg_advisory_lock_shared(" + LOCK + ")");
                    done.incrementAndGet();
                  } finally {
                    all.countDown();
                  }
                });
      }
      awaitWaiting(db);
      say(THREADS - done.get() + " wait at the same time");
      ask(db, "select pg_advisory_unlock(" + LOCK + ")");
      if (!all.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        say("some wait still");
      }
      say(done + " have gone on");
      recording.stop();
      say(pinned(recording) + " pinned");
    }
  }

  /** Marked, for the log may have something to say as well: of cold code that computes for long. */
  private static void say(String line) {
    System.out.println(MARK + line);
  }

  /** Classes are loaded and initialized by native frames, which would count. */
  private static void warmUp(String url) throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      Thread first =
          Net.go(
              "first",
              () -> {
                try (Connection own = DriverManager.getConnection(url)) {
                  ask(own, "select 1");
                }
              });
      first.join();
    }
  }

  private static void ask(Connection db, String query) throws SQLException {
    try (Statement statement = db.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      if (!result.next()) {
        throw new SQLException("no row");
      }
    }
  }

  private static void awaitWaiting(Connection db) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    int waiting = 0;
    while (System.nanoTime() < end) {
      try (Statement statement = db.createStatement();
          ResultSet result =
              statement.executeQuery(
                  "select count(*) from pg_locks where locktype = 'advisory' and not granted")) {
        if (result.next()) {
          waiting = result.getInt(1);
        }
      }
      if (waiting == THREADS) {
        return;
      }
      Thread.sleep(20);
    }
    throw new AssertionError("only " + waiting + " wait");
  }

  private static long pinned(Recording recording) throws Exception {
    Path file = Files.createTempFile("pinned", ".jfr");
    try {
      recording.dump(file);
      long count = 0;
      for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
        if (event.getEventType().getName().equals("jdk.VirtualThreadPinned")) {
          System.out.println(event);
          count++;
        }
      }
      return count;
    } finally {
      Files.delete(file);
    }
  }
}

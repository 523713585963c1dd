package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/**
 * Two ways to serve no more than so many clients at once, each a few lines over {@link Listener}:
 * close what is too much, or do not accept it before there is room. What the client sees differs:
 * the end of the stream at once, or a connection that stands and waits.
 */
@LeakCheck
@Proves("jvm-max")
class ConnectionLimitTest {
  private static final int LIMIT = 10;
  private static final Duration A_WHILE = Duration.ofMillis(200);

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  void clientsBeyondTheLimitSeeTheEndAtOnceWhereTheyAreClosed() throws Exception {
    Semaphore room = new Semaphore(LIMIT);
    try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
      crew.extra(
          "server",
          () -> {
            for (; ; ) {
              Conn conn = listener.accept();
              if (room.tryAcquire()) {
                Net.go(() -> greetThenWait(conn, room));
              } else {
                conn.close();
              }
            }
          });
      List<Conn> served = fill(listener);
      for (int i = 0; i < 20; i++) {
        try (Conn tooMany = dial(listener)) {
          assertEquals(-1, tooMany.read(new byte[1]));
        }
      }
      served.removeFirst().close();
      // The server notices in its own time.
      try (Conn next = awaitServed(listener)) {
        assertEquals(0, room.availablePermits(), next::toString);
      }
      served.forEach(Conn::close);
    }
    crew.end();
  }

  @Test
  @Proves({"A27", "B26"})
  void clientsBeyondTheLimitWaitWhereTheyAreNotAccepted() throws Exception {
    Semaphore room = new Semaphore(LIMIT);
    Listener listener = Net.listen("tcp", "127.0.0.1:0");
    try {
      crew.extra(
          "server",
          () -> {
            for (; ; ) {
              room.acquire();
              Conn conn;
              try {
                conn = listener.accept();
              } catch (IOException e) {
                room.release();
                throw e;
              }
              Net.go(() -> greetThenWait(conn, room));
            }
          });
      List<Conn> served = fill(listener);
      try (Conn waiting = dial(listener)) {
        waiting.setReadTimeout(A_WHILE);
        assertThrows(NetTimeoutException.class, () -> waiting.read(new byte[1]));
        waiting.setReadTimeout(null);
        served.removeFirst().close();
        assertEquals(1, waiting.read(new byte[1]));
      }
      served.forEach(Conn::close);
      // The last room is taken by the accept that waits.
      room.acquire(LIMIT - 1);
    } finally {
      listener.close();
    }
    crew.end();
  }

  /** Connects as many as there is room for, and sees them served. */
  private static List<Conn> fill(Listener listener) throws IOException {
    List<Conn> served = new ArrayList<>();
    for (int i = 0; i < LIMIT; i++) {
      Conn conn = dial(listener);
      served.add(conn);
      assertEquals(1, conn.read(new byte[1]));
    }
    return served;
  }

  private static Conn dial(Listener listener) throws IOException {
    Conn conn = Net.dial("tcp", listener.addr().toString());
    conn.setReadTimeout(Duration.ofSeconds(20));
    return conn;
  }

  private static Conn awaitServed(Listener listener) throws IOException {
    for (; ; ) {
      Conn conn = dial(listener);
      if (conn.read(new byte[1]) == 1) {
        return conn;
      }
      conn.close();
    }
  }

  private static void greetThenWait(Conn conn, Semaphore room) throws IOException {
    try (conn) {
      conn.write(new byte[1]);
      var _ = conn.read(new byte[1]);
    } finally {
      room.release();
    }
  }
}

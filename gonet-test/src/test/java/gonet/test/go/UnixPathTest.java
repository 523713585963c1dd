package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetBindException;
import gonet.UnixListener;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A path that somebody has left: taken over if nobody answers there, and never otherwise. */
@LeakCheck
@Timeout(180)
@Proves("node-path-stale")
class UnixPathTest {
  private static final ListenConfig TAKING_OVER =
      ListenConfig.defaults().withReplaceStalePath(true);

  private Path dir;
  private Path file;
  private String path;

  @BeforeEach
  void makeDirectory() throws IOException {
    dir = Files.createTempDirectory("gonet"); // not @TempDir, whose names are long
    file = dir.resolve("s");
    path = file.toString();
  }

  @AfterEach
  void removeDirectory() throws IOException {
    Files.delete(dir);
  }

  /** As a killed process leaves it. */
  private void leaveDead(String network) throws IOException {
    UnixListener dead = ListenConfig.defaults().listenUnix(network, path);
    dead.setUnlinkOnClose(false);
    dead.close();
    assertTrue(Files.exists(file));
  }

  @Test
  void aDeadPathIsReplacedAndServesAndGoesWithItsNewListener() throws Exception {
    leaveDead("unix");
    try (Listener listener = TAKING_OVER.listen("unix", path);
        Conn client = Net.dial("unix", path);
        Conn server = listener.accept()) {
      client.write(new byte[] {1});
      assertEquals(1, server.read(new byte[1]));
    }
    try (Listener _ = TAKING_OVER.listen("unix", path)) {
      assertTrue(Files.exists(file)); // and where nothing was left it is an ordinary listen
    }
  }

  @Test
  @OverEpoll
  void aDeadPathOfTheOtherKindIsReplacedToo() throws Exception {
    leaveDead("unix");
    TAKING_OVER.listen("unixpacket", path).close();
    leaveDead("unixpacket");
    TAKING_OVER.listen("unix", path).close();
  }

  @Test
  void byDefaultADeadPathIsInTheWay() throws Exception {
    leaveDead("unix");
    assertInUse(ListenConfig.defaults(), "unix");
    Files.delete(file);
  }

  @Test
  void aPathWhereSomebodyAnswersIsNeverTaken() throws Exception {
    try (Listener alive = Net.listen("unix", path)) {
      assertInUse(TAKING_OVER, "unix");
      alive.accept().close(); // the question
      try (Conn client = Net.dial("unix", path);
          Conn server = alive.accept()) {
        client.write(new byte[] {1});
        assertEquals(1, server.read(new byte[1]));
      }
    }
  }

  @Test
  @OverEpoll
  void aPathThatAnswersByAnotherKindOrHasNoRoomIsNotTaken() throws Exception {
    try (Listener _ = Net.listen("unixpacket", path)) {
      assertInUse(TAKING_OVER, "unix");
    }
    try (Listener _ = ListenConfig.defaults().withBacklog(0).listen("unix", path);
        Conn _ = Net.dial("unix", path)) { // Linux takes one more than the backlog
      assertInUse(TAKING_OVER, "unix");
    }
  }

  @Test
  void aFileOfAnotherKindIsNeverTaken() throws Exception {
    Files.writeString(file, "precious");
    assertInUse(TAKING_OVER, "unix");
    assertEquals("precious", Files.readString(file));
    Files.delete(file);

    Files.createDirectory(file);
    assertInUse(TAKING_OVER, "unix");
    Files.delete(file);

    Path other = dir.resolve("other");
    Files.writeString(other, "precious");
    Files.createSymbolicLink(file, other);
    assertInUse(TAKING_OVER, "unix");
    Files.delete(file);
    assertEquals("precious", Files.readString(other));
    Files.delete(other);
  }

  /** Between bind and listen of one the others' question is refused, as by a dead path. */
  @Test
  void ofManyThatStartAtOnceExactlyOneGetsThePath() throws Exception {
    int starters = 8;
    for (int round = 0; round < 20; round++) {
      leaveDead("unix");
      CyclicBarrier start = new CyclicBarrier(starters);
      List<FutureTask<Listener>> tasks = new ArrayList<>();
      for (int i = 0; i < starters; i++) {
        FutureTask<Listener> task =
            new FutureTask<>(
                () -> {
                  start.await();
                  try {
                    return TAKING_OVER.listen("unix", path);
                  } catch (NetBindException e) {
                    assertEquals("EADDRINUSE", e.errno());
                    return null;
                  }
                });
        tasks.add(task);
        Thread.ofPlatform().daemon().name("starter " + i).start(task);
      }
      List<Listener> winners = new ArrayList<>();
      for (FutureTask<Listener> task : tasks) {
        Listener listener = task.get();
        if (listener != null) {
          winners.add(listener);
        }
      }
      try {
        assertEquals(1, winners.size(), () -> "listeners: " + winners);
        Net.dial("unix", path).close();
      } finally {
        winners.forEach(Listener::close);
      }
    }
  }

  private void assertInUse(ListenConfig config, String network) {
    NetBindException e = assertThrows(NetBindException.class, () -> config.listen(network, path));
    assertEquals(
        "listen " + network + " " + path + ": bind: address already in use", e.getMessage());
  }
}

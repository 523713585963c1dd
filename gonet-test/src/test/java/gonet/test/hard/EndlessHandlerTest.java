package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Net;
import gonet.server.Server;
import gonet.server.ServerState;
import gonet.test.Proves;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A handler computes and never ends, on the only carrier there is, while others wait in reads they
 * cannot return from. The server ends all the same, and so does the process.
 */
@Timeout(180)
@Proves("server-prompt")
class EndlessHandlerTest {
  private static final int STATUS_OF_SIGTERM = 128 + 15;

  @ParameterizedTest
  @ValueSource(strings = {"shutdown", "close"})
  void theServerEndsAndSaysThatItWasForced(String how) throws Exception {
    try (Child child = Child.start(Program.class, Child.ONE_CARRIER, how)) {
      assertEquals("FORCED", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"once", "twice"})
  void aSignalEndsTheProcess(String how) throws Exception {
    try (Child child = Child.start(Program.class, Child.ONE_CARRIER, how)) {
      assertEquals("signalled", child.hear());
      assertEquals(STATUS_OF_SIGTERM, child.awaitExit(), child::output);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = "hook")
  void aThirdSignalDoesNotEvenWaitForShutdownHooks(String how) throws Exception {
    try (Child child = Child.start(Program.class, Child.ONE_CARRIER, how)) {
      assertEquals("in the hook", child.hear());
      assertEquals("signalled", child.hear());
      assertEquals(STATUS_OF_SIGTERM, child.awaitExit(), child::output);
    }
  }

  /** Two clients: one whose handler computes, one whose handler reads. */
  static final class Program {
    private static final CountDownLatch ENDLESS = new CountDownLatch(1);
    private static final CountDownLatch IN_HOOK = new CountDownLatch(1);
    private static final List<Long> SUM = new CopyOnWriteArrayList<>();

    private static void serve(Conn conn) throws Exception {
      byte[] wish = new byte[1];
      conn.readFully(wish);
      conn.write(wish);
      if (wish[0] == 'e') {
        ENDLESS.countDown();
        for (long i = 0; i >= 0; i++) {
          if (i == Long.MAX_VALUE) {
            SUM.add(i); // so that the loop is not empty
          }
        }
      }
      var _ = conn.read(wish);
    }

    private static Conn client(Server server, char wish) throws Exception {
      Conn conn = Net.dial("tcp", server.addr().toString());
      conn.write(new byte[] {(byte) wish});
      conn.readFully(new byte[1]);
      return conn;
    }

    public static void main(String[] args) throws Exception {
      Server server =
          Server.builder().listenOn("tcp", "127.0.0.1:0").handler(Program::serve).start();
      Conn reader = client(server, 'r');
      Conn endless = client(server, 'e');
      ENDLESS.await();
      switch (args[0]) {
        case "shutdown" -> Child.tell(server.shutdown(Duration.ofMillis(50)).outcome());
        case "close" -> {
          server.close();
          Child.tell(server.awaitClosed().outcome());
        }
        case "once" -> {
          server.shutdownOnSignal(Duration.ofMillis(50));
          signal();
          Child.tell("signalled");
          LockSupport.park();
        }
        case "twice" -> {
          server.shutdownOnSignal(Duration.ofHours(1));
          signal();
          while (server.state() == ServerState.RUNNING) {
            Thread.onSpinWait();
          }
          signal();
          Child.tell("signalled");
          LockSupport.park();
        }
        default -> {
          server.shutdownOnSignal(Duration.ofMillis(50));
          Runtime.getRuntime()
              .addShutdownHook(
                  new Thread(
                      () -> {
                        Child.tell("in the hook");
                        IN_HOOK.countDown();
                        LockSupport.park();
                      }));
          signal();
          IN_HOOK.await();
          Child.tell("signalled");
          for (; ; ) {
            signal(); // two that come together are one
          }
        }
      }
      Runtime.getRuntime().halt(reader.isClosed() || endless.isClosed() ? 1 : 0);
    }

    private static void signal() throws Exception {
      String self = Long.toString(ProcessHandle.current().pid());
      new ProcessBuilder("kill", "-TERM", self).inheritIO().start().waitFor();
    }
  }
}

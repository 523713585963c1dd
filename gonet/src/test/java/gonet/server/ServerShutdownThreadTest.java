package gonet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shutdown wants threads, and the system may have none to give. */
@Timeout(30)
@Proves("server-prompt")
class ServerShutdownThreadTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private static Server server() throws Exception {
    return Server.builder().listenOn("tcp", "127.0.0.1:0").handler(conn -> {}).start();
  }

  private static Thread refuse(String name, Runnable body) {
    return new Thread(body, name) {
      @Override
      public void start() {
        throw new OutOfMemoryError("unable to create native thread, for the test");
      }
    };
  }

  @Test
  void aShutdownGoesOnWithoutAnyThreadOfTheSystem() throws Exception {
    try (Server server = server()) {
      ServerShutdown shutdown = new ServerShutdown(server, ServerShutdownThreadTest::refuse);
      shutdown.begin(0, HOUR);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, shutdown.await().outcome());
      assertEquals(ServerState.CLOSED, server.state());
      assertTrue(server.loops().stream().allMatch(loop -> loop.listener().isClosed()));
    }
  }

  @Test
  void aShutdownThatCouldNotBeginBeginsWhenItIsAskedForAgain() throws Exception {
    try (Server server = server()) {
      Queue<Error> failures = new ArrayDeque<>();
      failures.add(new StackOverflowError("for the test"));
      ServerShutdown shutdown =
          new ServerShutdown(
              server,
              (name, body) -> {
                Error failure = failures.poll();
                if (failure != null) {
                  throw failure;
                }
                return server.daemon(name, body);
              });
      assertThrows(StackOverflowError.class, () -> shutdown.begin(0, HOUR));
      assertFalse(shutdown.await(0));
      shutdown.begin(0, HOUR);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, shutdown.await().outcome());
      assertTrue(server.awaitClosed(Duration.ofMinutes(1)));
    }
  }
}

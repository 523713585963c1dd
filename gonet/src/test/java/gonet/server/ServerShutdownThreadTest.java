package gonet.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Background;
import gonet.NetFailure;
import gonet.internal.signal.SignalShutdown;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.support.Proves;
import gonet.support.Refusing;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shutdown wants threads, and the system may have none to give. */
@Timeout(180)
@Proves("server-prompt")
class ServerShutdownThreadTest {
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  private static Server server() throws Exception {
    return Server.builder().listenOn("tcp", "127.0.0.1:0").handler(conn -> {}).start();
  }

  @Test
  void aShutdownGoesOnWithoutAnyThreadOfTheSystem() throws Exception {
    try (Server server = server()) {
      ServerShutdown shutdown = new ServerShutdown(server, Refusing::thread);
      shutdown.begin(0, HOUR);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, shutdown.await().outcome());
      // The server's own has begun when its listener was gone, and may be still on its way.
      assertTrue(server.awaitClosed(Duration.ofMinutes(1)));
      assertEquals(ServerState.CLOSED, server.state());
      assertTrue(server.loops().stream().allMatch(loop -> loop.listener().isClosed()));
    }
  }

  /** The listener that it had opened is closed again. */
  @Test
  @Proves("jvm-no-thread")
  void aServerWithoutAThreadForItsIdleLimitDoesNotStartAndLeavesNothing() throws Exception {
    int port;
    try (Server server = server()) {
      port = Objects.requireNonNull(server.addr().addrPort()).port();
    }
    ServerBuilder builder =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:" + port)
            .idleTimeout(Duration.ofMinutes(1))
            .handler(conn -> {});
    IOException e =
        Daemons.making(Refusing::thread, () -> assertThrows(IOException.class, builder::start));
    String text = String.valueOf(e.getMessage());
    assertTrue(
        text.startsWith("start tcp 127.0.0.1:" + port + ": cannot start thread server-idle: "),
        text);
    assertTrue(e instanceof NetFailure, text);
    try (Server server = builder.start()) {
      assertEquals(ServerState.RUNNING, server.state());
    }
  }

  @Test
  @Proves("jvm-no-thread")
  void aSignalThatFindsNoThreadEndsTheServersOnTheOneThatBringsIt() {
    List<Thread> ran = new ArrayList<>();
    Daemons.making(
        Refusing::thread,
        () -> {
          SignalShutdown.apart(() -> ran.add(Thread.currentThread()));
          return true;
        });
    assertEquals(List.of(Thread.currentThread()), ran);
  }

  /** One that never runs, so that nothing but the calls of the test decides. */
  private static ServerShutdown standing(Server server) {
    return new ServerShutdown(server, (name, body) -> new Thread(() -> {}, name));
  }

  @Test
  void aSecondShutdownMayOnlyTakeTime() throws Exception {
    try (Server server = server()) {
      ServerShutdown shutdown = standing(server);
      shutdown.begin(0, HOUR);
      assertTrue(shutdown.hasTime());
      shutdown.begin(0, 0);
      assertFalse(shutdown.hasTime());
      shutdown.begin(0, HOUR);
      assertFalse(shutdown.hasTime(), "the second has given more than the first");
    }
  }

  @Test
  void whoHasGivenUpWaitingIsNotWaitedFor() throws Exception {
    try (Server server = server()) {
      ServerShutdown shutdown = standing(server);
      CountDownLatch over = new CountDownLatch(1);
      Background<Boolean> waiter =
          Background.call(
              () -> {
                boolean closed = shutdown.await(1);
                over.await();
                return closed;
              });
      waiter.awaitParked();
      long until = Clock.after(HOUR);
      shutdown.joinWaiters(() -> until);
      assertFalse(waiter.isDone());
      over.countDown();
      assertFalse(waiter.get());
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

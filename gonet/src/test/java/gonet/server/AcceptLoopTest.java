package gonet.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.Dialer;
import gonet.ForwardingConn;
import gonet.ForwardingListener;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.TimeLimit;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.support.Refusing;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first steps of a connection, of an accept loop and of a server, and their last ones. */
@Timeout(180)
class AcceptLoopTest {
  private static final Duration LONG = Duration.ofHours(1);

  private static Conn dial(Server server) throws IOException {
    Conn conn = Dialer.defaults().dial("tcp", server.addr().toString());
    conn.setReadTimeout(Duration.ofSeconds(20));
    return conn;
  }

  private static long soon() {
    return Clock.after(TimeUnit.SECONDS.toNanos(20));
  }

  /** Nobody of those who are there leaves meanwhile. */
  @Test
  void aLoopThatWaitsForRoomHearsOfTheDrain() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0")
                .maxConns(1)
                .whenFull(WhenFull.WAIT)
                .handler(conn -> awaitUninterruptibly(over))
                .start();
        Conn _ = dial(server)) {
      long limit = soon();
      assertTrue(server.registry().awaitNoneAcceptingOrFull(() -> limit), "it is not full");
      server.loops().getFirst().drain();
      assertTrue(server.registry().awaitNoneAccepting(() -> limit));
      assertTrue(server.loops().getFirst().listener().isClosed());
      over.countDown();
    }
  }

  /** As one whose thread there is no memory for. */
  @Test
  void aLoopThatDoesNotStartDoesNotCountAsAccepting() throws Exception {
    try (Server server =
        Server.builder().listenOn("tcp", "127.0.0.1:0").handler(conn -> {}).start()) {
      AcceptLoop loop = server.loops().getFirst();
      assertThrows(IllegalThreadStateException.class, loop::start);
      loop.drain();
      long limit = soon();
      assertTrue(server.registry().awaitNoneAccepting(() -> limit));
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        // Not before it is over.
      }
    }
  }

  @Test
  void aConnectionThatCannotBeBegunWithIsClosed() throws Exception {
    Listener odd =
        new ForwardingListener(Net.listen("tcp", "127.0.0.1:0")) {
          @Override
          public Conn accept() throws IOException {
            return new ForwardingConn(super.accept()) {
              @Override
              public NetAddr remoteAddr() {
                throw new IllegalStateException("no address, for the test");
              }
            };
          }
        };
    try (Server server = Server.builder().listener(odd).handler(conn -> {}).start();
        Conn client = dial(server)) {
      assertEquals(-1, client.read(new byte[1]));
      assertEquals(0, server.connections());
    }
  }

  @Test
  void theTimeOfTheLayersIsOverWhenTheyStand() throws Exception {
    BlockingQueue<List<Instant>> deadlines = new LinkedBlockingQueue<>();
    ConnLayer layer = c -> new ForwardingConn(c) {};
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", layer)
                .layerTimeout(LONG)
                .handler(
                    conn -> deadlines.add(Arrays.asList(conn.readDeadline(), conn.writeDeadline())))
                .start();
        Conn _ = dial(server)) {
      assertEquals(Arrays.asList(null, null), deadlines.poll(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void aStartThatFailsLeavesTheCallersListenerOpen() throws Exception {
    try (Listener mine = Net.listen("tcp", "127.0.0.1:0")) {
      ServerBuilder builder = Server.builder().listener(mine).idleTimeout(LONG).handler(conn -> {});
      assertNotNull(
          Daemons.making(Refusing::thread, () -> assertThrows(IOException.class, builder::start)));
      assertFalse(mine.isClosed());
    }
  }

  @Test
  void aCloseThatIsInterruptedWaitsAndKeepsTheStatus() throws Exception {
    Server server = Server.builder().listenOn("tcp", "127.0.0.1:0").handler(conn -> {}).start();
    Thread.currentThread().interrupt();
    server.close();
    assertTrue(Thread.interrupted());
    assertEquals(ServerState.CLOSED, server.state());
  }

  @Test
  void whoWasForcedToEndHasNotFinished() throws Exception {
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0")
                .handler(conn -> conn.readFully(new byte[1]))
                .start();
        Conn done = dial(server)) {
      done.write(new byte[1]);
      assertEquals(-1, done.read(new byte[1]));
      try (Conn _ = dial(server)) {
        await().until(() -> server.connections() == 1 && server.registry().ended() == 1);
        ShutdownReport report = server.shutdown(Duration.ZERO);
        assertEquals(ShutdownReport.Outcome.FORCED, report.outcome());
        assertEquals(1, report.forced());
        assertEquals(0, report.finished());
      }
    }
  }

  /** The wait for a request is ended by a deadline of the server's. */
  @Test
  void theHandlersDeadlineStandsAgainWhenItWasAskedToFinish() throws Exception {
    Instant far = Instant.now().plus(LONG);
    BlockingQueue<List<Object>> seen = new LinkedBlockingQueue<>();
    CountDownLatch waits = new CountDownLatch(1);
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0")
                .handler(
                    conn -> {
                      conn.setReadDeadline(far);
                      waits.countDown();
                      boolean request = conn.awaitRequest();
                      seen.add(Arrays.asList(request, conn.readDeadline()));
                    })
                .start();
        Conn _ = dial(server)) {
      assertTrue(waits.await(20, TimeUnit.SECONDS));
      server.beginShutdown(LONG);
      List<Object> told = seen.poll(20, TimeUnit.SECONDS);
      assertNotNull(told);
      assertEquals(false, told.getFirst());
      Instant deadline = (Instant) told.getLast();
      assertNotNull(deadline, "the handler's deadline is gone");
      assertTrue(Duration.between(deadline, far).abs().compareTo(Duration.ofMinutes(1)) < 0);
    }
    assertNull(seen.poll());
  }

  /** It comes from another thread, before the waiting one has looked. */
  @Test
  void aDeadlineThatIsSetAfterTheServerHasEndedAWaitDoesNotHideThat() throws Exception {
    Instant far = Instant.now().plus(LONG);
    CountDownLatch waits = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch looks = new CountDownLatch(1);
    BlockingQueue<List<Object>> seen = new LinkedBlockingQueue<>();
    ConnLayer layer =
        below ->
            new ForwardingConn(below) {
              @Override
              public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
                waits.countDown();
                awaitUninterruptibly(looks);
                super.awaitReadable(limit);
              }

              @Override
              public void setReadDeadline(@Nullable Instant when) throws IOException {
                super.setReadDeadline(when);
                if (when != null && when.equals(Instant.EPOCH)) {
                  ended.countDown();
                }
              }
            };
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", layer)
                .handler(
                    conn -> {
                      conn.readFully(new byte[1]); // after its first request a wait may be ended
                      boolean request = conn.awaitRequest();
                      seen.add(List.of(request, conn.readDeadline()));
                    })
                .start();
        Conn client = dial(server)) {
      client.write(new byte[1]);
      assertTrue(waits.await(20, TimeUnit.SECONDS));
      server.beginShutdown(LONG);
      assertTrue(ended.await(20, TimeUnit.SECONDS));
      server.conns().getFirst().setReadDeadline(far);
      looks.countDown();
      List<Object> told = seen.poll(20, TimeUnit.SECONDS);
      assertNotNull(told, "it waits on");
      assertEquals(false, told.getFirst());
      Duration off = Duration.between(far, (Instant) told.getLast());
      assertTrue(off.abs().compareTo(Duration.ofMinutes(1)) < 0, "the handler's own: " + off);
    }
  }
}

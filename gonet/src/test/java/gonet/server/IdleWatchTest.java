package gonet.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.internal.time.Clock;
import gonet.support.Emulation;
import gonet.support.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When a connection is idle. The limit is an hour, and a second watch, whose looks the test makes,
 * is told what time it is; so no clock decides, and a busy machine changes nothing.
 */
class IdleWatchTest {
  private static final Duration LIMIT = Duration.ofHours(1);
  private static final long ROUND = LIMIT.toNanos() / 16;

  private final BlockingQueue<IOException> endings = new ArrayBlockingQueue<>(100);
  private final List<Conn> clients = new ArrayList<>();
  private long now = Clock.now();
  private Server server;
  private IdleWatch watch;

  private static ServerBuilder builder(IdleAction action) {
    return Server.builder()
        .listenConfig(ListenConfig.defaults().withWriteBuffer(20_000))
        .listenOn("tcp", "127.0.0.1:0")
        .idleTimeout(LIMIT)
        .idleAction(action);
  }

  private void start(IdleAction action, ServerHandler handler) throws IOException {
    server =
        builder(action)
            .handler(
                conn -> {
                  try {
                    handler.serve(conn);
                  } catch (IOException e) {
                    endings.add(e);
                    throw e;
                  }
                })
            .start();
    watch = new IdleWatch(server);
  }

  @AfterEach
  void end() {
    clients.forEach(Conn::close);
    if (server != null) {
      server.close();
    }
  }

  private Conn dial() throws IOException {
    Conn conn = Dialer.defaults().withReadBuffer(20_000).dial("tcp", server.addr().toString());
    conn.setReadTimeout(Duration.ofSeconds(20));
    clients.add(conn);
    return conn;
  }

  private static void eventually(Callable<Boolean> condition) {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(Duration.ofMinutes(1))
        .until(condition);
  }

  /** Lets so many rounds pass, a look at the end of each. */
  private void rounds(int count) {
    for (int i = 0; i < count; i++) {
      now += ROUND;
      watch.look(now);
    }
  }

  private IOException ending() throws InterruptedException {
    return assertInstanceOf(IOException.class, endings.poll(20, TimeUnit.SECONDS));
  }

  private static void echo(Conn conn) throws IOException {
    byte[] buf = new byte[64];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      conn.write(buf, 0, n);
    }
  }

  private static void echoOnce(Conn conn) throws IOException {
    byte[] buf = new byte[64];
    int n = conn.read(buf);
    if (n > 0) {
      conn.write(buf, 0, n);
    }
  }

  private static void ping(Conn conn) throws IOException {
    conn.write(new byte[1]);
    conn.readFully(new byte[1]);
  }

  /** A handler writes before it counts, so the peer may be ahead of the count. */
  private void awaitTransferred(long read, long written) {
    eventually(
        () -> server.stats().bytesRead() == read && server.stats().bytesWritten() == written);
  }

  @Test
  @Proves({"A36", "B7"})
  void aSilentConnectionIsClosedWithinAnEighthBehindTheLimitAndNotBefore() throws Exception {
    start(IdleAction.CLOSE, IdleWatchTest::echo);
    Conn conn = dial();
    ping(conn);
    awaitTransferred(1, 1);
    // The activity may be as young as the round that first sees it.
    rounds(1);
    rounds(15);
    assertEquals(0, server.stats().idle());
    assertEquals(1, server.connections());
    rounds(2);
    assertEquals(1, server.stats().idle());
    assertInstanceOf(NetClosedException.class, ending());
    assertEquals(-1, conn.read(new byte[1]));
  }

  @Test
  @Proves("server-busy")
  void aConnectionThatSaysItIsBusyIsNotIdleUntilTheLimitBehindItsWork() throws Exception {
    Semaphore works = new Semaphore(0);
    start(
        IdleAction.CLOSE,
        conn -> {
          ServerConn.Busy outer = conn.busy();
          ServerConn.Busy inner = conn.busy();
          inner.close();
          inner.close(); // has no effect
          works.acquireUninterruptibly();
          outer.close();
          echo(conn);
        });
    var _ = dial();
    ServerConn there = onlyConn();
    eventually(there::isBusy);
    rounds(100);
    assertEquals(0, server.stats().idle());
    works.release();
    eventually(() -> !there.isBusy());
    rounds(15);
    assertEquals(0, server.stats().idle());
    rounds(3);
    assertEquals(1, server.stats().idle());
    assertInstanceOf(NetClosedException.class, ending());
  }

  @Test
  @Proves("B6")
  void readsAloneAreActivity() throws Exception {
    start(
        IdleAction.CLOSE,
        conn -> {
          while (conn.read(new byte[1]) > 0) {
            // Only reads.
          }
        });
    Conn conn = dial();
    for (int i = 1; i <= 10; i++) {
      conn.write(new byte[1]);
      awaitTransferred(i, 0);
      rounds(15);
      assertEquals(0, server.stats().idle());
    }
    rounds(3);
    assertInstanceOf(NetClosedException.class, ending());
  }

  @Test
  @Proves("B6")
  void writesAloneAreActivity() throws Exception {
    Semaphore writes = new Semaphore(0);
    start(
        IdleAction.CLOSE,
        conn -> {
          for (int i = 0; i < 10; i++) {
            writes.acquireUninterruptibly();
            conn.write(new byte[1]);
          }
        });
    Conn conn = dial();
    for (int i = 1; i <= 9; i++) {
      writes.release();
      awaitTransferred(0, i);
      conn.readFully(new byte[1]); // so that its acknowledgement comes before the looks
      rounds(15);
      assertEquals(0, server.stats().idle());
    }
    writes.release();
    assertEquals(1, conn.readAll(10).length);
  }

  @Test
  @Proves("B6")
  void aSlowReaderThatMakesProgressIsNotIdle() throws Exception {
    Emulation.assumeNone("TCP_INFO");
    start(IdleAction.CLOSE, conn -> conn.write(new byte[800_000]));
    assumeTrue(Net.stats().backend().equals("epoll"), "only epoll tells of acknowledgements");
    Conn conn = dial();
    ServerConn there = onlyConn();
    TcpConn inside = Objects.requireNonNull(there.find(TcpConn.class));
    eventually(() -> inside.info().bytesAcked() > 0);
    for (int i = 0; i < 8; i++) {
      // As much as its window holds, so that each time there is something to acknowledge.
      long before = inside.info().bytesAcked();
      conn.readFully(new byte[40_000]);
      eventually(() -> inside.info().bytesAcked() > before);
      rounds(15);
      assertEquals(0, server.stats().idle());
    }
    becomesIdle();
    assertInstanceOf(NetClosedException.class, ending());
  }

  private ServerConn onlyConn() {
    List<ServerConn> conns = new ArrayList<>();
    eventually(
        () -> {
          server.registry().forEach(conns::add);
          return !conns.isEmpty();
        });
    return conns.getFirst();
  }

  @Test
  void aReaderThatStopsIsIdleAlthoughAWriteWaitsForIt() throws Exception {
    start(IdleAction.CLOSE, conn -> conn.write(new byte[10_000_000]));
    dial();
    eventually(() -> server.connections() == 1);
    becomesIdle();
    assertInstanceOf(NetClosedException.class, ending());
  }

  /** Until the buffers are full bytes are acknowledged now and then, in the kernel's own time. */
  private void becomesIdle() {
    eventually(
        () -> {
          rounds(18);
          return server.stats().idle() == 1;
        });
  }

  @Test
  void whoIsToldByADeadlineHasAsLongAgain() throws Exception {
    start(IdleAction.TIME_OUT, this::patient);
    ping(dial());
    awaitTransferred(1, 1);
    rounds(17);
    assertInstanceOf(NetTimeoutException.class, ending());
    assertEquals(1, server.stats().idle());
    rounds(15);
    assertEquals(1, server.connections());
    rounds(3);
    assertInstanceOf(NetClosedException.class, ending());
    assertEquals(1, server.stats().idle(), "one silence counts once");
  }

  /** There is no handler to tell, and no second limit. */
  @ParameterizedTest
  @EnumSource
  void whoWaitsForARequestIsClosedAtOnceAndWhoMakesSomeIsNot(IdleAction action) throws Exception {
    server = builder(action).requestHandler(IdleWatchTest::echoOnce).start();
    watch = new IdleWatch(server);
    Conn silent = dial();
    Conn busy = dial();
    eventually(() -> server.connections() == 2);
    for (int i = 1; i <= 3; i++) {
      assertEquals(0, server.stats().idle());
      ping(busy);
      awaitTransferred(i, i);
      eventually(this::allWait);
      rounds(8);
    }
    assertEquals(1, server.stats().idle());
    assertEquals(-1, silent.read(new byte[1]));
    eventually(() -> server.connections() == 1);
    ping(busy);
  }

  private boolean allWait() {
    return server.conns().stream().allMatch(conn -> conn.phase() == ServerConn.Phase.WAITING);
  }

  @Test
  void whoDoesSomethingWhenToldIsToldAnotherTime() throws Exception {
    start(IdleAction.TIME_OUT, this::patient);
    Conn conn = dial();
    for (int i = 1; i <= 3; i++) {
      ping(conn);
      awaitTransferred(i, i);
      rounds(18);
      assertInstanceOf(NetTimeoutException.class, ending());
      assertEquals(i, server.stats().idle());
      assertEquals(1, server.connections());
    }
  }

  /** Takes the deadline back and goes on. */
  private void patient(ServerConn conn) throws IOException {
    for (; ; ) {
      try {
        echo(conn);
        return;
      } catch (NetTimeoutException e) {
        conn.setDeadline(null);
        endings.add(e);
      }
    }
  }

  @Test
  @Proves("jvm-idle")
  void activityIsToldApartForEachConnection() throws Exception {
    start(IdleAction.CLOSE, IdleWatchTest::echo);
    for (int i = 0; i < 50; i++) {
      ping(dial());
    }
    Conn busy = dial();
    for (int i = 1; i <= 5; i++) {
      ping(busy);
      awaitTransferred(50 + i, 50 + i);
      rounds(9);
    }
    assertEquals(50, server.stats().idle());
    ping(busy);
    assertTrue(server.connections() >= 1);
  }
}

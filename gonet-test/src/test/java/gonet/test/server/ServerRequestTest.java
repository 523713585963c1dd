package gonet.test.server;

import static gonet.test.server.Clients.closeAll;
import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static gonet.test.server.Clients.served;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.server.IdleAction;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.server.ShutdownReport;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handlers that are called for a request, on connections that wait for it without a thread. */
@LeakCheck
@Timeout(180)
class ServerRequestTest {

  /** Echoes what one read brings. */
  private static void echoOnce(ServerConn conn) throws IOException {
    byte[] buf = new byte[64];
    int n = conn.read(buf);
    if (n > 0) {
      conn.write(buf, 0, n);
    }
  }

  private static ServerBuilder requests() {
    return Server.builder()
        .listenOn("tcp", "127.0.0.1:0")
        .requestHandler(ServerRequestTest::echoOnce);
  }

  private static void awaitAllWaiting(Server server) {
    eventually(
        () -> server.conns().stream().allMatch(conn -> conn.phase() == ServerConn.Phase.WAITING));
  }

  @Test
  void eachRequestIsServedByAFreshVirtualThreadAndNoneWaits() throws Exception {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (Server server =
            requests()
                .requestHandler(
                    conn -> {
                      threads.add(Thread.currentThread());
                      echoOnce(conn);
                    })
                .start();
        Conn conn = dial(server)) {
      eventually(() -> server.connections() == 1);
      assertTrue(threads.isEmpty());
      for (int i = 1; i <= 5; i++) {
        ping(conn);
        awaitAllWaiting(server);
        assertNull(server.conns().getFirst().thread());
        assertEquals(i, threads.size());
        eventually(() -> threads.stream().noneMatch(Thread::isAlive));
      }
      assertTrue(threads.stream().allMatch(Thread::isVirtual));
      conn.closeWrite();
      eventually(() -> server.connections() == 0);
      assertEquals(5, server.stats().bytesRead());
    }
  }

  @Test
  void bytesThatWereLeftUnreadCallTheHandlerAgainAtOnce() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Server server =
            requests()
                .requestHandler(
                    conn -> {
                      calls.incrementAndGet();
                      byte[] one = new byte[1];
                      if (conn.read(one) > 0) {
                        conn.write(one);
                      }
                    })
                .start();
        Conn conn = dial(server)) {
      byte[] many = new byte[500];
      conn.write(many);
      conn.readFully(many);
      assertEquals(500, calls.get());
      ping(conn);
    }
  }

  @Test
  void manyConnectionsAtOnceAreAllAnswered() throws Exception {
    try (Server server = requests().start()) {
      List<Conn> clients = served(server, 200);
      List<Thread> threads = new ArrayList<>();
      Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
      for (Conn conn : clients) {
        threads.add(
            Thread.startVirtualThread(
                () -> {
                  try {
                    for (int i = 0; i < 100; i++) {
                      ping(conn);
                    }
                  } catch (Throwable t) {
                    failures.add(t);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertEquals(List.of(), List.copyOf(failures));
      eventually(() -> server.stats().bytesWritten() == 200 * 101);
      closeAll(clients);
      eventually(() -> server.connections() == 0);
    }
  }

  @Test
  void neverDoTwoHandlersOfOneConnectionRunAtTheSameTime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger read = new AtomicInteger();
    try (Server server =
            requests()
                .requestHandler(
                    conn -> {
                      most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                      int n = conn.read(new byte[3]);
                      LockSupport.parkNanos(1000); // lets another one in, if one may
                      inside.decrementAndGet();
                      read.addAndGet(Math.max(n, 0));
                    })
                .start();
        Conn conn = dial(server)) {
      for (int i = 0; i < 3000; i++) {
        conn.write(new byte[1 + i % 5]);
      }
      eventually(() -> read.get() == 600 * (1 + 2 + 3 + 4 + 5));
      assertEquals(1, most.get());
    }
  }

  @Test
  void aHandlerThatReadsNothingIsReportedAndItsConnectionClosed() throws Exception {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    try (Server server =
            requests().requestHandler(conn -> {}).onError((conn, t) -> reported.add(t)).start();
        Conn conn = dial(server)) {
      conn.write(new byte[1]);
      assertTrue(refused(conn));
      eventually(() -> server.connections() == 0);
      assertEquals(1, reported.size());
      assertInstanceOf(IllegalStateException.class, reported.peek());
      assertTrue(
          String.valueOf(reported.element().getMessage()).contains("without having read anything"));
    }
  }

  @Test
  void theEndAResetAndAnExceptionEndTheConnection() throws Exception {
    Queue<Throwable> reported = new ConcurrentLinkedQueue<>();
    try (Server server =
        requests()
            .requestHandler(
                conn -> {
                  if (conn.read(new byte[1]) > 0) {
                    throw new IllegalStateException("thrown for the test");
                  }
                })
            .onError((conn, t) -> reported.add(t))
            .start()) {
      dial(server).close();
      dial(server).abort();
      try (Conn conn = dial(server)) {
        conn.write(new byte[1]);
        assertTrue(refused(conn));
      }
      eventually(() -> server.stats().ended() == 3);
      assertEquals(1, server.stats().failed());
    }
  }

  /** Which ones are idle, and when, is tested without a clock: {@code IdleWatchTest}. */
  @Test
  void anIdleConnectionIsClosedAlthoughNoThreadWaitsForIt() throws Exception {
    Duration idle = Duration.ofMillis(200);
    for (IdleAction action : IdleAction.values()) {
      long start = System.nanoTime();
      try (Server server = requests().idleTimeout(idle).idleAction(action).start();
          Conn silent = dial(server)) {
        assertTrue(refused(silent));
        assertTrue(System.nanoTime() - start >= idle.toNanos(), "early");
        eventually(() -> server.connections() == 0);
        assertEquals(1, server.stats().idle());
      }
    }
  }

  @Test
  void aShutdownEndsConnectionsThatWaitAndServesRequestsUnderWay() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Server server =
        requests()
            .requestHandler(
                conn -> {
                  byte[] one = new byte[1];
                  if (conn.read(one) > 0) {
                    if (one[0] == 7) {
                      inside.countDown();
                      goOn.await();
                    }
                    conn.write(one);
                  }
                })
            .start()) {
      List<Conn> waiting = served(server, 20);
      awaitAllWaiting(server);
      Conn amid = dial(server);
      amid.write(new byte[] {7});
      inside.await();
      server.beginShutdown(Clients.LIMIT);
      for (Conn conn : waiting) {
        assertEquals(-1, conn.read(new byte[1]));
      }
      eventually(() -> server.connections() == 1);
      goOn.countDown();
      byte[] one = new byte[1];
      amid.readFully(one);
      assertEquals(7, one[0]);
      assertEquals(-1, amid.read(one));
      ShutdownReport report = server.awaitClosed();
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals(21, report.finished());
      amid.close();
      closeAll(waiting);
    }
  }

  @Test
  void aShutdownMayMeetARequestAtAnyMoment() throws Exception {
    // A selector does not tell how much has arrived, so there each shutdown takes a tenth of a
    // second.
    int rounds = Net.stats().backend().equals("nio") ? 50 : 300;
    for (int i = 0; i < rounds; i++) {
      try (Server server = requests().start();
          Conn conn = dial(server)) {
        ping(conn);
        conn.write(new byte[1]);
        for (int spin = (i % 50) * 40; spin > 0; spin--) {
          Thread.onSpinWait();
        }
        ShutdownReport report = server.shutdown(Duration.ofSeconds(20));
        assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
        assertEquals(1, report.finished());
        // It was in the server's socket before the shutdown began.
        assertEquals(1, conn.read(new byte[1]), "the request that had arrived was dropped");
        assertEquals(-1, conn.read(new byte[1]));
      }
    }
  }

  @Test
  void closeFromElsewhereEndsAConnectionThatWaits() throws Exception {
    try (Server server = requests().start()) {
      List<Conn> clients = served(server, 2);
      awaitAllWaiting(server);
      ServerConn first = server.conns().getFirst();
      first.close();
      assertEquals(1, server.connections());
      assertEquals(ServerConn.Phase.ENDED, first.phase());
      assertEquals(-1, clients.getFirst().read(new byte[1]));
      server.conns().getFirst().abort();
      assertEquals(0, server.connections());
      closeAll(clients);
    }
  }

  @Test
  void closeEndsConnectionsThatWaitAsFinished() throws Exception {
    Server server = requests().start();
    try (server) {
      List<Conn> clients = served(server, 3);
      awaitAllWaiting(server);
      server.close();
      assertEquals(0, server.connections());
      assertEquals(3, server.awaitClosed().finished());
      for (Conn conn : clients) {
        assertEquals(-1, conn.read(new byte[1]));
      }
      closeAll(clients);
    }
  }
}

package gonet.test.server;

import static gonet.test.server.Clients.closeAll;
import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.refused;
import static gonet.test.server.Clients.served;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import gonet.server.ServerConn;
import gonet.server.ServerState;
import gonet.server.ShutdownReport;
import gonet.server.WhenFull;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What might keep a server from ending in time: limits, graceful closes, callbacks. */
@LeakCheck
@Timeout(180)
class ServerShutdownTimeTest {
  private static final Duration GRACE = Duration.ofSeconds(60);
  private static final Duration SOON = Duration.ofMillis(100);

  /** Far less than any wait that a test below would meet if it had to wait for it. */
  private static final Duration SHORT = Duration.ofSeconds(20);

  private static void requests(ServerConn conn) throws IOException {
    byte[] one = new byte[1];
    while (conn.awaitRequest() && conn.read(one) > 0) {
      conn.write(one);
    }
  }

  private static ServerBuilder full() {
    return echo().maxConns(1).whenFull(WhenFull.WAIT).handler(ServerShutdownTimeTest::requests);
  }

  @Test
  void aFullServerWithAnIdleClientAndNobodyQueuedEndsAtOnce() throws Exception {
    try (Server server = full().start()) {
      List<Conn> clients = served(server, 1);
      ShutdownReport report = server.shutdown(GRACE);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals(1, report.finished());
      assertTrue(report.took().compareTo(SHORT) < 0, report::toString);
      closeAll(clients);
    }
  }

  @Test
  void aFullServerAsksItsIdleClientToGoSoThatThoseInTheQueueAreServed() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (Server server = full().onFinish(conn -> asked.incrementAndGet()).start()) {
      List<Conn> clients = new ArrayList<>(served(server, 1));
      for (int i = 0; i < 5; i++) {
        Conn conn = dial(server);
        conn.write(new byte[1]);
        clients.add(conn);
      }
      ShutdownReport report = server.shutdown(GRACE);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals(6, report.finished());
      assertTrue(asked.get() >= 1, asked::toString);
      for (Conn conn : clients.subList(1, 6)) {
        conn.readFully(new byte[1]);
      }
      closeAll(clients);
    }
  }

  @Test
  void aClientFromTheQueueIsNotAskedToFinishBeforeItWasServed() throws Exception {
    AtomicBoolean finishing = new AtomicBoolean();
    CountDownLatch asked = new CountDownLatch(1);
    try (Server server =
        full()
            .onFinish(conn -> asked.countDown())
            .handler(
                conn -> {
                  if (conn.id() == 1) {
                    conn.readFully(new byte[1]);
                    conn.write(new byte[1]);
                    asked.await();
                    assertTrue(conn.isFinishing());
                  } else {
                    if (conn.id() == 2) { // others are queued behind it
                      finishing.set(conn.isFinishing());
                    }
                    requests(conn);
                  }
                })
            .start()) {
      List<Conn> clients = new ArrayList<>(served(server, 1));
      for (int i = 0; i < 3; i++) {
        Conn conn = dial(server);
        conn.write(new byte[1]);
        clients.add(conn);
      }
      assertEquals(4, server.shutdown(GRACE).finished());
      assertEquals(0, server.stats().failed());
      assertFalse(finishing.get());
      for (Conn conn : clients.subList(1, 4)) {
        conn.readFully(new byte[1]);
      }
      closeAll(clients);
    }
  }

  @Test
  void connectionsThatWaitForARequestAreClosedGracefullyTogether() throws Exception {
    try (Server server = requests().gracefulCloseTime(Duration.ofSeconds(2)).start()) {
      List<Conn> clients = idle(server, 20);
      ShutdownReport report = server.shutdown(GRACE);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals(20, report.finished());
      assertTrue(report.took().compareTo(SHORT) < 0, report::toString);
      closeAll(clients);
    }
  }

  @Test
  void theGraceEndsGracefulClosesAsWell() throws Exception {
    try (Server server = requests().gracefulCloseTime(Duration.ofHours(1)).start()) {
      List<Conn> clients = idle(server, 3);
      ShutdownReport report = server.shutdown(SOON);
      assertEquals(3, report.forced());
      assertEquals(0, report.handlersLeft());
      closeAll(clients);
    }
  }

  private static ServerBuilder requests() {
    return Server.builder()
        .listenOn("tcp", "127.0.0.1:0")
        .requestHandler(
            conn -> {
              byte[] one = new byte[1];
              if (conn.read(one) > 0) {
                conn.write(one);
              }
            });
  }

  private static List<Conn> idle(Server server, int count) throws IOException {
    List<Conn> clients = served(server, count);
    eventually(
        () -> server.conns().stream().allMatch(conn -> conn.phase() == ServerConn.Phase.WAITING));
    return clients;
  }

  @Test
  void aGoodbyeThatNobodyReadsKeepsNoServerFromEnding() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    try (Server server =
        echo()
            .onFinish(
                conn -> {
                  try {
                    conn.write(new byte[100_000_000]);
                  } catch (IOException e) {
                    failed.countDown();
                    throw new UncheckedIOException(e);
                  }
                })
            .start()) {
      List<Conn> clients = served(server, 2);
      ShutdownReport report = server.shutdown(SOON);
      assertEquals(2, report.forced());
      failed.await();
      closeAll(clients);
    }
  }

  @Test
  void anAnnouncementThatDoesNotEndKeepsNoServerFromEnding() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (Server server =
        echo()
            .onDrain(
                s -> {
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                })
            .start()) {
      assertEquals(0, server.shutdown(SOON).forced());
    } finally {
      end.countDown();
    }
  }

  @Test
  void theAnnouncementMayCloseTheServer() throws Exception {
    try (Server server = echo().onDrain(Server::close).drainDelay(GRACE).start()) {
      List<Conn> clients = served(server, 1);
      assertEquals(1, server.shutdown(GRACE).forced());
      closeAll(clients);
    }
  }

  @Test
  void aDrainDelayMayBeForEver() throws Exception {
    Server server = echo().drainDelay(Duration.ofSeconds(Long.MAX_VALUE)).start();
    server.beginShutdown(GRACE);
    eventually(() -> server.state() == ServerState.DRAINING);
    assertFalse(server.awaitClosed(SOON));
    server.close();
    assertEquals(ServerState.CLOSED, server.state());
  }

  @Test
  void aConnectionThatIsClosedBeforeItsHandlerBeginsHasNone() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Server server =
            echo().onConnect(Conn::close).handler(conn -> calls.incrementAndGet()).start();
        Conn conn = dial(server)) {
      assertTrue(refused(conn));
      eventually(() -> server.stats().ended() == 1);
      assertEquals(0, calls.get());
    }
  }
}

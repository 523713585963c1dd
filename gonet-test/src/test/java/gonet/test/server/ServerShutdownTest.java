package gonet.test.server;

import static gonet.test.server.Clients.closeAll;
import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static gonet.test.server.Clients.ping;
import static gonet.test.server.Clients.refused;
import static gonet.test.server.Clients.served;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.ForwardingConn;
import gonet.Listener;
import gonet.Net;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.server.ServerState;
import gonet.server.ShutdownReport;
import gonet.server.WhenFull;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a server. */
@LeakCheck
@Timeout(180)
class ServerShutdownTest {
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** One request of a byte after the other, and an end between two of them. */
  private static void requests(ServerConn conn) throws IOException {
    byte[] one = new byte[1];
    while (conn.awaitRequest() && conn.read(one) > 0) {
      conn.write(one);
    }
  }

  private static FutureTask<ShutdownReport> inBackground(Server server, Duration grace) {
    FutureTask<ShutdownReport> task = new FutureTask<>(() -> server.shutdown(grace));
    Thread.startVirtualThread(task);
    return task;
  }

  @Test
  @Proves({"jvm-shutdown", "B58"})
  void shutdownWaitsForTheLastConnection() throws Exception {
    AtomicInteger handled = new AtomicInteger();
    try (Server server =
        echo()
            .handler(
                conn -> {
                  handled.incrementAndGet();
                  Clients.echo(conn);
                })
            .start()) {
      List<Conn> clients = served(server, 2);
      FutureTask<ShutdownReport> report = inBackground(server, GRACE);
      eventually(() -> server.state() == ServerState.DRAINING);
      // A dial may still get into the kernel's queue, and who is in the queue is served.
      eventually(() -> dialFails(server));
      clients.removeFirst().close();
      eventually(() -> server.connections() == 1);
      ping(clients.getFirst());
      assertFalse(report.isDone());
      closeAll(clients);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.get().outcome());
      assertEquals(handled.get(), report.get().finished());
      assertEquals(0, report.get().forced());
      assertEquals(ServerState.CLOSED, server.state());
      assertEquals(report.get(), server.awaitClosed());
      assertEquals(report.get(), server.shutdown(Duration.ZERO));
    }
  }

  private static boolean dialFails(Server server) {
    try (Conn conn = Net.dial("tcp", server.addr().toString())) {
      return conn.isClosed();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  @Proves("jvm-shutdown")
  void whatIsLeftWhenTheGraceIsOverIsClosedAndCounted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    try (Server server =
        echo()
            .handler(
                conn -> {
                  try {
                    Clients.ping(conn.beneath()); // never answered
                  } catch (IOException e) {
                    assertTrue(conn.isClosed());
                  }
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                })
            .start()) {
      List<Conn> clients = new ArrayList<>(List.of(dial(server), dial(server)));
      eventually(() -> server.connections() == 2);
      long start = System.nanoTime();
      ShutdownReport report = server.shutdown(Duration.ofMillis(100));
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      assertTrue(took.compareTo(Duration.ofMillis(100)) >= 0, took::toString);
      assertEquals(ShutdownReport.Outcome.FORCED, report.outcome());
      assertEquals(0, report.finished());
      assertEquals(2, report.forced());
      assertEquals(0, report.handlersLeft());
      interrupted.await();
      closeAll(clients);
    }
  }

  @Test
  void aHandlerThatDoesNotReturnIsReported() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    try (Server server =
            echo()
                .handler(
                    conn -> {
                      boolean over = false;
                      while (!over) {
                        try {
                          end.await();
                          over = true;
                        } catch (InterruptedException e) {
                          // This is what the test is about.
                        }
                      }
                      ended.countDown();
                    })
                .start();
        Conn conn = dial(server)) {
      eventually(() -> server.connections() == 1);
      ShutdownReport report = server.shutdown(Duration.ZERO);
      assertEquals(1, report.forced());
      assertEquals(1, report.handlersLeft());
      assertTrue(refused(conn));
      end.countDown();
      ended.await();
    }
  }

  @Test
  @Proves("B56")
  void fiftyClientsInTheKernelsQueueAreAllServed() throws Exception {
    try (Server server =
        echo().maxConns(1).whenFull(WhenFull.WAIT).handler(ServerShutdownTest::requests).start()) {
      Conn first = served(server, 1).getFirst();
      List<Conn> queued = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Conn conn = dial(server);
        conn.write(new byte[] {(byte) i});
        queued.add(conn);
      }
      FutureTask<ShutdownReport> report = inBackground(server, GRACE);
      // Nobody waits for these clients: all may be over before anybody looks.
      eventually(() -> server.state() != ServerState.RUNNING);
      first.close();
      for (int i = 0; i < 50; i++) {
        byte[] one = new byte[1];
        queued.get(i).readFully(one);
        assertEquals(i, one[0]);
        queued.get(i).close();
      }
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.get().outcome());
      assertEquals(51, report.get().finished());
    }
  }

  @Test
  void aHandlerBetweenTwoRequestsIsAskedToFinishAndOneAmidARequestIsNotCutOff() throws Exception {
    try (Server server =
        echo()
            .handler(
                conn -> {
                  byte[] two = new byte[2];
                  while (conn.awaitRequest()) {
                    conn.readFully(two);
                    conn.write(two);
                  }
                })
            .start()) {
      Conn idle = dial(server);
      idle.write(new byte[2]);
      idle.readFully(new byte[2]);
      Conn amid = dial(server);
      amid.write(new byte[1]);
      eventually(() -> server.stats().bytesRead() == 3);
      FutureTask<ShutdownReport> report = inBackground(server, GRACE);
      assertEquals(-1, idle.read(new byte[1]));
      amid.write(new byte[1]);
      amid.readFully(new byte[2]);
      assertEquals(-1, amid.read(new byte[1]));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.get().outcome());
      assertEquals(2, report.get().finished());
      idle.close();
      amid.close();
    }
  }

  @Test
  void aReadDeadlineOfTheHandlerSurvivesTheWaitForARequest() throws Exception {
    AtomicReference<Exception> thrown = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(1);
    try (Server server =
            echo()
                .handler(
                    conn -> {
                      conn.setReadTimeout(Duration.ofMillis(20));
                      try {
                        var _ = conn.awaitRequest();
                      } catch (IOException e) {
                        thrown.set(e);
                      }
                      done.countDown();
                    })
                .start();
        Conn conn = dial(server)) {
      done.await();
      assertEquals(
          "read tcp " + server.addr() + "->" + conn.localAddr() + ": i/o timeout",
          String.valueOf(thrown.get().getMessage()));
    }
  }

  /** The server ends the wait by a deadline of its own, which a layer sees. */
  @Test
  void theReadDeadlineToldIsTheHandlersWhileAShutdownEndsItsWait() throws Exception {
    Instant own = Instant.now().plusSeconds(3600);
    AtomicReference<ServerConn> served = new AtomicReference<>();
    AtomicReference<Instant> told = new AtomicReference<>();
    ConnLayer watching =
        beneath ->
            new ForwardingConn(beneath) {
              @Override
              public void setReadDeadline(Instant when) throws IOException {
                super.setReadDeadline(when);
                if (Instant.EPOCH.equals(when)) {
                  told.set(served.get().readDeadline());
                }
              }
            };
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", watching)
                .handler(
                    conn -> {
                      served.set(conn);
                      assertTrue(conn.awaitRequest());
                      conn.readFully(new byte[1]);
                      conn.setReadDeadline(own);
                      assertFalse(conn.awaitRequest());
                    })
                .start();
        Conn conn = dial(server)) {
      conn.write(new byte[1]);
      eventually(
          () ->
              server.dump().stream()
                  .anyMatch(d -> d.bytesRead() == 1 && d.waits().contains("read parked")));
      server.shutdown(GRACE);
      assertEquals(own, told.get());
      assertEquals(-1, conn.read(new byte[1]));
    }
  }

  /** The wait is ended by a deadline beneath, which must not be left behind. */
  @Test
  void whoWasAskedToFinishMayStillReadAsLongAsItLikes() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    try (Server server =
            echo()
                .handler(
                    conn -> {
                      while (conn.awaitRequest()) {
                        conn.write(new byte[] {(byte) conn.read(new byte[1])});
                      }
                      asked.countDown();
                      byte[] last = new byte[1];
                      conn.readFully(last);
                      conn.write(last);
                    })
                .start();
        Conn conn = dial(server)) {
      ping(conn);
      FutureTask<ShutdownReport> report = inBackground(server, GRACE);
      asked.await();
      ping(conn);
      assertEquals(-1, conn.read(new byte[1]));
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.get().outcome());
    }
  }

  @Test
  void handlersThatAskForNoRequestsHearOfTheEndByTheCallback() throws Exception {
    try (Server server =
        echo()
            .onFinish(
                conn -> {
                  try {
                    conn.write("bye".getBytes(US_ASCII));
                    conn.closeRead();
                  } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                })
            .start()) {
      List<Conn> clients = served(server, 3);
      ShutdownReport report = server.shutdown(GRACE);
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals(3, report.finished());
      for (Conn conn : clients) {
        assertEquals("bye", new String(conn.readAll(10), US_ASCII));
        conn.close();
      }
    }
  }

  @Test
  void theDrainDelayIsAnnouncedBeforeAnythingIsRefused() throws Exception {
    CountDownLatch announced = new CountDownLatch(1);
    try (Server server =
        echo().drainDelay(Duration.ofHours(1)).onDrain(s -> announced.countDown()).start()) {
      Conn old = served(server, 1).getFirst();
      FutureTask<ShutdownReport> report = inBackground(server, GRACE);
      announced.await();
      assertEquals(ServerState.DRAINING, server.state());
      Conn fresh = served(server, 1).getFirst();
      ping(old);
      FutureTask<ShutdownReport> second = inBackground(server, Duration.ofMillis(50));
      assertEquals(2, report.get().forced());
      assertEquals(report.get(), second.get());
      old.close();
      fresh.close();
    }
  }

  @Test
  void closeCutsAShutdownShort() throws Exception {
    Server server = echo().start();
    List<Conn> clients = served(server, 1);
    FutureTask<ShutdownReport> report = inBackground(server, GRACE);
    eventually(() -> server.state() == ServerState.DRAINING);
    server.close();
    assertEquals(1, report.get().forced());
    closeAll(clients);
  }

  @Test
  void aHandlerMayBeginTheEndButNotWaitForIt() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (Server server =
            echo()
                .handler(
                    conn -> {
                      thrown.set(
                          assertThrows(
                              IllegalStateException.class, () -> conn.server().shutdown(GRACE)));
                      conn.server().beginShutdown(GRACE);
                    })
                .start();
        Conn conn = dial(server)) {
      assertEquals(1, server.awaitClosed().finished());
      assertTrue(String.valueOf(thrown.get().getMessage()).contains("would wait for itself"));
      assertTrue(refused(conn));
    }
    try (Server server = echo().handler(conn -> conn.server().close()).start();
        Conn conn = dial(server)) {
      assertTrue(server.awaitClosed(Clients.LIMIT));
      assertTrue(refused(conn));
    }
  }

  @Test
  void aServerWhoseListenersAreGoneEndsWithItsLastConnection() throws Exception {
    Listener first = Net.listen("tcp", "127.0.0.1:0");
    Listener second = Net.listen("tcp", "127.0.0.1:0");
    try (Server server =
        Server.builder().listener(first).listener(second).handler(Clients::echo).start()) {
      List<Conn> clients = served(server, 1);
      second.close();
      clients.addAll(served(server, 1));
      assertEquals(ServerState.RUNNING, server.state());
      first.close();
      eventually(() -> server.state() == ServerState.DRAINING);
      for (Conn conn : clients) {
        ping(conn);
      }
      closeAll(clients);
      assertEquals(2, server.awaitClosed().finished());
    }
  }

  @Test
  void anInterruptedWaitLeavesTheShutdownGoingOn() throws Exception {
    try (Server server = echo().start()) {
      List<Conn> clients = served(server, 1);
      Thread.currentThread().interrupt();
      assertThrows(InterruptedException.class, () -> server.shutdown(GRACE));
      eventually(() -> server.state() == ServerState.DRAINING);
      assertFalse(server.awaitClosed(Duration.ofMillis(20)));
      closeAll(clients);
      assertEquals(1, server.awaitClosed().finished());
    }
  }

  @Test
  @Proves("B59")
  void theLastConnectionMayEndExactlyDuringTheShutdown() throws Exception {
    int rounds = Integer.getInteger("gonet.test.shutdownRounds", 1_000);
    for (int i = 0; i < rounds; i++) {
      AtomicInteger handled = new AtomicInteger();
      try (Server server =
          echo()
              .handler(
                  conn -> {
                    handled.incrementAndGet();
                    requests(conn);
                  })
              .start()) {
        Conn conn = served(server, 1).getFirst();
        boolean first = i % 2 == 0; // otherwise it may be over before the shutdown begins
        FutureTask<ShutdownReport> report = new FutureTask<>(() -> server.shutdown(GRACE));
        if (first) {
          server.beginShutdown(GRACE);
        }
        Thread.startVirtualThread(report);
        for (int spin = (i % 50) * 20; spin > 0; spin--) {
          Thread.onSpinWait();
        }
        conn.close();
        int finished = report.get().finished();
        assertTrue(finished == 1 || (finished == 0 && !first), report.get()::toString);
        assertEquals(0, report.get().forced());
        assertEquals(ShutdownReport.Outcome.GRACEFUL, report.get().outcome());
        assertEquals(1, handled.get());
        assertEquals(0, server.stats().open());
        assertEquals(1, server.stats().ended());
      }
    }
  }
}

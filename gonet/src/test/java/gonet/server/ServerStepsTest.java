package gonet.server;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Background;
import gonet.Conn;
import gonet.ConnLayer;
import gonet.Dialer;
import gonet.ForwardingConn;
import gonet.ForwardingListener;
import gonet.Net;
import gonet.NetAddr;
import gonet.internal.layer.ThreadlessWait;
import gonet.netip.AddrSet;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Single steps of a server that another step relies on. */
@Timeout(180)
class ServerStepsTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final BlockingQueue<Drop> drops = new LinkedBlockingQueue<>();

  private static ServerBuilder builder() {
    return Server.builder().listenOn("tcp", "127.0.0.1:0");
  }

  private static Conn dial(Server server) throws IOException {
    Conn conn = Dialer.defaults().dial("tcp", server.addr().toString());
    conn.setReadTimeout(Duration.ofSeconds(20));
    return conn;
  }

  private static void echoOne(Conn conn) throws IOException {
    byte[] one = new byte[1];
    conn.readFully(one);
    conn.write(one);
  }

  private static void ping(Conn conn) throws IOException {
    conn.write(new byte[1]);
    conn.readFully(new byte[1]);
  }

  private static AddrSet loopback() {
    return AddrSet.of("127.0.0.1");
  }

  private void assertFiltered() throws InterruptedException {
    Drop drop = drops.poll(20, TimeUnit.SECONDS);
    assertTrue(drop != null && drop.reason() == Drop.Reason.FILTERED, () -> "dropped " + drop);
  }

  @Test
  void whoIsDeniedIsDropped() throws Exception {
    try (Server server = builder().deny(loopback()).onDrop(drops::add).handler(conn -> {}).start();
        Conn _ = dial(server)) {
      assertFiltered();
      assertEquals(0, server.stats().accepted());
    }
  }

  @Test
  void whoIsDeniedBehindItsLayersWasNeverThere() throws Exception {
    ConnLayer layer = c -> new ForwardingConn(c) {};
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", layer)
                .deny(loopback())
                .onDrop(drops::add)
                .handler(conn -> {})
                .start();
        Conn _ = dial(server)) {
      assertFiltered();
      assertEquals(0, server.stats().accepted());
      assertEquals(0, server.connections());
    }
  }

  @Test
  void aLayerThatStandsIsClosedWhenTheNextOneFails() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ConnLayer first =
        c ->
            new ForwardingConn(c) {
              @Override
              public void close() {
                closed.countDown();
                super.close();
              }
            };
    ConnLayer second =
        c -> {
          throw new IOException("for the test");
        };
    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", first, second)
                .onError((conn, t) -> {})
                .handler(conn -> {})
                .start();
        Conn _ = dial(server)) {
      assertTrue(closed.await(20, TimeUnit.SECONDS));
    }
  }

  @Test
  void anInterruptOfTheAcceptingThreadIsForgotten() throws Exception {
    AtomicReference<Thread> accepting = new AtomicReference<>();
    ForwardingListener listener =
        new ForwardingListener(Net.listen("tcp", "127.0.0.1:0")) {
          @Override
          public Conn accept() throws IOException {
            accepting.set(Thread.currentThread());
            return super.accept();
          }
        };
    try (Server server =
        Server.builder().listener(listener).handler(ServerStepsTest::echoOne).start()) {
      await().until(() -> accepting.get() != null);
      accepting.get().interrupt();
      await().until(() -> !accepting.get().isInterrupted());
      try (Conn client = dial(server)) {
        ping(client);
      }
    }
  }

  @Test
  void whoStandsInTheQueueOfAFullServerIsServedBehindADrain() throws Exception {
    AtomicBoolean first = new AtomicBoolean(true);
    CountDownLatch over = new CountDownLatch(1);
    try (Server server =
            builder()
                .maxConns(1)
                .whenFull(WhenFull.WAIT)
                .handler(
                    conn -> {
                      if (first.getAndSet(false)) {
                        assertTrue(over.await(40, TimeUnit.SECONDS));
                      } else {
                        echoOne(conn);
                      }
                    })
                .start();
        Conn _ = dial(server)) {
      await().until(() -> server.connections() == 1);
      try (Conn queued = dial(server)) {
        server.beginShutdown(LONG);
        over.countDown();
        ping(queued);
      }
    }
  }

  @Test
  void aConnectionThatWaitsWithoutAThreadCanBeClosed() throws Exception {
    try (Server server = builder().requestHandler(ServerStepsTest::echoOne).start();
        Conn client = dial(server)) {
      ping(client);
      await()
          .until(
              () ->
                  server.conns().stream()
                      .anyMatch(conn -> conn.phase() == ServerConn.Phase.WAITING));
      ServerConn conn = server.conns().getFirst();
      Background.run(conn::close).get();
      assertEquals(-1, client.read(new byte[1]));
      await().until(() -> server.connections() == 0);
    }
  }

  @Test
  void aRequestHandlerThatReadsNothingIsReportedAndCalledOnce() throws Exception {
    BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    try (Server server =
            builder().onError((conn, t) -> failures.add(t)).requestHandler(conn -> {}).start();
        Conn client = dial(server)) {
      client.write(new byte[1]);
      assertInstanceOf(IllegalStateException.class, failures.poll(20, TimeUnit.SECONDS));
      await().until(() -> server.connections() == 0);
      assertEquals(null, failures.poll());
    }
  }

  /** A graceful close has a thread of its own, which is not counted beyond its end. */
  @Test
  void connectionsThatWereClosedGracefullyLeaveNoHandlers() throws Exception {
    try (Server server =
            builder()
                .gracefulCloseTime(Duration.ofSeconds(20))
                .requestHandler(ServerStepsTest::echoOne)
                .start();
        Conn client = dial(server)) {
      ping(client);
      await()
          .until(
              () ->
                  server.conns().stream()
                      .anyMatch(conn -> conn.phase() == ServerConn.Phase.WAITING));
      server.beginShutdown(LONG);
      assertEquals(-1, client.read(new byte[1]));
      client.closeWrite();
      ShutdownReport report = server.awaitClosed();
      assertEquals(ShutdownReport.Outcome.GRACEFUL, report.outcome());
      assertEquals(0, report.handlersLeft());
    }
  }

  /** Asked in the order of their coming, or against it: the one in the middle is asked as well. */
  @Test
  void aWaitThatBeginsWhenTheShutdownHasAskedEndsToo() throws Exception {
    AtomicReference<NetAddr> chosen = new AtomicReference<>();
    AtomicReference<NetAddr> served = new AtomicReference<>();
    CountDownLatch begins = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    final class Held extends ForwardingConn implements ThreadlessWait {
      Held(Conn below) {
        super(below);
      }

      @Override
      public void waitBegins() {
        if (remoteAddr().equals(served.get())) {
          begins.countDown();
          try {
            asked.await();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
      }
    }

    try (Server server =
            Server.builder()
                .listenOn("tcp", "127.0.0.1:0", Held::new)
                .requestHandler(
                    conn -> {
                      echoOne(conn);
                      if (conn.remoteAddr().equals(chosen.get())) {
                        served.set(conn.remoteAddr()); // its next wait is the one to hold
                      }
                    })
                .start();
        Conn before = dial(server);
        Conn middle = dial(server);
        Conn after = dial(server)) {
      ping(before);
      ping(after);
      chosen.set(middle.localAddr());
      ping(middle);
      assertTrue(begins.await(20, TimeUnit.SECONDS));
      server.beginShutdown(LONG);
      assertEquals(-1, before.read(new byte[1]));
      assertEquals(-1, after.read(new byte[1]));
      asked.countDown();
      assertEquals(-1, middle.read(new byte[1]));
    }
  }

  @Test
  void aServerThatEndedIsNotKeptForSignals() throws Exception {
    WeakReference<Server> ended = ended();
    await()
        .until(
            () -> {
              System.gc();
              return ended.get() == null;
            });
  }

  private static WeakReference<Server> ended() throws IOException {
    Server server = builder().handler(conn -> {}).start();
    server.shutdownOnSignal(LONG);
    server.close();
    return new WeakReference<>(server);
  }
}

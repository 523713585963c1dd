package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.line;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.NetSocket;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.support.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** A worker, and a primary that the test speaks for; or a primary that workers come to wrongly. */
@Timeout(180)
@Proves("cluster-deaths")
@SuppressWarnings("try") // each closes in its own order
class WorkerTest {
  private UnixListener links;

  @BeforeEach
  void listen() throws IOException {
    links = ListenConfig.defaults().listenUnix(PacketLink.NETWORK, "");
  }

  @AfterEach
  void close() {
    links.close();
  }

  /** The primary's end, which has greeted with these words behind the version. */
  private PacketLink primary(String greeting) throws IOException {
    UnixConn conn = links.accept();
    PacketLink link = new PacketLink(conn, PacketLink.MAX_LINE_BYTES);
    link.setTimeout(Rehearsal.LIMIT);
    assertEquals("HELLO 1 secret", line(link));
    link.send("HELLO " + greeting);
    return link;
  }

  private CompletableFuture<Worker> connect() {
    return later(() -> Worker.connect(links.addr() + " secret"));
  }

  /** What may fail. */
  private interface Call<T> {
    T call() throws Exception;
  }

  private static <T> CompletableFuture<T> later(Call<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            result.complete(call.call());
          } catch (Throwable t) {
            result.completeExceptionally(t);
          }
        });
    return result;
  }

  private static <T> T get(CompletableFuture<T> result) throws Exception {
    return result.get(20, TimeUnit.SECONDS);
  }

  private static String failure(CompletableFuture<?> result) {
    Throwable t = assertThrows(Exception.class, () -> get(result)).getCause();
    assertEquals(ClusterException.class, t.getClass());
    return String.valueOf(t.getMessage());
  }

  // ---- greeting --------------------------------------------------------------------------------

  @Test
  void aRefusalAndAnotherVersionAreTold() throws Exception {
    CompletableFuture<Worker> refused = connect();
    try (UnixConn conn = links.accept();
        PacketLink link = new PacketLink(conn, PacketLink.MAX_LINE_BYTES)) {
      link.send("REFUSED not a worker of this cluster");
      assertEquals("cluster: refused: not a worker of this cluster", failure(refused));
    }
    CompletableFuture<Worker> younger = connect();
    try (PacketLink _ = primary("2 1 4711 SHARED END 100")) {
      assertEquals("cluster: the primary speaks another version, \"HELLO 2\"", failure(younger));
    }
    CompletableFuture<Worker> garbled = connect();
    try (PacketLink _ = primary("1 1 4711 GOSSIP END 100")) {
      assertEquals("cluster: the primary's greeting is not understood", failure(garbled));
    }
    CompletableFuture<Worker> left = connect();
    try (PacketLink leaving = new PacketLink(links.accept(), PacketLink.MAX_LINE_BYTES)) {
      assertEquals("HELLO 1 secret", line(leaving));
    }
    assertEquals("cluster: the primary has left", failure(left));
  }

  @Test
  void withoutAPrimaryThereIsNone() throws Exception {
    assertFalse(Worker.isWorker());
    var _ = assertThrows(IllegalStateException.class, () -> Worker.connect().close());
    var _ = assertThrows(ClusterException.class, () -> Worker.connect("no-token").close());
    String variable = links.addr() + " secret";
    links.close();
    var _ = assertThrows(NetConnectException.class, () -> Worker.connect(variable).close());
  }

  @Test
  void aPrimaryTakesOnlyThoseThatItHasStartedAndEachOnce() throws Exception {
    Rehearsal rehearsal = new Rehearsal();
    try (Cluster _ = rehearsal.builder(1).start()) {
      String variable = rehearsal.variable();
      String address = variable.substring(0, variable.indexOf(' '));
      assertEquals("REFUSED not a worker of this cluster", answer(address, "HELLO 1 guessed"));
      assertEquals("REFUSED version 2, the primary speaks 1", answer(address, "HELLO 2 x"));
      assertEquals("REFUSED no greeting", answer(address, "good day"));
      try (Worker worker = Worker.connect(variable)) {
        assertEquals(1, worker.number());
        assertEquals(ProcessHandle.current().pid(), worker.primary());
        ClusterException e =
            assertThrows(ClusterException.class, () -> Worker.connect(variable).close());
        assertEquals("cluster: refused: worker 1 is there already", e.getMessage());
      }
    }
  }

  private static String answer(String address, String greeting) throws IOException {
    try (PacketLink link = Rehearsal.dial(address + " x")) {
      link.send(greeting);
      return line(link);
    }
  }

  // ---- listening -------------------------------------------------------------------------------

  @Test
  void aPortThatThePrimaryCannotOpenIsToldWithItsReason() throws Exception {
    Rehearsal rehearsal = new Rehearsal();
    try (Listener taken = Net.listen("tcp", "127.0.0.1:0");
        Cluster _ = rehearsal.builder(1).start();
        Worker worker = rehearsal.worker()) {
      String address = taken.addr().toString();
      ClusterException e =
          assertThrows(ClusterException.class, () -> worker.listen("tcp", address).close());
      assertEquals(
          "cluster: listen tcp %s: listen tcp %s: bind: address already in use"
              .formatted(address, address),
          e.getMessage());
      var _ = assertThrows(ClusterException.class, () -> worker.listen("ipx", "a b").close());
      var _ =
          assertThrows(IllegalArgumentException.class, () -> worker.listen("t", "a\nb").close());
      taken.close();
      try (Listener listener = worker.listen("tcp", address)) { // the next try may succeed
        assertEquals(address, listener.addr().toString());
      }
    }
  }

  @Test
  void aPortWithoutADescriptorAndASilentEndAreTold() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (PacketLink primary = primary("1 1 4711 SHARED END 60000");
        Worker worker = get(connected)) {
      CompletableFuture<Listener> poor = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1");
      assertEquals(
          "cluster: listen tcp :1: no descriptor came: this process may open no more",
          failure(poor));
      assertEquals("CLOSED 1", line(primary));
      CompletableFuture<Listener> late = later(() -> worker.listen("tcp", ":2"));
      assertEquals("LISTEN 2 tcp :2", line(primary));
      primary.close();
      assertEquals("cluster: listen tcp :2: the primary is gone", failure(late));
      await().until(() -> worker.toString().endsWith("which is gone"));
    }
  }

  @Test
  void aConnectionWhoseDescriptorIsMissingGoesBackAndTheNextOneComes() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (Listener port = Net.listen("tcp", "127.0.0.1:0");
        PacketLink primary = primary("1 1 4711 ROUND_ROBIN END 60000");
        Worker worker = get(connected)) {
      CompletableFuture<Listener> listens = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1", (NetSocket) port);
      try (Listener listener = get(listens)) {
        CompletableFuture<Conn> accepted = later(listener::accept);
        assertEquals("ACCEPT 1", line(primary));
        primary.send("CONN 1");
        assertEquals("BACK 1", line(primary));
        assertEquals("ACCEPT 1", line(primary)); // behind a pause
        try (Conn client = Net.dial("tcp", port.addr().toString());
            Conn conn = port.accept()) {
          client.write(new byte[] {'x'});
          primary.send("CONN 1", (NetSocket) conn);
          assertEquals("TAKEN 1", line(primary));
          try (Conn served = get(accepted)) {
            assertReads("x", served);
          }
        }
        primary.send("CONN 9");
        assertEquals("BACK 9", line(primary));
        primary.send("CONN 1"); // nobody waits in accept
        assertEquals("BACK 1", line(primary));
      }
    }
  }

  @Test
  @Proves("cluster-roundrobin")
  void aListenerThatIsClosedIsToldAndForgotten() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (Listener port = Net.listen("tcp", "127.0.0.1:0");
        PacketLink primary = primary("1 1 4711 ROUND_ROBIN SERVE_ON 60000");
        Worker worker = get(connected)) {
      CompletableFuture<Listener> listens = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1", (NetSocket) port);
      Listener listener = get(listens);
      assertEquals(1, worker.handed());
      CompletableFuture<Conn> accepted = later(listener::accept);
      assertEquals("ACCEPT 1", line(primary));
      Thread.currentThread().interrupt(); // which keeps nobody from hearing it
      listener.close();
      assertTrue(Thread.interrupted());
      listener.close();
      assertEquals("CLOSED 1", line(primary));
      assertEquals(0, worker.handed());
      assertEquals(
          NetClosedException.class,
          assertThrows(ExecutionException.class, () -> get(accepted)).getCause().getClass());
      primary.send("CONN 1"); // was on its way
      assertEquals("BACK 1", line(primary));
    }
  }

  @Test
  @Proves("cluster-roundrobin")
  void aPortThatCannotBeTakenIsForgottenByThePrimary() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (Listener port = Net.listen("tcp", "127.0.0.1:0");
        PacketLink primary = primary("1 1 4711 ROUND_ROBIN END 60000");
        Worker worker = get(connected)) {
      CompletableFuture<Listener> poor = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1");
      assertEquals("CLOSED 1", line(primary));
      assertTrue(failure(poor).endsWith("this process may open no more"));
      primary.send("LISTENER 2", (NetSocket) port); // for which nobody waits any more
      assertEquals("CLOSED 2", line(primary));
      assertEquals(0, worker.handed());
    }
  }

  @Test
  void wordsThatFitIntoNoMessageAreRefused() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (PacketLink _ = primary("1 1 4711 SHARED END 60000");
        Worker worker = get(connected)) {
      String message =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> worker.listen("tcp", "x".repeat(5000)).close())
              .getMessage();
      assertEquals("listen: network and address of 5013 characters", message);
    }
  }

  // ---- the primary's death ---------------------------------------------------------------------

  @Test
  void aWorkerThatIsToEndWithItsPrimaryDrains() throws Exception {
    CompletableFuture<Worker> connected = connect();
    CompletableFuture<Duration> told = new CompletableFuture<>();
    try (PacketLink primary = primary("1 3 4711 SHARED END 60000");
        Worker worker = get(connected)) {
      assertEquals("worker 3 of process 4711", worker.toString());
      worker.ready(told::complete);
      assertEquals("READY", line(primary));
      assertFalse(worker.isDraining());
      primary.close();
      assertEquals(Duration.ofSeconds(60), get(told));
      assertTrue(worker.isDraining());
    }
  }

  /** Its primary lives, and kills it behind the grace: to serve on would be to serve nobody. */
  @Test
  void oneThatHasLostAMessageForWantOfMemoryDrainsAlsoIfItWouldServeOn() throws Exception {
    CompletableFuture<Worker> connected = connect();
    CompletableFuture<Duration> told = new CompletableFuture<>();
    AtomicBoolean first = new AtomicBoolean(true);
    Logger logger = (Logger) LoggerFactory.getLogger("gonet.cluster");
    AppenderBase<ILoggingEvent> failing =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().startsWith("primary said") && first.getAndSet(false)) {
              throw new OutOfMemoryError("for the test");
            }
          }
        };
    failing.setContext(logger.getLoggerContext());
    failing.start();
    logger.addAppender(failing);
    try (PacketLink primary = primary("1 3 4711 SHARED SERVE_ON 60000");
        Worker worker = get(connected)) {
      worker.ready(told::complete);
      assertEquals("READY", line(primary));
      primary.send("JUNK");
      assertEquals(Duration.ofSeconds(60), get(told));
      assertTrue(worker.isDraining());
    } finally {
      logger.detachAppender(failing);
    }
  }

  @Test
  void oneThatIsToldToDrainBeforeItIsReadyHearsOfItThen() throws Exception {
    CompletableFuture<Worker> connected = connect();
    CompletableFuture<Duration> told = new CompletableFuture<>();
    try (PacketLink primary = primary("1 1 4711 SHARED END 60000");
        Worker worker = get(connected)) {
      primary.send("DRAIN 1234");
      await().until(worker::isDraining);
      worker.ready(told::complete);
      assertEquals(Duration.ofMillis(1234), get(told));
      var _ = assertThrows(IllegalStateException.class, () -> worker.ready(told::complete));
    }
  }

  @Test
  @Proves("cluster-roundrobin")
  void oneThatServesOnAcceptsByItselfWhereThePrimaryGaveConnections() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (Listener port = Net.listen("tcp", "127.0.0.1:0");
        PacketLink primary = primary("1 1 4711 ROUND_ROBIN SERVE_ON 60000");
        Worker worker = get(connected)) {
      worker.ready(grace -> {});
      assertEquals("READY", line(primary));
      CompletableFuture<Listener> listens = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1", (NetSocket) port);
      try (Listener listener = get(listens)) {
        CompletableFuture<Conn> accepted = later(listener::accept);
        assertEquals("ACCEPT 1", line(primary));
        port.close(); // as the kernel does for one that dies
        primary.close();
        for (int i = 0; i < 2; i++) {
          try (Conn client = Net.dial("tcp", listener.addr().toString())) {
            client.write(new byte[] {'x'});
            try (Conn served = i == 0 ? get(accepted) : listener.accept()) {
              assertReads("x", served);
            }
          }
        }
        assertFalse(worker.isDraining());
      }
    }
  }

  /** It comes together with the primary's death, which the kernel tells first. */
  @Test
  @Proves("cluster-roundrobin")
  void aConnectionThatAPrimaryGaveBeforeItsDeathIsServed() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (Listener port = Net.listen("tcp", "127.0.0.1:0");
        PacketLink primary = primary("1 1 4711 ROUND_ROBIN SERVE_ON 60000");
        Worker worker = get(connected)) {
      CompletableFuture<Listener> listens = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1", (NetSocket) port);
      try (Listener listener = get(listens);
          Conn client = Net.dial("tcp", port.addr().toString())) {
        CompletableFuture<Conn> accepted = later(listener::accept);
        assertEquals("ACCEPT 1", line(primary));
        worker.ready(grace -> {}); // which stays unread
        client.write(new byte[] {'x'});
        try (Conn conn = port.accept()) {
          for (int i = 0; i < 5; i++) { // so that the worker is busy while the primary dies
            primary.send("FAILED 9 nothing");
          }
          primary.send("CONN 1", (NetSocket) conn);
          primary.close();
        }
        try (Conn served = get(accepted)) {
          assertReads("x", served);
        }
      }
    }
  }

  // ---- the end ---------------------------------------------------------------------------------

  @Test
  @Proves("cluster-roundrobin")
  void behindACloseNoAcceptWaitsForAPrimaryThatGivesNothing() throws Exception {
    CompletableFuture<Worker> connected = connect();
    try (Listener port = Net.listen("tcp", "127.0.0.1:0");
        PacketLink primary = primary("1 1 4711 ROUND_ROBIN SERVE_ON 60000");
        Worker worker = get(connected)) {
      CompletableFuture<Listener> listens = later(() -> worker.listen("tcp", ":1"));
      assertEquals("LISTEN 1 tcp :1", line(primary));
      primary.send("LISTENER 1", (NetSocket) port);
      try (Listener listener = get(listens)) {
        CompletableFuture<Conn> parked = later(listener::accept);
        assertEquals("ACCEPT 1", line(primary));
        worker.close();
        String closed = "accept tcp " + port.addr() + ": use of closed network connection";
        for (CompletableFuture<Conn> each : List.of(parked, later(listener::accept))) {
          Throwable t = assertThrows(ExecutionException.class, () -> get(each)).getCause();
          assertEquals(NetClosedException.class, t.getClass());
          assertEquals(closed, t.getMessage());
        }
        assertEquals("left", line(primary));
      }
    }
  }
}

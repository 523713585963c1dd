package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.client;
import static gonet.cluster.Rehearsal.line;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.support.Proves;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that the primary accepts and gives to workers: none is lost, whoever dies. */
@Timeout(180)
@Proves("cluster-roundrobin")
@SuppressWarnings("try") // each closes in its own order
class RoundRobinTest {
  private static final String LOOPBACK = "127.0.0.1:0";

  private final Rehearsal rehearsal = new Rehearsal();
  private Cluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster =
        rehearsal
            .builder(2)
            .policy(SharePolicy.ROUND_ROBIN)
            .listenConfig(ListenConfig.defaults().withNoDelay(false).withKeepAlive(KeepAlive.off()))
            .listenOn("tcp", LOOPBACK)
            .start();
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  private static CompletableFuture<Conn> accept(Listener listener) {
    CompletableFuture<Conn> accepted = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            accepted.complete(listener.accept());
          } catch (Throwable t) {
            accepted.completeExceptionally(t);
          }
        });
    return accepted;
  }

  private static Conn get(CompletableFuture<Conn> accepted) throws Exception {
    return accepted.get(20, TimeUnit.SECONDS);
  }

  /** Of a worker that the test speaks for: it has the port as number 1. */
  private PacketLink listening() throws Exception {
    PacketLink link = rehearsal.link();
    link.send("LISTEN 1 tcp " + LOOPBACK);
    assertEquals("LISTENER 1", line(link));
    return link;
  }

  @Test
  @Proves("A19")
  void connectionsGoToThoseThatAskInTurnWithEveryByteUnread() throws Exception {
    try (Worker one = rehearsal.worker();
        Worker two = rehearsal.worker();
        Listener first = one.listen("tcp", LOOPBACK);
        Listener second = two.listen("tcp", LOOPBACK)) {
      assertEquals(cluster.addr(), first.addr());
      assertEquals(cluster.addr(), second.addr());
      assertEquals(SharePolicy.ROUND_ROBIN, one.policy());
      for (int i = 0; i < 4; i++) {
        Listener turn = i % 2 == 0 ? first : second;
        try (Conn client = client(cluster, "unread " + i);
            Conn served = turn.accept()) {
          await().until(() -> ((TcpConn) served).availableBytes() == 8);
          assertReads("unread " + i, served);
          served.write(new byte[] {7});
          client.readFully(new byte[1]);
          assertEquals(client.localAddr(), served.remoteAddr());
        }
      }
    }
  }

  @Test
  void theOptionsOfThePrimaryHold() throws Exception {
    try (Worker worker = rehearsal.worker();
        Listener listener = worker.listen("tcp", LOOPBACK);
        Conn _ = client(cluster, "x");
        Conn served = listener.accept()) {
      assertEquals(false, ((TcpConn) served).getOption(StandardSocketOptions.TCP_NODELAY));
      assertEquals(false, ((TcpConn) served).getOption(StandardSocketOptions.SO_KEEPALIVE));
    }
  }

  @Test
  void whileNobodyAcceptsConnectionsStayInTheKernel() throws Exception {
    try (Conn early = client(cluster, "early");
        Worker worker = rehearsal.worker();
        Listener listener = worker.listen("tcp", LOOPBACK);
        Conn late = client(cluster, "later")) {
      try (Conn served = listener.accept()) {
        assertReads("early", served);
        assertEquals(early.localAddr(), served.remoteAddr());
      }
      try (Conn served = listener.accept()) {
        assertReads("later", served);
        assertEquals(late.localAddr(), served.remoteAddr());
      }
    }
  }

  @Test
  void whatADeadWorkerHadNotTakenGoesToAnother() throws Exception {
    try (PacketLink dying = listening();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      dying.send("ACCEPT 1");
      try (Conn _ = client(cluster, "hello")) {
        assertEquals("CONN 1", line(dying));
        dying.close();
        try (Conn served = listener.accept()) {
          assertReads("hello", served);
        }
      }
    }
  }

  @Test
  void whatADeadWorkerHadNotEvenReadGoesToAnother() throws Exception {
    try (PacketLink dying = listening();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      dying.send("ACCEPT 1");
      dying.send("ACCEPT 1");
      try (Conn _ = client(cluster, "one");
          Conn _ = client(cluster, "two")) {
        assertEquals("CONN 1", line(dying)); // the other stays in its queue, or comes there
        dying.send("TAKEN 1");
        dying.close();
        try (Conn served = listener.accept()) {
          assertReads("two", served);
        }
      }
    }
  }

  @Test
  @Proves("node-cluster")
  void whatIsGivenBackGoesToAnother() throws Exception {
    try (PacketLink full = listening();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      full.send("ACCEPT 1");
      try (Conn _ = client(cluster, "hello")) {
        assertEquals("CONN 1", line(full));
        full.send("BACK 1");
        try (Conn served = listener.accept()) {
          assertReads("hello", served);
        }
      }
    }
  }

  @Test
  void aWorkerThatTalksNonsenseIsLeftAndOthersServe() throws Exception {
    for (String nonsense : new String[] {"TAKEN 1", "BACK 1", "ACCEPT 7", "TAKEN x", "good day"}) {
      Rehearsal other = new Rehearsal();
      try (Cluster own =
              other.builder(2).policy(SharePolicy.ROUND_ROBIN).listenOn("tcp", LOOPBACK).start();
          PacketLink mad = other.link();
          Worker well = other.worker();
          Listener listener = well.listen("tcp", LOOPBACK)) {
        mad.send("LISTEN 1 tcp " + LOOPBACK);
        assertEquals("LISTENER 1", line(mad));
        mad.send(nonsense);
        assertEquals("left", line(mad));
        try (Conn _ = client(own, "hello");
            Conn served = listener.accept()) {
          assertReads("hello", served);
        }
      }
    }
  }

  @Test
  void aDrainGivesAwayTheQueueFirst() throws Exception {
    CompletableFuture<Duration> told = new CompletableFuture<>();
    try (Worker worker = rehearsal.worker();
        Listener listener = worker.listen("tcp", LOOPBACK);
        Conn _ = client(cluster, "one");
        Conn _ = client(cluster, "two")) {
      worker.ready(told::complete);
      cluster.beginShutdown(Duration.ofMinutes(1));
      try (Conn served = listener.accept()) {
        assertReads("one", served);
      }
      assertTrue(!told.isDone(), "it is to end although a client waits");
      try (Conn served = listener.accept()) {
        assertReads("two", served);
      }
      assertTrue(told.get(20, TimeUnit.SECONDS).compareTo(Duration.ofMinutes(1)) <= 0);
      cluster.beginShutdown(Duration.ZERO);
    }
  }

  @Test
  void workersThatAreFullAreToldToDrainWhileThereIsTime() throws Exception {
    CompletableFuture<Duration> told = new CompletableFuture<>();
    try (Worker worker = rehearsal.worker();
        Listener _ = worker.listen("tcp", LOOPBACK); // in which no thread accepts
        Conn _ = client(cluster, "one")) {
      worker.ready(told::complete);
      cluster.beginShutdown(Duration.ofSeconds(8));
      assertTrue(told.get(40, TimeUnit.SECONDS).compareTo(Duration.ofSeconds(1)) > 0);
      cluster.beginShutdown(Duration.ZERO);
    }
  }

  @Test
  void aNumberOfAPortIsGivenOnce() throws Exception {
    try (PacketLink link = listening()) {
      link.send("LISTEN 1 tcp 127.0.0.1:0");
      assertEquals("FAILED 1 cluster: worker gave number 1 to two ports", line(link));
    }
  }

  @Test
  void whatAWorkerThatIsLeftMayHaveTakenIsServedByNoOther() throws Exception {
    try (PacketLink mad = listening();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      mad.send("ACCEPT 1");
      try (Conn first = client(cluster, "hello")) {
        assertEquals("CONN 1", line(mad));
        mad.send("good day");
        assertEquals("left", line(mad));
        assertTrue(ends(first));
        try (Conn _ = client(cluster, "later");
            Conn served = listener.accept()) {
          assertReads("later", served);
        }
      }
    }
  }

  private static boolean ends(Conn conn) throws IOException {
    try {
      return conn.read(new byte[1]) < 0;
    } catch (NetTimeoutException e) {
      return false;
    } catch (NetSocketException e) { // reset, because nobody has read what it said
      return true;
    }
  }

  // ---- as any listener -------------------------------------------------------------------------

  @Test
  void anAcceptEndsByDeadlineTimeoutInterruptAndClose() throws Exception {
    try (Worker worker = rehearsal.worker();
        Listener listener = worker.listen("tcp", LOOPBACK)) {
      listener.setDeadline(Instant.EPOCH);
      assertEquals(
          "accept tcp " + listener.addr() + ": i/o timeout",
          assertThrows(NetTimeoutException.class, listener::accept).getMessage());
      assertTrue(listener.deadline().isBefore(Instant.now()));
      listener.setDeadline(null);
      assertNull(listener.deadline());
      listener.setTimeout(Duration.ofMillis(10));
      assertEquals(Duration.ofMillis(10), listener.timeout());
      var _ = assertThrows(NetTimeoutException.class, listener::accept);
      listener.setTimeout(null);
      Thread.currentThread().interrupt();
      var _ = assertThrows(NetInterruptedException.class, listener::accept);
      assertTrue(Thread.interrupted());
      try (Conn _ = client(cluster, "hello");
          Conn served = listener.accept()) { // it is none the worse
        assertReads("hello", served);
      }
      CompletableFuture<Conn> waits = accept(listener);
      listener.close();
      ExecutionException e = assertThrows(ExecutionException.class, () -> get(waits));
      assertEquals(NetClosedException.class, e.getCause().getClass());
      assertTrue(listener.isClosed());
      assertEquals(
          "accept tcp " + listener.addr() + ": use of closed network connection",
          assertThrows(NetClosedException.class, listener::accept).getMessage());
      var _ = assertThrows(NetClosedException.class, () -> listener.setDeadline(null));
    }
  }

  @Test
  void aConnectionThatComesBehindADeadlineGoesToAnotherWorker() throws Exception {
    try (Worker one = rehearsal.worker();
        Worker two = rehearsal.worker();
        Listener gaveUp = one.listen("tcp", LOOPBACK);
        Listener listener = two.listen("tcp", LOOPBACK)) {
      gaveUp.setTimeout(Duration.ofMillis(1));
      var _ = assertThrows(NetTimeoutException.class, gaveUp::accept); // which has asked
      CompletableFuture<Conn> accepted = accept(listener);
      try (Conn _ = client(cluster, "hello");
          Conn served = get(accepted)) {
        assertReads("hello", served);
      }
    }
  }
}

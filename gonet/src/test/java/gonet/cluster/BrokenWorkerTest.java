package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.client;
import static gonet.cluster.Rehearsal.line;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.support.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker that asks without end makes nothing of the primary's grow without end. */
@Timeout(180)
@Proves("cluster-limits")
@SuppressWarnings("try") // each closes in its own order
class BrokenWorkerTest {
  private static final String LOOPBACK = "127.0.0.1:0";

  private final Rehearsal rehearsal = new Rehearsal();
  private Cluster cluster;

  @BeforeEach
  void start() throws Exception {
    cluster =
        rehearsal
            .builder(2)
            .backOff(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(10))
            .policy(SharePolicy.ROUND_ROBIN)
            .listenOn("tcp", LOOPBACK)
            .start();
  }

  @AfterEach
  void end() {
    cluster.close();
  }

  /** Of a worker that the test speaks for. */
  private static void listen(PacketLink link, int id) throws IOException {
    link.send("LISTEN " + id + " tcp " + LOOPBACK);
    assertEquals("LISTENER " + id, line(link));
  }

  /** It is left, told by its fault, and replaced; the other one serves. */
  private void assertLeft(String fault, Listener other) throws Exception {
    await()
        .atMost(Rehearsal.LIMIT)
        .until(() -> cluster.workers().stream().anyMatch(each -> fault.equals(each.lastEnd())));
    await()
        .atMost(Rehearsal.LIMIT)
        .until(() -> cluster.workers().stream().anyMatch(each -> each.starts() > 1));
    assertServes(other);
  }

  private interface Says {
    void by(PacketLink mad) throws Exception;
  }

  /** The same of a worker that says this, beside one that is well. */
  private void assertLeftFor(String fault, Says what) throws Exception {
    try (PacketLink mad = rehearsal.link();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      what.by(mad);
      assertLeft(fault, listener);
    }
  }

  private void assertServes(Listener listener) throws IOException {
    try (Conn _ = client(cluster, "hello");
        Conn served = listener.accept()) {
      assertReads("hello", served);
    }
  }

  @Test
  void oneThatAsksForConnectionsWithoutEndIsLeft() throws Exception {
    assertLeftFor(
        "asked for more than 65536 connections at a time",
        mad -> {
          listen(mad, 1);
          for (int i = 0; i < ClusterLink.MAX_ASKED; i++) {
            mad.send("ACCEPT 1");
          }
          listen(mad, 2); // it is heard so far
          mad.send("ACCEPT 2");
          assertEquals("left", line(mad));
        });
  }

  @Test
  void oneThatOpensListenersWithoutEndIsLeft() throws Exception {
    assertLeftFor(
        "has more than 4096 listeners open",
        mad -> {
          for (int i = 1; i <= ClusterLink.MAX_LISTENERS; i++) {
            listen(mad, i);
          }
          mad.send("LISTEN 0 tcp " + LOOPBACK);
          assertEquals("left", line(mad));
        });
  }

  @Test
  void oneThatReadsNoAnswerIsLeft() throws Exception {
    assertLeftFor(
        "left 66560 answers unread",
        mad -> {
          assertThrows(
              IOException.class,
              () -> {
                for (int i = 0; i < 2 * ClusterLink.MAX_UNREAD; i++) {
                  mad.send("LISTEN " + i + " nonsense x");
                }
              });
        });
  }

  @Test
  void oneThatGivesBackWhatItHasNotReadIsLeft() throws Exception {
    try (PacketLink mad = rehearsal.link();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK);
        Conn _ = client(cluster, "x")) {
      listen(mad, 1);
      mad.send("ACCEPT 1");
      assertEquals("CONN 1", line(mad));
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 2 * ClusterLink.MAX_UNREAD; i++) {
              mad.send("BACK 1");
              mad.send("ACCEPT 1");
            }
          });
      await()
          .atMost(Rehearsal.LIMIT)
          .until(
              () ->
                  cluster.workers().stream()
                      .anyMatch(each -> "left 66560 answers unread".equals(each.lastEnd())));
      try (Conn served = listener.accept()) { // it has what nobody else wanted
        assertReads("x", served);
      }
    }
  }

  @Test
  void oneThatIsReadyTwiceIsLeft() throws Exception {
    assertLeftFor(
        "said that it is ready a second time",
        mad -> {
          mad.send("READY");
          mad.send("READY");
          assertEquals("left", line(mad));
        });
  }

  @Test
  void whatItSaidIsToldInFewWordsOfPrintableOnes() throws Exception {
    assertLeftFor(
        "said \"?[2J" + "x".repeat(76) + "...\"",
        mad -> {
          mad.send("\u001b[2J" + "x".repeat(500));
          assertEquals("left", line(mad));
        });
  }

  @Test
  void portsOfTheClusterAreNotOpenedWithoutEnd() throws Exception {
    Ports ports = new Ports(ListenConfig.defaults(), SharePolicy.SHARED, 3);
    try {
      List<SharedPort> open = new ArrayList<>();
      for (String each : List.of("127.0.0.1:0", "127.0.0.2:0", "127.0.0.3:0")) {
        open.add(ports.get("tcp", each));
      }
      ClusterException e =
          assertThrows(ClusterException.class, () -> ports.get("tcp", "127.0.0.4:0"));
      assertEquals("cluster: it has 3 ports, and opens no more", e.getMessage());
      assertEquals(open.getFirst(), ports.get("tcp", "127.0.0.1:0")); // it has it
    } finally {
      ports.close();
    }
  }

  // ---- listeners that are closed ---------------------------------------------------------------

  @Test
  void listenersThatWereClosedAreForgotten() throws Exception {
    try (PacketLink worker = rehearsal.link()) {
      for (int i = 0; i <= ClusterLink.MAX_LISTENERS; i++) {
        listen(worker, 1);
        worker.send("ACCEPT 1");
        worker.send("CLOSED 1");
      }
      listen(worker, 1);
    }
  }

  @Test
  void whoHasClosedGetsNoMore() throws Exception {
    try (PacketLink closing = rehearsal.link();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      listen(closing, 1);
      closing.send("ACCEPT 1");
      closing.send("CLOSED 1");
      listen(closing, 2); // the close was heard
      assertServes(listener);
    }
  }

  @Test
  void whatIsOnItsWayToAListenerThatIsClosedGoesToAnother() throws Exception {
    try (PacketLink closing = rehearsal.link();
        Worker well = rehearsal.worker();
        Listener listener = well.listen("tcp", LOOPBACK)) {
      listen(closing, 1);
      closing.send("ACCEPT 1");
      try (Conn _ = client(cluster, "hello")) {
        assertEquals("CONN 1", line(closing));
        closing.send("CLOSED 1");
        closing.send("BACK 1");
        try (Conn served = listener.accept()) {
          assertReads("hello", served);
        }
      }
      listen(closing, 1); // each has its answer, so that the number is free
      closing.send("CLOSED 1");
      closing.send("ACCEPT 1");
      assertEquals("left", line(closing));
      assertLeft("spoke of port 1, which it has not", listener);
    }
  }

  @Test
  void oneThatAsksBehindItsCloseIsLeft() throws Exception {
    assertLeftFor(
        "asked for connections of port 1, which it has closed",
        mad -> {
          listen(mad, 1);
          mad.send("ACCEPT 1");
          try (Conn _ = client(cluster, "hello")) {
            assertEquals("CONN 1", line(mad));
            mad.send("CLOSED 1");
            mad.send("ACCEPT 1");
            assertEquals("left", line(mad));
          }
        });
  }

  /** What waits for a worker is in no other's way, and the rest stays in the kernel. */
  @Test
  void oneThatGivesBackWithoutEndMakesThePrimaryHoldFew() throws Exception {
    List<Conn> clients = new ArrayList<>();
    try (PacketLink mad = rehearsal.link()) {
      listen(mad, 1);
      for (int i = 0; i < 20; i++) {
        clients.add(client(cluster, "x"));
      }
      for (int i = 0; i < 20; i++) {
        mad.send("ACCEPT 1");
        assertEquals("CONN 1", line(mad));
        mad.send("BACK 1");
      }
      listen(mad, 2); // the last one is heard
      int held = cluster.ports().get("tcp", LOOPBACK).roundRobin().waiting();
      assertTrue(held < 10, () -> held + " connections are held");
    } finally {
      clients.forEach(Conn::close);
    }
  }
}

package gonet.test.sim;

import static gonet.test.sim.Servers.MILLI;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.DnsResolver;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.netip.Addr;
import gonet.test.Proves;
import gonet.test.dns.DnsQuery;
import gonet.test.dns.DnsReply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Datagrams over networks that lose, double and reorder them, and hosts that are not there. */
@NeedsSim
@Proves("sim-udp")
@Timeout(180)
class SimUdpTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private static UdpConn listen(String address) throws IOException {
    return (UdpConn) Net.listenPacket("udp", address);
  }

  private static UdpConn dial(String address) throws IOException {
    return (UdpConn) Net.dial("udp", address);
  }

  private static void send(UdpConn conn, int number) throws IOException {
    conn.write(ByteBuffer.allocate(4).putInt(number).flip());
  }

  private static int receive(UdpConn conn) throws IOException {
    ByteBuffer buf = ByteBuffer.allocate(100);
    conn.read(buf);
    return buf.flip().getInt();
  }

  /** What arrives of {@code count} numbered datagrams, a millisecond after each other. */
  private static List<Integer> arrivals(int count, Consumer<Link> change) {
    List<Integer> arrived = new ArrayList<>();
    Outcome _ =
        Sim.run(
            1,
            sim -> {
              Host server = sim.host("server");
              change.accept(sim.link(server, sim.host("test")));
              Task task =
                  server.run(
                      () -> {
                        try (UdpConn conn = listen(":53")) {
                          conn.setReadTimeout(SECOND);
                          while (true) {
                            arrived.add(receive(conn));
                          }
                        } catch (NetTimeoutException e) {
                          // That was all.
                        }
                      });
              sim.sleep(MILLI);
              try (UdpConn conn = dial(server.at(53))) {
                for (int i = 0; i < count; i++) {
                  send(conn, i);
                  sim.sleep(MILLI);
                }
                task.join();
              }
            });
    return arrived;
  }

  private static boolean inOrder(List<Integer> numbers) {
    for (int i = 1; i < numbers.size(); i++) {
      if (numbers.get(i - 1) > numbers.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Test
  void aGoodLinkDeliversEachOnceAndInOrder() {
    List<Integer> arrived = arrivals(200, link -> {});
    assertEquals(200, arrived.size());
    assertTrue(inOrder(arrived), arrived.toString());
  }

  @Test
  void aLossyLinkLosesItsPart() {
    List<Integer> arrived = arrivals(1000, link -> link.loss(0.3));
    assertTrue(arrived.size() > 600 && arrived.size() < 800, arrived.size() + " of 1000");
    assertTrue(inOrder(arrived), arrived.toString());
    assertEquals(arrived.size(), new HashSet<>(arrived).size());
  }

  @Test
  void aLinkThatDoublesDeliversItsPartTwice() {
    List<Integer> arrived = arrivals(1000, link -> link.duplicates(0.3));
    assertTrue(arrived.size() > 1200 && arrived.size() < 1400, arrived.size() + " of 1000");
    assertEquals(1000, new HashSet<>(arrived).size());
  }

  @Test
  void aLinkThatReordersHasLaterOnesOvertake() {
    List<Integer> arrived = arrivals(1000, link -> link.reorder(0.3));
    assertEquals(1000, new HashSet<>(arrived).size());
    assertFalse(inOrder(arrived));
  }

  @Test
  void bandwidthHoldsThemUp() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              Host server = sim.host("server");
              sim.link(server, sim.host("test")).bandwidth(100_000);
              server.run(
                  () -> {
                    try (UdpConn conn = listen(":53")) {
                      for (int i = 0; i < 100; i++) {
                        assertEquals(958, conn.read(new byte[1000]));
                      }
                    }
                  });
              sim.sleep(MILLI);
              try (UdpConn conn = dial(server.at(53))) {
                for (int i = 0; i < 100; i++) {
                  conn.write(new byte[958]); // 1,000 with headers
                }
              }
            });
    assertEquals(1, outcome.virtualTime().toSeconds());
  }

  @Test
  void whatHasNoRoomInTheReceiversBufferIsDropped() {
    Sim.run(
        1,
        sim -> {
          try (UdpConn conn = listen("127.0.0.1:0");
              UdpConn peer = dial(conn.localAddr().toString())) {
            conn.setReadBuffer(10_000);
            for (int i = 0; i < 100; i++) {
              peer.write(new byte[1000]);
            }
            sim.sleep(MILLI);
            conn.setReadTimeout(SECOND);
            int count = 0;
            try {
              for (; ; count++) {
                assertEquals(1000, conn.read(new byte[2000]));
              }
            } catch (NetTimeoutException e) {
              assertTrue(count > 5 && count < 20, count + " of 100");
            }
          }
        });
  }

  @Test
  void aPartitionSwallowsThemAndTellsNobody() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          server.serve(() -> echo(listen(":53")));
          sim.sleep(MILLI);
          try (UdpConn conn = dial(server.at(53))) {
            sim.link(server, sim.host("test")).cut();
            send(conn, 1);
            conn.setReadTimeout(SECOND);
            assertThrows(NetTimeoutException.class, () -> receive(conn));
            sim.link(server, sim.host("test")).mend();
            send(conn, 2);
            assertEquals(2, receive(conn));
          }
        });
  }

  private static void echo(UdpConn conn) throws IOException {
    Datagram d = Datagram.allocate(2000);
    while (true) {
      conn.receive(d);
      conn.send(d);
    }
  }

  @Test
  void aConnectedSocketHearsThatNobodyIsThereAndAnotherDoesNot() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          try (UdpConn conn = dial(server.at(53));
              UdpConn loose = listen(":0")) {
            send(conn, 1);
            IOException refused = assertThrows(IOException.class, () -> receive(conn));
            assertEquals("ECONNREFUSED", ((NetFailure) refused).errno());
            loose.send(new byte[1], UdpAddr.resolve("udp", server.at(53)));
            loose.setReadTimeout(SECOND);
            assertThrows(NetTimeoutException.class, () -> receive(loose));
            server.crash();
            send(conn, 1);
            conn.setReadTimeout(SECOND);
            assertThrows(NetTimeoutException.class, () -> receive(conn));
          }
        });
  }

  @Test
  void anAddressThatNobodyHasIsUnreachableAfterThreeQuestionsForIt() {
    Outcome outcome =
        Sim.run(
            1,
            sim -> {
              try (UdpConn conn = dial("192.0.2.7:53")) {
                send(conn, 1);
                IOException e = assertThrows(IOException.class, () -> receive(conn));
                assertEquals("EHOSTUNREACH", ((NetFailure) e).errno());
              }
            });
    assertEquals(3, outcome.virtualTime().toSeconds());
  }

  @Test
  void bothFamiliesMeetOneSocketForBoth() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          server.serve(() -> echo(listen(":53")));
          sim.sleep(MILLI);
          for (String address : List.of(server.at(53), "[" + server.addr6() + "]:53")) {
            try (UdpConn conn = dial(address)) {
              send(conn, 7);
              assertEquals(7, receive(conn));
              assertEquals(address, conn.remoteAddr().toString());
            }
          }
        });
  }

  @Test
  void aHostThatStartsAgainHasForgottenItsSockets() {
    Sim.run(
        1,
        sim -> {
          Host server = sim.host("server");
          server.boot(() -> echo(listen(":53")));
          sim.sleep(MILLI);
          try (UdpConn conn = dial(server.at(53))) {
            server.crash();
            server.restart();
            sim.sleep(MILLI);
            send(conn, 1);
            assertEquals(1, receive(conn));
          }
          assertEquals(1, server.openDescriptors());
        });
  }

  /** Asks until it is answered; the other side does each request once, whatever comes twice. */
  @SimTest(seeds = 200)
  void requestsWithNumbersAreDoneOnceOverAnyNetwork(Sim sim) throws Exception {
    Host server = sim.host("server");
    Host client = sim.host("client");
    sim.link(server, client).loss(0.1);
    sim.chaos(Duration.ofSeconds(5), server, client).cuts(2).disorders(3).delays(1);
    List<Integer> done = new ArrayList<>();
    sim.always("each is done once", () -> done.size() == Set.copyOf(done).size());
    server.serve(
        () -> {
          UdpConn conn = listen(":53");
          Datagram d = Datagram.allocate(100);
          Set<Integer> known = new HashSet<>();
          while (true) {
            conn.receive(d);
            int number = d.data().getInt(d.data().position());
            if (known.add(number)) {
              done.add(number);
            }
            conn.send(d);
          }
        });
    client.run(
        () -> {
          sim.sleep(MILLI);
          try (UdpConn conn = dial(server.at(53))) {
            conn.setReadTimeout(Duration.ofMillis(100));
            for (int i = 0; i < 30; i++) {
              sim.sleep(Duration.ofMillis(100));
              for (boolean answered = false; !answered; ) {
                send(conn, i);
                answered = isAnswered(conn, i);
              }
            }
          }
          assertEquals(30, done.size());
        });
  }

  /** What comes late answers an earlier one. */
  private static boolean isAnswered(UdpConn conn, int number) throws IOException {
    try {
      while (receive(conn) != number) {
        // An answer to what was asked twice.
      }
      return true;
    } catch (NetTimeoutException e) {
      return false;
    }
  }

  /** gonet's own resolver, whose answers are lost, doubled, reordered, and cut to go over TCP. */
  @SimTest(seeds = 200)
  void theResolverFindsItsAnswerOrSaysThatItWasNotThereInTime(Sim sim) throws Exception {
    Host names = sim.host("names");
    Host test = sim.host("test");
    sim.link(names, test).loss(0.15).duplicates(0.2).reorder(0.2);
    boolean cut = sim.random().nextBoolean();
    names.serve("udp", () -> answerDatagrams(listen(":53"), cut));
    names.serve("tcp", Servers.each(53, SimUdpTest::answerStream));
    sim.sleep(MILLI);
    DnsResolver resolver =
        DnsResolver.defaults()
            .withServers(List.of(names.at(53)))
            .withSearch(List.of())
            .withTries(SECOND, 3);
    Duration begin = sim.now();
    try {
      assertEquals(List.of(Addr.parse("10.1.2.3")), resolver.lookupHost("shop.example"));
    } catch (SocketTimeoutException e) {
      assertTrue(sim.now().minus(begin).compareTo(SECOND) >= 0, sim.now().toString());
    }
    assertEquals(0, test.openDescriptors());
  }

  private static byte[] answer(byte[] bytes, boolean cut, boolean stream) throws IOException {
    DnsQuery query = DnsQuery.read(bytes, new InetSocketAddress(0), stream);
    DnsReply reply = query.reply();
    if (query.is(DnsQuery.A)) {
      reply.addr("10.1.2.3");
    }
    return cut ? query.reply().truncated().bytes() : reply.bytes();
  }

  private static void answerDatagrams(UdpConn conn, boolean cut) throws IOException {
    Datagram d = Datagram.allocate(2000);
    while (true) {
      conn.receive(d);
      byte[] query = new byte[d.data().remaining()];
      d.data().get(query);
      conn.send(answer(query, cut, false), d.addr());
    }
  }

  private static void answerStream(Conn conn) throws IOException {
    byte[] length = new byte[2];
    conn.readFully(length);
    byte[] query = new byte[ByteBuffer.wrap(length).getShort()];
    conn.readFully(query);
    byte[] reply = answer(query, false, true);
    conn.write(ByteBuffer.allocate(2).putShort((short) reply.length).flip());
    conn.write(reply);
  }

  // ---- what there is not -----------------------------------------------------------------------

  /** A program that would go on without it fails all the same. */
  private static void assertLacks(String what, Sim.Scenario scenario) {
    Outcome outcome =
        Sim.attempt(
            1,
            sim -> {
              try {
                scenario.run(sim);
              } catch (IOException | UnsupportedOperationException e) {
                sim.log("goes on without it: " + e);
              }
            },
            false);
    Outcome.Failure failure = outcome.failure();
    assertNotNull(failure, what);
    assertEquals(Outcome.Kind.LEFT, failure.kind());
    assertTrue(failure.text().contains("not simulated: " + what), failure.text());
    assertTrue(failure.text().startsWith("test/scenario#1: "), failure.text());
  }

  @Test
  void whatIsNotSimulatedFailsTheRunAndIsNamed() {
    String outside = "Unix sockets at paths that are not in Host.folder";
    assertLacks(outside, sim -> Net.dial("unix", "/tmp/x.sock"));
    assertLacks(outside, sim -> Net.listen("unix", "x.sock"));
    assertLacks("Unix sockets of datagrams", sim -> Net.listenPacket("unixgram", "@x"));
    assertLacks("raw IP sockets", sim -> Net.dial("ip4:icmp", "127.0.0.1"));
    assertLacks("multicast", sim -> listen(":0").joinGroup(Addr.parse("239.1.2.3")));
    assertLacks(
        "datagrams to groups, of which 239.1.2.3 is one",
        sim -> listen(":0").send(new byte[1], UdpAddr.resolve("udp", "239.1.2.3:9")));
    assertLacks(
        "what goes beside a datagram",
        sim -> {
          UdpConn conn = ListenConfig.defaults().listenUdp("udp4", ":0");
          Datagram d = Datagram.allocate(1).setHopLimit(3);
          conn.send(d.setAddr(UdpAddr.resolve("udp", "127.0.0.1:9")));
        });
  }

  @Test
  void anOptionThatIsNotThereIsNamedAsOverAnyBackendWithoutIt() {
    Sim.run(
        1,
        sim -> {
          try (UdpConn conn = listen(":0")) {
            Throwable e =
                assertThrows(
                    UnsupportedOperationException.class, () -> conn.setReceiveTimestamp(true));
            assertTrue(e.getMessage().startsWith("RECEIVE_TIMESTAMP is not available"), "" + e);
          }
        });
  }
}

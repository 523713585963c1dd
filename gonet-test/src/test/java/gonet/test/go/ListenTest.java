package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetBindException;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.TcpListener;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a listener takes and which two go together. Go: net/listen_test.go. */
@LeakCheck
@Proves({"listen", "S12", "A20", "B37", "D2"})
class ListenTest extends BothCallers {

  /** Some other process may hold the port that a first listener got, so several are tried. */
  private static final int TRIES = 5;

  @ParameterizedTest
  @Proves("B36")
  @CsvSource({
    // network, host, the host that the listener tells
    "tcp, '', [::]",
    "tcp, 0.0.0.0, [::]",
    "tcp, [::ffff:0.0.0.0], [::]",
    "tcp, [::], [::]",
    "tcp, 127.0.0.1, 127.0.0.1",
    "tcp, [::ffff:127.0.0.1], 127.0.0.1",
    "tcp, [::1], [::1]",
    "tcp4, '', 0.0.0.0",
    "tcp4, 0.0.0.0, 0.0.0.0",
    "tcp4, [::ffff:0.0.0.0], 0.0.0.0",
    "tcp4, 127.0.0.1, 127.0.0.1",
    "tcp4, [::ffff:127.0.0.1], 127.0.0.1",
    "tcp6, '', [::]",
    "tcp6, [::], [::]",
    "tcp6, [::1], [::1]",
  })
  void aListenerHasThePortForItselfAndTellsItsAddress(String network, String host, String told)
      throws IOException {
    Ipv6.assumeFor(network, host, told);
    try (Listener listener = Net.listen(network, host + ":0")) {
      int port = DialTest.port(listener);
      assertNotEquals(0, port);
      assertEquals(told + ":" + port, listener.addr().toString());
      assertEquals("tcp", listener.addr().network());
      String address = host + ":" + port;
      NetBindException e = assertThrows(NetBindException.class, () -> Net.listen(network, address));
      assertEquals("EADDRINUSE", e.errno());
      assertTrue(
          e.getMessage().startsWith("listen " + network + " ")
              && e.getMessage().endsWith(": address already in use"),
          e.getMessage());
    }
  }

  @ParameterizedTest
  @Proves({"sys-dual-stack", "D6"})
  @CsvSource({
    "tcp, '', tcp, ''",
    "tcp, '', tcp, 0.0.0.0",
    "tcp, 0.0.0.0, tcp, ''",
    "tcp, '', tcp, [::]",
    "tcp, [::], tcp, ''",
    "tcp, [::], tcp, [::]",
    "tcp, [::], tcp, 0.0.0.0",
    "tcp, 0.0.0.0, tcp, [::]",
    "tcp, 0.0.0.0, tcp, 0.0.0.0",
    "tcp, [::ffff:0.0.0.0], tcp, [::]",
    "tcp, '', tcp4, ''",
    "tcp, '', tcp6, ''",
    "tcp4, '', tcp, ''",
    "tcp6, '', tcp, ''",
    "tcp, 0.0.0.0, tcp6, [::]",
  })
  void wildcardsOfAnOverlappingFamilyExcludeEachOther(
      String network, String host, String otherNetwork, String otherHost) throws IOException {
    try (Listener listener = Net.listen(network, host + ":0")) {
      String same = otherHost + ":" + DialTest.port(listener);
      NetBindException e =
          assertThrows(NetBindException.class, () -> Net.listen(otherNetwork, same));
      assertEquals("EADDRINUSE", e.errno());
    }
  }

  @ParameterizedTest
  @Proves("sys-two-families")
  @CsvSource({
    "tcp4, '', tcp6, ''",
    "tcp6, '', tcp4, ''",
    "tcp4, 0.0.0.0, tcp6, [::]",
    "tcp6, [::], tcp4, 0.0.0.0",
  })
  void wildcardsOfTwoFamiliesShareAPortExceptOverChannels(
      String network, String host, String otherNetwork, String otherHost) throws IOException {
    Net.listen("tcp", LOOPBACK).close(); // so that there is a backend to ask for
    if (Net.stats().backend().equals("nio")) {
      // A channel has no IPV6_V6ONLY, so one for IPv6 occupies the port for IPv4 as well.
      wildcardsOfAnOverlappingFamilyExcludeEachOther(network, host, otherNetwork, otherHost);
    } else {
      thePortOfOneFamilyIsFreeForTheOther(network, host, otherNetwork, otherHost);
    }
  }

  @ParameterizedTest
  @NeedsIpv6
  @CsvSource({
    "tcp, 127.0.0.1, tcp, [::1]",
    "tcp, [::1], tcp, 127.0.0.1",
    "tcp4, 127.0.0.1, tcp6, [::1]",
    "tcp6, [::1], tcp4, 127.0.0.1",
  })
  void thePortOfOneFamilyIsFreeForTheOther(
      String network, String host, String otherNetwork, String otherHost) throws IOException {
    NetBindException taken = null;
    for (int i = 0; i < TRIES; i++) {
      try (Listener listener = Net.listen(network, host + ":0");
          Listener other = Net.listen(otherNetwork, otherHost + ":" + DialTest.port(listener))) {
        assertEquals(DialTest.port(listener), DialTest.port(other));
        return;
      } catch (NetBindException e) {
        taken = e;
      }
    }
    throw new AssertionError(taken);
  }

  @Test
  @Proves({"listen-wildcard", "dial-typed"})
  void aTypedAddressIsTakenAsItIsAndAPortAloneMeansEveryAddress() throws IOException {
    for (String network : new String[] {"tcp", "tcp4", "tcp6"}) {
      try (TcpListener listener = ListenConfig.defaults().listenTcp(network, TcpAddr.ofPort(0))) {
        assertTrue(listener.addr().isWildcard());
        assertNotEquals(0, listener.addr().port());
      }
    }
  }

  @ParameterizedTest
  @Proves({"node-ipv6-only", "D6"})
  @NeedsIpv6
  @CsvSource({"tcp4, [::1]", "tcp6, 127.0.0.1"})
  void everyAddressOfOneFamilyServesNobodyOfTheOther(String network, String host) throws Exception {
    try (Listener listener = Net.listen(network, ":0")) {
      listener.setTimeout(Duration.ofMillis(100));
      String address = host + ":" + DialTest.port(listener);
      Job<Integer> client =
          crew.compute(
              "client",
              () -> {
                try (Conn conn = Net.dial("tcp", address)) {
                  return conn.read(new byte[1]);
                }
              });
      assertThrows(NetTimeoutException.class, listener::accept);
      try {
        assertEquals(-1, client.result()); // over channels: accepted by the kernel, then closed
      } catch (NetConnectException e) {
        assertEquals("ECONNREFUSED", e.errno());
      }
    }
  }

  @Test
  @Proves("listen-name")
  @NeedsIpv6
  void aNameIsListenedOnAtOneOfItsAddressesAnIpv4OneIfThereIsAny() throws IOException {
    ListenConfig both = ListenConfig.defaults().withResolver(_ -> BlackHole.bothFamilies());
    try (Listener listener = both.listen("tcp", "both.test:")) {
      assertEquals("127.0.0.1:" + DialTest.port(listener), listener.addr().toString());
    }
    try (Listener listener = both.listen("tcp6", "both.test:")) {
      assertEquals("[::1]:" + DialTest.port(listener), listener.addr().toString());
    }
  }

  @ParameterizedTest
  @Proves({"listen-port", "A12"})
  @ValueSource(strings = {"", ":", ":0", "127.0.0.1:"})
  void anAddressWithoutAPortHasItChosen(String address) throws IOException {
    try (Listener listener = Net.listen("tcp", address)) {
      assertNotEquals(0, DialTest.port(listener));
    }
  }

  /** Go issue 21856: close returns when the kernel has the address back. */
  @Test
  void anAddressIsFreeAtOnceWhenAListenerWithAWaitingAcceptIsClosed() throws Exception {
    for (int i = 0; i < TRIES; i++) {
      Listener listener = Net.listen("tcp", LOOPBACK);
      Job<Void> accept = crew.start("accept", listener::accept).awaitParked();
      String address = listener.addr().toString();
      listener.close();
      try (Listener again = Net.listen("tcp", address)) {
        assertEquals(address, again.addr().toString());
      }
      accept.failure(NetClosedException.class);
    }
  }
}

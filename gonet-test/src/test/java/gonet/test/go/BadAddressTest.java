package gonet.test.go;

import static gonet.test.go.Failures.assertShape;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.DnsException;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.NetConnectException;
import gonet.NetFailure;
import gonet.NetUnknownHostException;
import gonet.Resolver;
import gonet.TcpAddr;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Loopback;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Networks and addresses that mean nothing or lead nowhere, dialled and listened on. Go:
 * net/error_test.go, TestDialError, TestListenError and their like.
 */
@LeakCheck
@Timeout(180)
@Proves("A20")
class BadAddressTest {

  /** Knows no name, without asking anybody. */
  private static final Resolver KNOWS_NOTHING = _ -> List.of();

  private static final Dialer DIALER = Dialer.defaults().withResolver(KNOWS_NOTHING);
  private static final ListenConfig CONFIG = ListenConfig.defaults().withResolver(KNOWS_NOTHING);

  // ---- what a dial and a listen refuse alike

  @ParameterizedTest
  @Proves({"error-network", "D3", "D5"})
  @CsvSource(
      delimiter = '|',
      value = {
        "foo | ''  | unknown network foo",
        "bar | baz | unknown network bar",
        "tcp5 | 127.0.0.1:80 | unknown network tcp5",
        "TCP | 127.0.0.1:80 | unknown network TCP",
      })
  void anUnknownNetworkIsRefusedAndNamed(String network, String address, String why) {
    assertBothRefuse(network, address, why, NetAddressException.class, NetAddressException.class);
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> DIALER.dial(network, address));
    assertEquals(network, e.value());
    assertEquals("unknown network", e.why());
  }

  @ParameterizedTest
  @Proves("error-network")
  @CsvSource(
      delimiter = '|',
      value = {
        "ip4 | 127.0.0.1",
        "ip6 | ''",
      })
  void aNetworkThatGoKnowsIsNotSupportedRatherThanUnknown(String network, String address) {
    assertBothRefuse(
        network,
        address,
        "network " + network + ": not supported",
        NetAddressException.class,
        NetAddressException.class);
  }

  @ParameterizedTest
  @Proves({"error-addr", "D3"})
  @CsvSource(
      delimiter = '|',
      value = {
        "tcp | 127.0.0.1 | address 127.0.0.1: missing port in address",
        "tcp | ::1 | address ::1: too many colons in address",
        "tcp | [::1:80 | address [::1:80: missing ']' in address",
        "tcp | [::1] | address [::1]: missing port in address",
        "tcp | 127.0.0.1:-1 | address -1: invalid port",
        "tcp | 127.0.0.1:65536 | address 65536: invalid port",
        "tcp | 127.0.0.1:123456789 | address 123456789: invalid port",
        "tcp4 | [::1]:80 | address ::1: no suitable address found",
        "tcp4 | [2001:db8::1]:80 | address 2001:db8::1: no suitable address found",
        "tcp6 | 127.0.0.1:80 | address 127.0.0.1: no suitable address found",
        "tcp6 | 0.0.0.0:80 | address 0.0.0.0: no suitable address found",
        "tcp6 | [::ffff:127.0.0.1]:80 | address ::ffff:127.0.0.1: no suitable address found",
      })
  void anAddressThatMeansNothingIsRefusedAndItsBadPartNamed(
      String network, String address, String why) {
    assertBothRefuse(network, address, why, NetAddressException.class, NetAddressException.class);
    for (NetAddressException e :
        List.of(
            assertThrows(NetAddressException.class, () -> DIALER.dial(network, address)),
            assertThrows(NetAddressException.class, () -> CONFIG.listen(network, address)))) {
      assertEquals(why, "address " + e.value() + ": " + e.why());
    }
  }

  @ParameterizedTest
  @Proves("error-lookup")
  @CsvSource(
      delimiter = '|',
      value = {
        "no-such-name:80 | lookup no-such-name: no such host",
        "mh/astro/r70:http | lookup mh/astro/r70: no such host",
        "127.0.0.256:80 | lookup 127.0.0.256: no such host",
        "127.0.0.1:no-such-service | lookup tcp/no-such-service: unknown port",
        "127.0.0.1:☺ | lookup tcp/☺: unknown port",
      })
  void aNameThatNobodyKnowsIsNamed(String address, String why) {
    assertBothRefuse("tcp", address, why, NetUnknownHostException.class, DnsException.class);
  }

  private static void assertBothRefuse(
      String network,
      String address,
      String why,
      Class<? extends IOException> type,
      Class<? extends IOException> cause) {
    IOException dial = assertThrows(type, () -> DIALER.dial(network, address));
    IOException listen = assertThrows(type, () -> CONFIG.listen(network, address));
    assertRefusal("dial", network, why, cause, dial);
    assertRefusal("listen", network, why, cause, listen);
  }

  private static void assertRefusal(
      String op, String network, String why, Class<? extends IOException> cause, IOException e) {
    NetFailure shape = assertShape(op, network, e);
    assertEquals(op + " " + network + ": " + why, e.getMessage());
    assertInstanceOf(cause, e.getCause());
    assertNull(shape.addr()); // none was found
    assertNull(shape.syscall());
    assertTrue(!shape.timeout() && !shape.temporary());
  }

  @Test
  @Proves("dial-nothing")
  void nothingCannotBeDialledThoughItCanBeListenedOn() throws IOException {
    NetAddressException e = assertThrows(NetAddressException.class, () -> Net.dial("tcp", ""));
    assertEquals("", e.value());
    assertEquals("missing address", e.why());
    assertRefusal("dial", "tcp", "missing address", NetAddressException.class, e);
    Net.listen("tcp", "").close();
  }

  // ---- typed addresses

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void aPortOutOfRangeIsNoPartOfAnAddress(int port) {
    for (IllegalArgumentException e :
        List.of(
            assertThrows(IllegalArgumentException.class, () -> TcpAddr.ofPort(port)),
            assertThrows(
                IllegalArgumentException.class, () -> AddrPort.of(Addr.ipv6Loopback(), port)))) {
      assertTrue(e.getMessage().contains(String.valueOf(port)), e.getMessage());
    }
  }

  @ParameterizedTest
  @Proves("dial-typed")
  @CsvSource({"foo, 127.0.0.1:80", "tcp6, 127.0.0.1:80", "tcp4, [::1]:80"})
  void aTypedAddressIsHeldAgainstItsNetworkToo(String network, String address) throws Exception {
    TcpAddr addr = TcpAddr.of(AddrPort.parse(address));
    assertShape(
        "dial",
        network,
        assertThrows(NetAddressException.class, () -> DIALER.dialTcp(network, addr)));
    assertShape(
        "listen",
        network,
        assertThrows(NetAddressException.class, () -> CONFIG.listenTcp(network, addr)));
  }

  // ---- good addresses that lead nowhere

  @Test
  void aPortWithoutAListenerRefuses() throws IOException {
    Listener listener = Net.listen("tcp", Loopback.ownAnyPort());
    String address = listener.addr().toString();
    listener.close();
    NetConnectException e =
        assertThrows(NetConnectException.class, () -> DIALER.dial("tcp", address));
    assertShape("dial", "tcp", e);
    assertEquals("dial tcp " + address + ": connect: connection refused", e.getMessage());
    assertEquals("ECONNREFUSED", e.errno());
    assertEquals(listener.addr(), e.addr());
  }

  @Test
  @Proves("node-bind-errors")
  void anAddressOfNobodyHereCannotBeListenedOn() {
    NetBindException e =
        assertThrows(NetBindException.class, () -> CONFIG.listen("tcp", "192.0.2.1:0"));
    assertShape("listen", "tcp", e);
    assertEquals("listen tcp 192.0.2.1:0: bind: cannot assign requested address", e.getMessage());
    assertEquals("EADDRNOTAVAIL", e.errno());
  }

  @Test
  @Proves("D10")
  void anAddressInUseCannotBeListenedOn() throws IOException {
    try (ServerSocket other = new ServerSocket(0)) {
      String address = "0.0.0.0:" + other.getLocalPort();
      NetBindException e =
          assertThrows(NetBindException.class, () -> CONFIG.listen("tcp4", address));
      assertShape("listen", "tcp4", e);
      assertEquals("listen tcp4 " + address + ": bind: address already in use", e.getMessage());
      assertEquals("EADDRINUSE", e.errno());
    }
  }
}

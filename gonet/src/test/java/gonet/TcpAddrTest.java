package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's {@code TestResolveTCPAddr} and the text of its {@code TCPAddr}. */
@Proves({"addr-tcp", "A20"})
class TcpAddrTest {
  @ParameterizedTest
  @CsvSource({
    "tcp, 127.0.0.1:0, 127.0.0.1:0",
    "tcp4, 127.0.0.1:65535, 127.0.0.1:65535",
    "tcp, [::1]:0, [::1]:0",
    "tcp6, [::1]:65535, [::1]:65535",
    "tcp, [fe80::1%eth0]:1, [fe80::1%eth0]:1",
    "tcp6, [fe80::1%911]:2, [fe80::1%911]:2",
    "'', 127.0.0.1:0, 127.0.0.1:0",
    "'', [::1]:0, [::1]:0",
    "tcp, :12345, :12345",
    "tcp6, :http, :80",
    "tcp, '', :0",
    "tcp, 127.0.0.1:http, 127.0.0.1:80",
    "tcp, 127.0.0.1:, 127.0.0.1:0",
    "tcp, [::ffff:127.0.0.1]:http, 127.0.0.1:80",
    "tcp4, [::ffff:127.0.0.1]:http, 127.0.0.1:80",
    "tcp, [2001:db8::1]:http, [2001:db8::1]:80",
    "tcp6, [2001:db8::1]:http, [2001:db8::1]:80",
    "tcp, [::]:80, [::]:80",
    "tcp, [192.0.2.1]:80, 192.0.2.1:80",
  })
  void aLiteralAddressResolvesToItself(String network, String address, String text)
      throws Exception {
    TcpAddr resolved = TcpAddr.resolve(network, address);
    assertEquals(text, resolved.toString());
    assertEquals("tcp", resolved.network());
  }

  @ParameterizedTest
  @CsvSource({
    "tcp4, [2001:db8::1]:http, address 2001:db8::1: no suitable address found",
    "tcp6, 127.0.0.1:http, address 127.0.0.1: no suitable address found",
    "tcp6, [::ffff:127.0.0.1]:80, address ::ffff:127.0.0.1: no suitable address found",
    "tcp, 127.0.0.1, address 127.0.0.1: missing port in address",
    "tcp, 127.0.0.1:65536, address 65536: invalid port",
    "tcp, 127.0.0.1:-1, address -1: invalid port",
  })
  void anUnusableAddressIsRefusedWithTheReason(String network, String address, String message) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> TcpAddr.resolve(network, address));
    assertEquals(message, e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http", "tcp5", "TCP", " tcp", "unix ", "udp5", "ip5", "tcp:80", "udp:80", ":"})
  void anUnknownNetworkIsRefusedByItsName(String network) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> TcpAddr.resolve(network, "127.0.0.1:80"));
    assertEquals("unknown network " + network, e.getMessage());
    assertEquals(network, e.value());
    assertEquals("unknown network", e.why());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "udp",
        "udp4",
        "udp6",
        "unix",
        "unixgram",
        "unixpacket",
        "ip",
        "ip4",
        "ip6",
        "ip4:icmp",
        "ip6:58"
      })
  void aNetworkThatGoKnowsIsNotCalledUnknown(String network) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> TcpAddr.resolve(network, "127.0.0.1:80"));
    assertEquals("network " + network + ": not supported", e.getMessage());
    assertEquals(network, e.value());
    assertEquals("not supported", e.why());
  }

  @Test
  @Proves("addr-resolve")
  void localhostResolvesPreferringIpv4() throws Exception {
    assertEquals("127.0.0.1:80", TcpAddr.resolve("tcp", "localhost:http").toString());
  }

  @Test
  void aMappedAddressIsTheIpv4AddressItCarries() {
    TcpAddr mapped = TcpAddr.of(AddrPort.parse("[::ffff:192.0.2.1]:80"));
    assertEquals(TcpAddr.of(AddrPort.parse("192.0.2.1:80")), mapped);
    assertEquals("192.0.2.1:80", mapped.toString());
  }

  @Test
  void itConvertsToAndFromTheJdksSocketAddress() {
    InetSocketAddress socket = new InetSocketAddress("192.0.2.1", 80);
    TcpAddr addr = TcpAddr.of(socket);
    assertEquals("192.0.2.1:80", addr.toString());
    assertEquals(socket, addr.toInetSocketAddress());
    assertEquals(new InetSocketAddress("::", 80), TcpAddr.ofPort(80).toInetSocketAddress());
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("host.invalid", 80);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> TcpAddr.of(unresolved));
    assertTrue(String.valueOf(e.getMessage()).contains("host.invalid"), e::toString);
  }

  @Test
  void aPortAloneIsAWildcardUnequalToAnyAddress() {
    TcpAddr any = TcpAddr.ofPort(80);
    assertEquals(":80", any.toString());
    assertFalse(any.hasHost());
    assertEquals(80, any.port());
    assertEquals(AddrPort.parse("[::]:80"), any.addrPort());
    assertNotEquals(TcpAddr.of(AddrPort.parse("[::]:80")), any);
    assertEquals(TcpAddr.ofPort(80), any);
    assertEquals(TcpAddr.ofPort(80).hashCode(), any.hashCode());
    assertThrows(IllegalArgumentException.class, () -> TcpAddr.ofPort(65536));
  }

  @ParameterizedTest
  @Proves("dial-wildcard")
  @CsvSource({
    "0.0.0.0:80, true, 127.0.0.1:80",
    "[::]:80, true, [::1]:80",
    "[::%eth0]:80, true, [::1]:80",
    "[::ffff:0.0.0.0]:80, true, 127.0.0.1:80",
    "192.0.2.1:80, false, 192.0.2.1:80",
    "[2001:db8::1]:80, false, [2001:db8::1]:80",
  })
  void aWildcardIsReachedAtTheLoopbackAddress(String text, boolean wildcard, String local) {
    TcpAddr addr = TcpAddr.of(AddrPort.parse(text));
    assertEquals(wildcard, addr.isWildcard());
    assertEquals(local, addr.toLocal("tcp").toString());
  }

  @Test
  @Proves("A31")
  void aPortAloneIsReachedAtTheLoopbackAddressOfTheNetwork() {
    assertTrue(TcpAddr.ofPort(80).isWildcard());
    assertEquals("127.0.0.1:80", TcpAddr.ofPort(80).toLocal("tcp").toString());
    assertEquals("127.0.0.1:80", TcpAddr.ofPort(80).toLocal("tcp4").toString());
    assertEquals("[::1]:80", TcpAddr.ofPort(80).toLocal("tcp6").toString());
  }
}

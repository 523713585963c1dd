package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InetConversionTest {
  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.1", "255.255.255.255", "::", "::1", "2001:db8::ff"})
  void anAddressSurvivesTheJdk(String text) {
    Addr addr = Addr.parse(text);
    assertEquals(addr, Addr.fromInet(addr.toInetAddress()));
  }

  @Test
  void aMappedAddressBecomesIpv4BecauseTheJdkHasNone() {
    InetAddress inet = Addr.parse("::ffff:192.0.2.1").toInetAddress();
    assertInstanceOf(Inet4Address.class, inet);
    assertEquals("192.0.2.1", inet.getHostAddress());
  }

  @Test
  void aZoneIsTheInterfaceOfThatName() throws Exception {
    NetworkInterface any = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
    Addr addr = Addr.parse("fe80::1").withZone(any.getName());
    Inet6Address inet = assertInstanceOf(Inet6Address.class, addr.toInetAddress());
    assertEquals(any.getIndex(), inet.getScopeId());
    assertEquals(addr, Addr.fromInet(inet));
  }

  @Test
  void aDecimalZoneIsTheScopeIdItself() throws Exception {
    int unused = 1_000_000_007;
    Addr addr = Addr.parse("fe80::1%" + unused);
    Inet6Address inet = assertInstanceOf(Inet6Address.class, addr.toInetAddress());
    assertEquals(unused, inet.getScopeId());
    assertEquals(addr, Addr.fromInet(inet));
  }

  @Test
  void aZoneThatNamesNothingIsDropped() {
    for (String zone : List.of("no-such-interface", "99999999999999", "-1", "0")) {
      Addr addr = Addr.parse("fe80::1").withZone(zone);
      Inet6Address inet = assertInstanceOf(Inet6Address.class, addr.toInetAddress());
      assertEquals(0, inet.getScopeId(), zone);
    }
  }

  @Test
  void anAddressAndPortBecomeAResolvedSocketAddress() throws Exception {
    InetSocketAddress socket = AddrPort.parse("[2001:db8::1]:443").toInetSocketAddress();
    assertEquals(
        new InetSocketAddress(InetAddress.getByAddress(Addr.parse("2001:db8::1").as16()), 443),
        socket);
  }
}

package gonet.internal.sys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves("S2")
class SockAddrTest {
  private static final int OFFSET = 3;

  private final byte[] bytes = new byte[64];
  private final MemorySegment memory = MemorySegment.ofArray(bytes);

  @Test
  void ipv4IsFamilyPortAndAddress() {
    assertEquals(16, encode("192.0.2.7:8080", Linux.AF_INET));
    assertStruct(Linux.AF_INET, "1f90 c0000207 0000000000000000");
  }

  @Test
  void ipv6IsFamilyPortFlowAddressAndScope() {
    assertEquals(28, encode("[2001:db8::1]:65535", Linux.AF_INET6));
    assertStruct(Linux.AF_INET6, "ffff 00000000 20010db8000000000000000000000001 00000000");
  }

  @Test
  void ipv4ForAnIpv6SocketIsMapped() {
    assertEquals(28, encode("192.0.2.7:80", Linux.AF_INET6));
    assertStruct(Linux.AF_INET6, "0050 00000000 00000000000000000000ffffc0000207 00000000");
  }

  @Test
  void mappedIpv4ForAnIpv4SocketIsPlain() {
    assertEquals(16, encode("[::ffff:192.0.2.7]:80", Linux.AF_INET));
    assertStruct(Linux.AF_INET, "0050 c0000207 0000000000000000");
  }

  @Test
  void ipv6ForAnIpv4SocketStaysIpv6SoThatTheKernelRefusesIt() {
    assertEquals(28, encode("[::1]:80", Linux.AF_INET));
    assertEquals(Linux.AF_INET6, family());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0:0", "127.0.0.1:65535", "[::]:1", "[fe80::1]:443", "[2001:db8::5]:9"})
  void whatWasEncodedIsDecoded(String text) {
    AddrPort addrPort = AddrPort.parse(text);
    int domain = addrPort.addr().is4() ? Linux.AF_INET : Linux.AF_INET6;
    assertEquals(addrPort, SockAddr.decode(memory, OFFSET, encode(text, domain)));
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.7:80", "[::ffff:192.0.2.7]:80"})
  void mappedPeersOfADualStackSocketComeOutAsIpv4(String text) {
    int length = encode(text, Linux.AF_INET6);
    assertEquals(AddrPort.parse("192.0.2.7:80"), SockAddr.decode(memory, OFFSET, length));
  }

  @Test
  void aZoneByNameTravelsAsTheIndexOfItsInterface() throws Exception {
    NetworkInterface loopback = NetworkInterface.networkInterfaces().findFirst().orElseThrow();
    String text = "[fe80::1%" + loopback.getName() + "]:1";
    int length = encode(text, Linux.AF_INET6);
    assertEquals(loopback.getIndex(), scopeId());
    assertEquals(AddrPort.parse(text), SockAddr.decode(memory, OFFSET, length));
  }

  @Test
  void aZoneByNumberNeedsNoInterface() {
    int length = encode("[fe80::1%123456]:1", Linux.AF_INET6);
    assertEquals(123456, scopeId());
    assertEquals("123456", SockAddr.decode(memory, OFFSET, length).addr().zone());
  }

  @Test
  void anUnknownZoneIsNoScope() {
    encode("[fe80::1%nosuchif]:1", Linux.AF_INET6);
    assertEquals(0, scopeId());
  }

  @Test
  void nothingFromTheKernelIsTheUnspecifiedAddress() {
    AddrPort none = AddrPort.parse("[::]:0");
    assertEquals(none, SockAddr.decode(memory, OFFSET, 0));
    assertEquals(none, SockAddr.decode(memory, OFFSET, 2));
  }

  @Test
  void leftoversOfALongerAddressAreWipedOut() {
    encode("[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:65535", Linux.AF_INET6);
    encode("1.2.3.4:5", Linux.AF_INET);
    assertStruct(Linux.AF_INET, "0005 01020304 0000000000000000");
  }

  private int encode(String text, int domain) {
    return SockAddr.encode(AddrPort.parse(text), domain, memory, OFFSET);
  }

  private int family() {
    return buffer().getShort(OFFSET);
  }

  private int scopeId() {
    return buffer().getInt(OFFSET + 24);
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  private void assertStruct(int family, String rest) {
    assertEquals(family, family());
    byte[] want = HexFormat.of().parseHex(rest.replace(" ", ""));
    byte[] got = new byte[want.length];
    System.arraycopy(bytes, OFFSET + 2, got, 0, got.length);
    assertArrayEquals(want, got);
  }
}

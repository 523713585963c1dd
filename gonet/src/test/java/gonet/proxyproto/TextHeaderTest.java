package gonet.proxyproto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.UnixAddr;
import gonet.netip.AddrPort;
import gonet.proxyproto.ProxyProtocolException.Reason;
import gonet.support.Proves;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Version 1, by the grammar of its specification. */
@Proves("proxy-v1")
class TextHeaderTest {

  private static NetAddr tcp(String addrPort) {
    return TcpAddr.of(AddrPort.parse(addrPort));
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443, 192.0.2.1:56324, 192.0.2.2:443",
    "PROXY TCP4 0.0.0.0 0.0.0.0 0 0, 0.0.0.0:0, 0.0.0.0:0",
    "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535, 255.255.255.255:65535,"
        + " 255.255.255.255:65535",
    "PROXY TCP6 2001:db8::1 2001:DB8::2 1 65535, [2001:db8::1]:1, [2001:db8::2]:65535",
    "PROXY TCP6 :: ::1 0 1, [::]:0, [::1]:1",
    "PROXY TCP6 ffff:f:f:f:f:f:f:ffff 1:2:3:4:5:6:7:8 65535 65535, [ffff:f:f:f:f:f:f:ffff]:65535,"
        + " [1:2:3:4:5:6:7:8]:65535",
    "PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2, 192.0.2.1:1, [2001:db8::2]:2",
  })
  void addressesAndPortsAreTold(String line, String source, String destination) throws Exception {
    ProxyHeader header = Feed.read(Feed.latin1(line + "\r\n"));
    assertEquals(ProxyVersion.V1, header.version());
    assertEquals(tcp(source), header.source());
    assertEquals(tcp(destination), header.destination());
  }

  @Test
  void theLongestLineHas107Bytes() throws Exception {
    String most = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    byte[] line = Feed.latin1("PROXY UNKNOWN " + most + " " + most + " 65535 65535\r\n");
    assertEquals(107, line.length);
    assertNull(Feed.read(line).source());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY UNKNOWN",
        "PROXY UNKNOWN ",
        "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535",
        "PROXY UNKNOWN \u00e4\u0000 \" whatever",
      })
  void unknownIsLegalWhateverStandsBehindIt(String line) throws Exception {
    ProxyHeader header = Feed.read(Feed.latin1(line + "\r\n"));
    assertEquals(ProxyHeader.unknown(ProxyVersion.V1), header);
    assertNull(header.source());
    assertNull(header.destination());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PROXY TCP4 192.0.2.1 192.0.2.2 65536 443 | 65536 | source port \"65536\" is above 65535",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 99999999999 | 99999999999 |"
            + " destination port \"99999999999\" is above 65535",
        "PROXY TCP4 192.0.2.1 192.0.2.2  443 | '' | source port \"\" is empty",
        "'PROXY TCP4 192.0.2.1 192.0.2.2 1 ' | '' | destination port \"\" is empty",
        "PROXY TCP4 192.0.2.1 192.0.2.2 -1 443 | -1 | source port \"-1\" is no number",
        "PROXY TCP4 192.0.2.1 192.0.2.2 +1 443 | +1 | source port \"+1\" is no number",
        "PROXY TCP4 192.0.2.1 192.0.2.2 0x1 443 | 0x1 | source port \"0x1\" is no number",
        "PROXY TCP4 192.0.2.1 192.0.2.2 01 443 | 01 | source port \"01\" begins with a zero",
        "PROXY TCP4 192.0.2.1 192.0.2.2 00 443 | 00 | source port \"00\" begins with a zero",
        "PROXY TCP4 192.0.2.256 192.0.2.2 1 2 | 192.0.2.256 |"
            + " source address \"192.0.2.256\" is no IP address",
        "PROXY TCP4 192.0.2.01 192.0.2.2 1 2 | 192.0.2.01 |"
            + " source address \"192.0.2.01\" is no IP address",
        "PROXY TCP4 192.0.2 192.0.2.2 1 2 | 192.0.2 |"
            + " source address \"192.0.2\" is no IP address",
        "PROXY TCP4 192.0.2.1 192.0.2.2.3 1 2 | 192.0.2.2.3 |"
            + " destination address \"192.0.2.2.3\" is no IP address",
        "PROXY TCP4 localhost 192.0.2.2 1 2 | localhost |"
            + " source address \"localhost\" is no IP address",
        "PROXY TCP4 2001:db8::1 192.0.2.2 1 2 | 2001:db8::1 |"
            + " source address \"2001:db8::1\" is not IPv4",
        "PROXY TCP6 2001:db8::1 192.0.2.2 1 2 | 192.0.2.2 |"
            + " destination address \"192.0.2.2\" is not IPv6",
        "PROXY TCP6 2001:db8::1::2 ::1 1 2 | 2001:db8::1::2 |"
            + " source address \"2001:db8::1::2\" is no IP address",
        "PROXY TCP6 2001:db8::12345 ::1 1 2 | 2001:db8::12345 |"
            + " source address \"2001:db8::12345\" is no IP address",
        "PROXY TCP6 fe80::1%eth0 ::1 1 2 | fe80::1%eth0 |"
            + " source address \"fe80::1%eth0\" has a zone",
        "PROXY TCP5 192.0.2.1 192.0.2.2 1 2 | TCP5 |"
            + " protocol \"TCP5\" is none of TCP4, TCP6 and UNKNOWN",
        "PROXY tcp4 192.0.2.1 192.0.2.2 1 2 | tcp4 |"
            + " protocol \"tcp4\" is none of TCP4, TCP6 and UNKNOWN",
        "PROXY UNKNOWNX 192.0.2.1 192.0.2.2 1 2 | UNKNOWNX |"
            + " protocol \"UNKNOWNX\" is none of TCP4, TCP6 and UNKNOWN",
        "'PROXY  TCP4 192.0.2.1 192.0.2.2 1 2' | '' |"
            + " protocol \"\" is none of TCP4, TCP6 and UNKNOWN",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 | PROXY TCP4 192.0.2.1 192.0.2.2 1 |"
            + " line \"PROXY TCP4 192.0.2.1 192.0.2.2 1\" has 5 fields and not 6",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3 | PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3 |"
            + " line \"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\" has 7 fields and not 6",
        "PROXY UNKNOW | UNKNOW | protocol \"UNKNOW\" is none of TCP4, TCP6 and UNKNOWN",
      })
  void whatCannotBeIsNamed(String line, String value, String text) {
    BadHeader bad = Feed.refusal(Feed.latin1(line + "\r\n" + "x".repeat(100)));
    ProxyProtocolException e = bad.failure("read", new SilentConn());
    assertEquals(Reason.MALFORMED, e.reason(), text);
    assertEquals(value == null ? "" : value, e.value());
    assertEquals("read silent silent->silent: proxy protocol: " + text, e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\nxxxxxxxxxxxxxxxxxxxxx",
        "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\rxxxxxxxxxxxxxxxxxxxxx",
        "PROXY TCP4 192.0.2.1\r 192.0.2.2 1 2\r\nxxxxxxxxxxxxxxxxxx",
        "PROXY UNKNOWN\r\r\nxxxxxxxxxxxxxxxxxxx",
        "PROXY UNKNOWN\n\r\nxxxxxxxxxxxxxxxxxxx",
      })
  void theEndIsCrLfAndNothingElse(String line) {
    BadHeader bad = Feed.refusal(Feed.latin1(line));
    assertEquals(Reason.MALFORMED, bad.failure("read", new SilentConn()).reason());
  }

  @Test
  void aLineThatDoesNotEndIsTooLong() {
    for (String line :
        new String[] {
          "PROXY UNKNOWN " + "x".repeat(200) + "\r\n",
          "PROXY TCP4 " + "1".repeat(200) + "\r\n",
          "PROXY TCP6 " + " ".repeat(200) + "\r\n",
          "PROXY " + "x".repeat(100) + "\r\n", // one byte too many
        }) {
      BadHeader bad = Feed.refusal(Feed.latin1(line));
      ProxyProtocolException e = bad.failure("read", new SilentConn());
      assertEquals(Reason.TOO_LONG, e.reason(), line);
      assertEquals(line.substring(0, 107), e.value());
    }
  }

  @Test
  void somethingElseIsRefusedAtItsFirstByteThatCannotBe() {
    for (String other :
        new String[] {
          "GET / HTTP/1.1\r\n", "PROX", "PROXX", "PROXYTCP4 ", "\u0016\u0003\u0001", "x"
        }) {
      for (int n = 1; n <= other.length(); n++) {
        byte[] come = Feed.latin1(other.substring(0, n));
        if ("PROXY ".startsWith(other.substring(0, n))) {
          continue;
        }
        ProxyProtocolException e = Feed.refusal(come).failure("read", new SilentConn());
        assertEquals(Reason.ABSENT, e.reason());
        assertEquals(other.substring(0, Math.min(n, 15)), e.value());
      }
    }
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    ProxyHeader ipv4 = header("192.0.2.1:56324", "192.0.2.2:443");
    assertEquals("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n", text(ipv4));
    assertEquals(ipv4, Feed.read(ipv4.encode()));

    ProxyHeader ipv6 = header("[2001:db8::1]:1", "[::1]:65535");
    assertEquals("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n", text(ipv6));
    assertEquals(ipv6, Feed.read(ipv6.encode()));

    ProxyHeader both = header("192.0.2.1:1", "[2001:db8::2]:2");
    assertEquals("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2\r\n", text(both));
    assertEquals(both, Feed.read(both.encode()));

    ProxyHeader zoned = header("[fe80::1%eth0]:1", "[fe80::2%eth0]:2");
    assertEquals("PROXY TCP6 fe80::1 fe80::2 1 2\r\n", text(zoned));

    assertEquals("PROXY UNKNOWN\r\n", text(ProxyHeader.unknown(ProxyVersion.V1)));
  }

  @Test
  void whatItCannotTellIsRefusedByName() {
    NetAddr unix = UnixAddr.of("unix", "/run/x");
    assertEquals(
        "no header of version V1 tells unix",
        problem(() -> ProxyHeader.of(ProxyVersion.V1, unix, unix)));
    assertEquals(
        "addresses 192.0.2.1:1 and /run/x are of different networks",
        problem(() -> ProxyHeader.of(ProxyVersion.V1, tcp("192.0.2.1:1"), unix)));
    assertEquals(
        "a header of version 1 has no TLVs",
        problem(() -> header("192.0.2.1:1", "192.0.2.1:2").withAlpn("h2")));
    assertEquals(
        "a header of version 1 has no TLVs",
        problem(() -> ProxyHeader.unknown(ProxyVersion.V1).withChecksum(true)));
  }

  private static @Nullable String problem(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  private static ProxyHeader header(String source, String destination) {
    return ProxyHeader.of(ProxyVersion.V1, tcp(source), tcp(destination));
  }

  private static String text(ProxyHeader header) {
    return Shown.bytes(header.encode(), header.encode().length);
  }
}

package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's {@code TestParseAddrPort} and {@code TestAddrPortCompare}. */
@Proves({"netip-port", "node-addr-parse"})
class AddrPortTest {
  @ParameterizedTest
  @CsvSource({
    "192.0.2.1:0, 192.0.2.1, 0",
    "192.0.2.1:65535, 192.0.2.1, 65535",
    "[::1]:22, ::1, 22",
    "[fe80::1%eth0]:7099, fe80::1%eth0, 7099",
    "[::ffff:192.0.2.1]:80, ::ffff:192.0.2.1, 80",
  })
  void aPairIsReadAndPrintedBack(String text, String addr, int port) {
    AddrPort pair = AddrPort.parse(text);
    assertEquals(Addr.parse(addr), pair.addr());
    assertEquals(port, pair.port());
    assertEquals(AddrPort.of(Addr.parse(addr), port), pair);
    assertEquals(text, pair.toString());
  }

  @Test
  void aPortMayHaveLeadingZeros() {
    assertEquals(AddrPort.parse("192.0.2.1:80"), AddrPort.parse("192.0.2.1:00000000080"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                | not an ip:port",
        "192.0.2.1         | not an ip:port",
        ":80               | no IP",
        "192.0.2.1:        | no port",
        "[::1:80           | missing ]",
        "[:80              | missing ]",
        "192.0.2.1:65536   | invalid port \"65536\" parsing \"192.0.2.1:65536\"",
        "192.0.2.1:99999999999 | invalid port \"99999999999\" parsing \"192.0.2.1:99999999999\"",
        "192.0.2.1:-1      | invalid port \"-1\" parsing \"192.0.2.1:-1\"",
        "192.0.2.1:+1      | invalid port \"+1\" parsing \"192.0.2.1:+1\"",
        "192.0.2.1:http    | invalid port \"http\" parsing \"192.0.2.1:http\"",
        "192.0.2.01:80     | ParseAddr(\"192.0.2.01\"): IPv4 field has octet with leading zero",
        "localhost:80      | ParseAddr(\"localhost\"): unable to parse IP",
        "::1:80            | invalid ip:port \"::1:80\", IPv6 addresses must be surrounded by"
            + " square brackets",
        "[192.0.2.1]:80    | invalid ip:port \"[192.0.2.1]:80\", square brackets can only be used"
            + " with IPv6 addresses",
      })
  void anythingElseIsRefusedWithTheReason(String text, String why) {
    AddrParseException e = assertThrows(AddrParseException.class, () -> AddrPort.parse(text));
    assertEquals(why, e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536, Integer.MIN_VALUE})
  void aPortOutsideSixteenBitsIsRefusedNamingIt(int port) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> AddrPort.of(Addr.ipv4Unspecified(), port));
    assertTrue(String.valueOf(e.getMessage()).contains(String.valueOf(port)), e::toString);
  }

  @Test
  void orderIsAddressThenPort() {
    AddrPort first = AddrPort.parse("192.0.2.1:9000");
    AddrPort second = AddrPort.parse("192.0.2.2:80");
    AddrPort third = AddrPort.parse("192.0.2.2:443");
    AddrPort fourth = AddrPort.parse("[::1]:1");
    AddrPort[] sorted = {first, second, third, fourth};
    for (int i = 0; i < sorted.length; i++) {
      for (int j = 0; j < sorted.length; j++) {
        assertEquals(Integer.compare(i, j), sorted[i].compareTo(sorted[j]));
      }
    }
  }

  @Test
  void equalityIsOfAddressAndPort() {
    AddrPort pair = AddrPort.parse("192.0.2.1:80");
    assertEquals(pair, AddrPort.parse("192.0.2.1:80"));
    assertEquals(pair.hashCode(), AddrPort.parse("192.0.2.1:80").hashCode());
    assertNotEquals(pair, AddrPort.parse("192.0.2.1:81"));
    assertNotEquals(pair, AddrPort.parse("192.0.2.2:80"));
    assertNotEquals(pair, AddrPort.parse("[::ffff:192.0.2.1]:80"));
  }
}

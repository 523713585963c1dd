package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Go's prefix tables of {@code net/netip}, and those of {@code net}'s CIDR and mask functions by
 * what they mean here: {@code TestParseCIDR}, {@code TestCIDRMask}, {@code TestIPMask}, {@code
 * TestIPNetContains}, {@code TestIPNetString}.
 */
@Proves({"addr-networks", "netip-prefix"})
class PrefixTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0, 0.0.0.0/0",
    "135.104.0.1/32, 135.104.0.1/32",
    "135.104.0.1/24, 135.104.0.0/24",
    "135.104.255.255/13, 135.104.0.0/13",
    "255.255.255.255/1, 128.0.0.0/1",
    "192.168.7.9/0, 0.0.0.0/0",
    "::/0, ::/0",
    "::1/128, ::1/128",
    "ffff::ffff/127, ffff::fffe/127",
    "abcd:2345::1/65, abcd:2345::/65",
    "abcd:2345::8000:0:0:1/65, abcd:2345::8000:0:0:0/65",
    "abcd:2345::/64, abcd:2345::/64",
    "abcd:2345:ffff::/33, abcd:2345:8000::/33",
    "ffff:ffff::/1, 8000::/1",
    "::ffff:192.0.2.1/120, ::ffff:192.0.2.0/120",
    "::ffff:192.0.2.1/95, ::fffe:0:0/95",
  })
  void maskingClearsTheBitsBehindTheLength(String text, String masked) {
    Prefix prefix = Prefix.parse(text);
    assertEquals(text, prefix.toString());
    assertEquals(Prefix.parse(masked), prefix.masked());
    assertEquals(prefix.masked(), prefix.addr().prefix(prefix.bits()));
    assertEquals(prefix.masked(), prefix.masked().masked());
    assertTrue(prefix.contains(prefix.addr()));
    assertTrue(prefix.overlaps(prefix.masked()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''             | no '/'",
        "192.0.2.0      | no '/'",
        "192.0.2.0/     | bad bits after slash: \"\"",
        "192.0.2.0/x    | bad bits after slash: \"x\"",
        "192.0.2.0/+8   | bad bits after slash: \"+8\"",
        "192.0.2.0/-8   | bad bits after slash: \"-8\"",
        "192.0.2.0/08   | bad bits after slash: \"08\"",
        "192.0.2.0/00   | bad bits after slash: \"00\"",
        "192.0.2.0/8x   | bad bits after slash: \"8x\"",
        "192.0.2.0/99999999999999999999 | bad bits after slash: \"99999999999999999999\"",
        "192.0.2.0/33   | prefix length out of range",
        "2001:db8::/129 | prefix length out of range",
        "2001:db8::/4294967296 | prefix length out of range",
        "fe80::1%eth0/64 | IPv6 zones cannot be present in a prefix",
        "192.0.2.256/24 | ParseAddr(\"192.0.2.256\"): IPv4 field has value >255",
        "192.0.2/24     | ParseAddr(\"192.0.2\"): IPv4 address too short",
        "1/2/3          | ParseAddr(\"1/2\"): unable to parse IP",
      })
  void anInvalidTextIsRefusedWithTheReason(String text, String why) {
    AddrParseException e = assertThrows(AddrParseException.class, () -> Prefix.parse(text));
    assertEquals("netip.ParsePrefix(\"" + text + "\"): " + why, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.9/24, 192.0.2.1, true",
    "192.0.2.9/32, 192.0.2.8, false",
    "0.0.0.0/0, 203.0.113.1, true",
    "128.0.0.0/1, 127.255.255.255, false",
    "2001:db8::/63, 2001:db8:0:1::5, true",
    "2001:db8::/64, 2001:db8:0:1::5, false",
    "2001:db8::/65, 2001:db8::7fff:0:0:1, true",
    "2001:db8::/65, 2001:db8::8000:0:0:1, false",
    "::/0, ff02::1, true",
    "::1/128, ::1, true",
    "::1/128, ::2, false",
    // The families are kept apart, and a zone is in no prefix.
    "0.0.0.0/0, ::1, false",
    "::/0, 192.0.2.1, false",
    "192.0.2.0/24, ::ffff:192.0.2.1, false",
    "::ffff:192.0.2.0/120, ::ffff:192.0.2.1, true",
    "::ffff:192.0.2.0/120, 192.0.2.1, false",
    "fe80::/10, fe80::1%eth0, false",
    "fe80::/10, fe80::1, true",
  })
  void containsComparesTheLeadingBits(String prefix, String addr, boolean contained) {
    assertEquals(contained, Prefix.parse(prefix).contains(Addr.parse(addr)));
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.0/24, true",
    "192.0.2.0/24, 192.0.2.128/25, true",
    "192.0.2.9/24, 192.0.2.200/31, true",
    "192.0.2.0/24, 192.0.3.0/24, false",
    "192.0.2.0/25, 192.0.2.128/25, false",
    "0.0.0.0/0, 203.0.113.0/24, true",
    "2001:db8::/32, 2001:db8:1::/48, true",
    "2001:db8::/33, 2001:db8:8000::/33, false",
    "0.0.0.0/0, ::/0, false",
    "192.0.2.0/24, ::ffff:192.0.2.0/120, false",
  })
  void overlapsIsSymmetric(String one, String other, boolean overlapping) {
    assertEquals(overlapping, Prefix.parse(one).overlaps(Prefix.parse(other)));
    assertEquals(overlapping, Prefix.parse(other).overlaps(Prefix.parse(one)));
  }

  @Test
  void aLengthOutsideTheFamilyIsRefusedNamingIt() {
    assertRefused("negative prefix length -1", "192.0.2.1", -1);
    assertRefused("prefix length 33 too large for IPv4", "192.0.2.1", 33);
    assertRefused("prefix length 129 too large for IPv6", "::1", 129);
  }

  private static void assertRefused(String message, String addr, int bits) {
    Addr a = Addr.parse(addr);
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> Prefix.of(a, bits)).getMessage());
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, () -> a.prefix(bits)).getMessage());
  }

  @Test
  void aPrefixDropsTheZoneAndKeepsTheHostBits() {
    Prefix prefix = Prefix.of(Addr.parse("fe80::1%eth0"), 64);
    assertEquals("fe80::1/64", prefix.toString());
    assertEquals("fe80::/64", Addr.parse("fe80::1%eth0").prefix(64).toString());
    assertNotEquals(prefix, prefix.masked());
  }

  @Test
  void onlyAFullLengthIsASingleAddress() {
    assertTrue(Prefix.parse("192.0.2.1/32").isSingleIp());
    assertFalse(Prefix.parse("192.0.2.1/31").isSingleIp());
    assertTrue(Prefix.parse("::1/128").isSingleIp());
    assertFalse(Prefix.parse("::1/32").isSingleIp());
  }

  @Test
  void orderIsFamilyThenNetworkThenLengthThenHostBits() {
    List<Prefix> sorted =
        Stream.of(
                "0.0.0.0/0",
                "10.0.0.0/8",
                "10.0.0.0/16",
                "10.0.0.1/16",
                "10.0.1.0/16",
                "10.1.0.0/16",
                "172.16.0.0/12",
                "::/0",
                "2001:db8::/32",
                "2001:db8::/48",
                "2001:db8::1/48",
                "fe80::/10")
            .map(Prefix::parse)
            .toList();
    List<Prefix> shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, new Random(1));
    Collections.sort(shuffled);
    assertEquals(sorted, shuffled);
    for (Prefix prefix : sorted) {
      assertEquals(prefix, Prefix.parse(prefix.toString()));
      assertEquals(prefix.hashCode(), Prefix.parse(prefix.toString()).hashCode());
    }
  }

  /** Go: TestIPMask, TestCIDRMask, TestIPMaskString. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 255.255.255.0, 192.0.2.7/24",
    "192.0.2.7, 255.255.255.255, 192.0.2.7/32",
    "192.0.2.7, 255.128.0.0, 192.0.2.7/9",
    "192.0.2.7, 0.0.0.0, 192.0.2.7/0",
    "2001:db8::1, ffff:ffff::, 2001:db8::1/32",
    "2001:db8::1, ffff:ffff:8000::, 2001:db8::1/33",
    "2001:db8::1, ::, 2001:db8::1/0",
  })
  void aMaskInTheOldNotationIsALengthAndALengthIsAMask(String addr, String mask, String prefix) {
    Prefix made = Prefix.ofMask(Addr.parse(addr), Addr.parse(mask));
    assertEquals(Prefix.parse(prefix), made);
    assertEquals(Addr.parse(mask), made.mask());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 255.0.255.0, mask 255.0.255.0 has ones behind a zero",
    "192.0.2.7, 0.0.0.1, mask 0.0.0.1 has ones behind a zero",
    "192.0.2.7, ffff::, mask ffff:: is not of the family of 192.0.2.7",
    "2001:db8::1, 255.0.0.0, mask 255.0.0.0 is not of the family of 2001:db8::1",
  })
  void aMaskThatIsNoLengthIsRefusedByName(String addr, String mask, String why) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Prefix.ofMask(Addr.parse(addr), Addr.parse(mask)));
    assertEquals(why, e.getMessage());
  }
}

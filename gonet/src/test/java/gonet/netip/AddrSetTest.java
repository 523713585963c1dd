package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses are in a set of addresses, ranges and networks. */
@Proves("node-addr-set")
class AddrSetTest {

  private static boolean in(String set, String addr) {
    return AddrSet.of(set.split(" ")).contains(Addr.parse(addr));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, 10.0.0.1, true",
    "10.0.0.1, 10.0.0.2, false",
    "10.0.0.1/32, 10.0.0.1, true",
    "10.0.0.1/32, 10.0.0.0, false",
    "10.0.0.77/24, 10.0.0.0, true",
    "10.0.0.77/24, 10.0.0.255, true",
    "10.0.0.77/24, 10.0.1.0, false",
    "10.0.0.77/24, 9.255.255.255, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, 0.0.0.0, true",
    "0.0.0.0/0, ::1, false",
    "::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
    "::/0, ::, true",
    "::/0, 1.2.3.4, false",
    "::1/128, ::1, true",
    "::1/128, ::2, false",
    "2001:db8::/32, 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff, true",
    "2001:db8::/32, 2001:db9::, false",
    "2001:db8::/64, 2001:db8:0:0:ffff::, true",
    "2001:db8::/64, 2001:db8:0:1::, false",
    "2001:db8::/65, 2001:db8:0:0:7fff:ffff:ffff:ffff, true",
    "2001:db8::/65, 2001:db8:0:0:8000::, false",
    "192.0.2.5-192.0.2.9, 192.0.2.5, true",
    "192.0.2.5-192.0.2.9, 192.0.2.9, true",
    "192.0.2.5-192.0.2.9, 192.0.2.4, false",
    "192.0.2.5-192.0.2.9, 192.0.2.10, false",
    "2001:db8::5-2001:db8::ff, 2001:db8::6, true",
    "2001:db8::5-2001:db8::ff, 2001:db8::100, false",
  })
  void addressesNetworksAndRangesHoldTheirEnds(String set, String addr, boolean expected) {
    assertEquals(expected, in(set, addr));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, ::ffff:10.1.2.3, true",
    "10.0.0.0/8, ::ffff:11.1.2.3, false",
    "::ffff:10.0.0.0/104, 10.1.2.3, true",
    "::ffff:10.0.0.1, 10.0.0.1, true",
    "::ffff:10.0.0.1-::ffff:10.0.0.3, 10.0.0.2, true",
    "::/0, ::ffff:10.0.0.1, false",
    "::ffff:0:0/96, 1.2.3.4, true",
    "::ffff:0:0/95, 1.2.3.4, false",
  })
  void aMappedAddressIsTheIpv4AddressItStandsFor(String set, String addr, boolean expected) {
    assertEquals(expected, in(set, addr));
  }

  @Test
  void zonesOfWhatIsAskedDoNotMatter() {
    assertTrue(in("fe80::/10", "fe80::1%eth0"));
    assertTrue(in("fe80::1%eth0", "fe80::1%eth1"));
    assertTrue(in("fe80::1%a-b", "fe80::1"));
    assertFalse(in("fe80::1%a-b", "fe80::2"));
    assertTrue(in("fe80::1%a-fe80::9%b", "fe80::5"));
    assertTrue(in("fe80::1%a-b-fe80::9", "fe80::5"));
    assertFalse(in("fe80::1%a-b-fe80::9", "fe80::a"));
  }

  @Test
  void overlapsAndNeighboursBecomeOne() {
    AddrSet set =
        AddrSet.of(
            "10.0.0.5-10.0.0.9",
            "10.0.0.0-10.0.0.4",
            "10.0.0.8",
            "10.0.0.2-10.0.0.3",
            "::2",
            "::1");
    assertEquals("[10.0.0.0-10.0.0.9, ::1-::2]", set.toString());
    assertEquals(set, AddrSet.of("10.0.0.0-10.0.0.9", "::1-::2"));
    assertEquals(set.hashCode(), AddrSet.of("10.0.0.0-10.0.0.9", "::1-::2").hashCode());
    assertEquals("[0.0.0.0-255.255.255.255]", AddrSet.of("0.0.0.0/0", "1.2.3.4").toString());
    assertEquals(set, AddrSet.builder().add(set).add(Addr.parse("::1")).build());
  }

  @Test
  void theEmptySetHoldsNothing() {
    assertTrue(AddrSet.empty().isEmpty());
    assertFalse(AddrSet.empty().contains(Addr.parse("1.2.3.4")));
    assertFalse(AddrSet.of("::1").isEmpty());
  }

  @Test
  void aRandomSetAnswersAsItsRulesDo() {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      AddrSet.Builder builder = AddrSet.builder();
      Prefix[] rules = new Prefix[20];
      for (int i = 0; i < rules.length; i++) {
        Addr addr = Addr.ipv4(random.nextInt(1 << 16));
        rules[i] = Prefix.of(addr, 16 + random.nextInt(17));
        builder.add(rules[i]);
      }
      AddrSet set = builder.build();
      for (int i = 0; i < 200; i++) {
        Addr asked = Addr.ipv4(random.nextInt(1 << 16));
        boolean expected = false;
        for (Prefix rule : rules) {
          expected |= rule.contains(asked);
        }
        assertEquals(expected, set.contains(asked), asked + " in " + set);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10.0.0", "10.0.0.1/33", "10.0.0.1-", "-10.0.0.1", "::1/129", "localhost"})
  void aTextThatMeansNothingIsRefused(String text) {
    assertThrows(AddrParseException.class, () -> AddrSet.of(text));
  }

  @Test
  void aRangeThatIsNoneIsRefusedByName() {
    IllegalArgumentException backwards =
        assertThrows(IllegalArgumentException.class, () -> AddrSet.of("10.0.0.2-10.0.0.1"));
    assertEquals("range 10.0.0.2-10.0.0.1 ends before it begins", backwards.getMessage());
    IllegalArgumentException mixed =
        assertThrows(IllegalArgumentException.class, () -> AddrSet.of("10.0.0.2-::1"));
    assertEquals("range 10.0.0.2-::1 has ends of different families", mixed.getMessage());
  }
}

package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Go's {@code TestIs4AndIs6}, {@code TestIs4In6}, {@code TestAs4}, {@code TestAsSlice}, {@code
 * TestIPNextPrev} and {@code TestLessCompare}.
 */
class AddrTest {
  @Test
  @Proves("netip-mapped")
  void anIpv4AddressAndItsMappedFormAreDifferentValues() {
    Addr plain = Addr.parse("192.0.2.1");
    Addr mapped = Addr.parse("::ffff:192.0.2.1");
    assertNotEquals(plain, mapped);
    assertTrue(plain.is4() && !plain.is6() && !plain.is4In6());
    assertTrue(!mapped.is4() && mapped.is6() && mapped.is4In6());
    assertEquals(32, plain.bitLen());
    assertEquals(128, mapped.bitLen());
    assertEquals(plain, mapped.unmap());
    assertEquals(plain, mapped.withZone("eth0").unmap());
    assertSame(plain, plain.unmap());
  }

  @ParameterizedTest
  @CsvSource({
    "::192.0.2.1",
    "::fffe:c000:201",
    "::1:ffff:c000:201",
    "1::ffff:c000:201",
    "::ffff:0:c000:201"
  })
  void onlyTheMappedRangeIs4In6(String text) {
    Addr addr = Addr.parse(text);
    assertFalse(addr.is4In6());
    assertSame(addr, addr.unmap());
  }

  @Test
  void theBytesAreInNetworkOrder() {
    byte[] four = {(byte) 192, 0, 2, (byte) 255};
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    System.arraycopy(four, 0, mapped, 12, 4);
    Addr addr = Addr.from4(four);
    assertEquals("192.0.2.255", addr.toString());
    assertArrayEquals(four, addr.as4());
    assertArrayEquals(four, addr.asBytes());
    assertArrayEquals(mapped, addr.as16());
    assertArrayEquals(four, Addr.from16(mapped).as4());
    assertArrayEquals(mapped, Addr.from16(mapped).asBytes());
    assertEquals(addr, Addr.fromBytes(four));
    assertEquals(Addr.from16(mapped), Addr.fromBytes(mapped));
  }

  @Test
  @Proves("netip-bytes")
  void sixteenBytesSurviveTheRoundTrip() {
    byte[] bytes = new byte[16];
    for (int i = 0; i < 16; i++) {
      bytes[i] = (byte) (0xf0 + i);
    }
    Addr addr = Addr.from16(bytes);
    assertEquals("f0f1:f2f3:f4f5:f6f7:f8f9:fafb:fcfd:feff", addr.toString());
    assertArrayEquals(bytes, addr.as16());
    assertArrayEquals(bytes, addr.asBytes());
  }

  @Test
  @Proves("netip-marshal")
  void anAddressComesBackFromItsTextAndFromItsBytes() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[i % 2 == 0 ? 4 : 16];
      random.nextBytes(bytes);
      // Runs of zeros, which the text shortens.
      Arrays.fill(bytes, 0, random.nextInt(bytes.length), (byte) 0);
      Addr addr = Addr.fromBytes(bytes);
      assertArrayEquals(bytes, addr.asBytes());
      assertEquals(addr, Addr.parse(addr.toString()));
      assertEquals(addr, Addr.parse(addr.toStringExpanded()));
      AddrPort port = AddrPort.of(addr, random.nextInt(65_536));
      assertEquals(port, AddrPort.parse(port.toString()));
      Prefix prefix = Prefix.of(addr, random.nextInt(bytes.length * 8 + 1));
      assertEquals(prefix, Prefix.parse(prefix.toString()));
      if (addr.is6() && !addr.is4In6()) {
        Addr zoned = addr.withZone("eth" + i);
        assertEquals(zoned, Addr.parse(zoned.toString()));
        assertEquals(addr, Addr.fromBytes(zoned.asBytes()), "bytes have no zone");
      }
    }
  }

  @Test
  void anArrayOfAnotherLengthIsRefusedNamingItsLength() {
    assertRefused("5 bytes", () -> Addr.from4(new byte[5]));
    assertRefused("4 bytes", () -> Addr.from16(new byte[4]));
    assertRefused("0 bytes", () -> Addr.fromBytes(new byte[0]));
  }

  private static void assertRefused(String named, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(String.valueOf(e.getMessage()).contains(named), e::toString);
  }

  @Test
  void anIpv6AddressHasNoFourBytes() {
    Addr addr = Addr.parse("2001:db8::1");
    IllegalStateException e = assertThrows(IllegalStateException.class, addr::as4);
    assertEquals("as4 of the IPv6 address 2001:db8::1", e.getMessage());
  }

  @Test
  @Proves("netip-zone")
  void onlyIpv6AddressesCarryAZone() {
    Addr addr = Addr.parse("fe80::1");
    assertEquals("", addr.zone());
    assertEquals("eth0", addr.withZone("eth0").zone());
    assertNotEquals(addr, addr.withZone("eth0"));
    assertEquals(addr, addr.withZone("eth0").withZone(""));
    Addr ipv4 = Addr.parse("192.0.2.1");
    assertSame(ipv4, ipv4.withZone("eth0"));
    assertEquals("", ipv4.zone());
  }

  @ParameterizedTest
  @Proves("netip-order")
  @CsvSource({
    "0.0.0.0, 0.0.0.1",
    "10.0.0.255, 10.0.1.0",
    "127.255.255.255, 128.0.0.0",
    "::, ::1",
    "::ffff:ffff:ffff:ffff, 0:0:0:1::",
    "fe80::ff%eth0, fe80::100%eth0",
    "::ffff:255.255.255.255, ::1:0:0:0",
  })
  void nextAndPrevStepByOne(String low, String high) {
    assertEquals(Addr.parse(high), Addr.parse(low).next());
    assertEquals(Addr.parse(low), Addr.parse(high).prev());
  }

  @Test
  void thereIsNothingBeyondTheEndsOfAFamily() {
    assertNull(Addr.parse("255.255.255.255").next());
    assertNull(Addr.ipv4Unspecified().prev());
    assertNull(Addr.parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").next());
    assertNull(Addr.ipv6Unspecified().prev());
  }

  @Test
  @Proves("netip-order")
  void orderIsFamilyThenUnsignedBitsThenZone() {
    List<Addr> sorted =
        Stream.of(
                "0.0.0.0",
                "1.2.3.4",
                "127.255.255.255",
                "200.0.0.1",
                "::",
                "::1",
                "::1%a",
                "::1%b",
                "::ffff:1.2.3.4",
                "::8000:0:0:0",
                "7fff::",
                "8000::",
                "ffff::1")
            .map(Addr::parse)
            .toList();
    List<Addr> shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, new Random(1));
    Collections.sort(shuffled);
    assertEquals(sorted, shuffled);
    for (int i = 0; i < sorted.size(); i++) {
      for (int j = 0; j < sorted.size(); j++) {
        assertEquals(Integer.compare(i, j), sorted.get(i).compareTo(sorted.get(j)));
        assertEquals(i == j, sorted.get(i).equals(sorted.get(j)));
      }
    }
  }

  @Test
  void equalAddressesHaveEqualHashCodes() {
    for (String text : Arrays.asList("192.0.2.1", "::1", "fe80::1%eth0", "::ffff:192.0.2.1")) {
      assertEquals(Addr.parse(text), Addr.parse(text));
      assertEquals(Addr.parse(text).hashCode(), Addr.parse(text).hashCode());
    }
  }

  @Test
  @Proves("addr-known")
  void theConstantsAreWhatTheirNamesSay() {
    assertEquals(Addr.parse("0.0.0.0"), Addr.ipv4Unspecified());
    assertEquals(Addr.parse("::"), Addr.ipv6Unspecified());
    assertEquals(Addr.parse("::1"), Addr.ipv6Loopback());
    assertEquals(Addr.parse("ff02::1"), Addr.ipv6LinkLocalAllNodes());
    assertEquals(Addr.parse("ff02::2"), Addr.ipv6LinkLocalAllRouters());
  }
}

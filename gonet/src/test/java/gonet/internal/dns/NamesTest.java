package gonet.internal.dns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.netip.Addr;
import gonet.support.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names that may be asked for, and their other forms. */
@Proves("names-records")
class NamesTest {
  @ParameterizedTest
  @CsvSource({
    "_xmpp-server._tcp.google.com, true",
    "foo.com, true",
    "1foo.com, true",
    "26.0.0.73.com, true",
    "10-0-0-1, true",
    "fo-o.com, true",
    "fo1o.com, true",
    "foo1.com, true",
    "a.b..com, false",
    "a.b-.com, false",
    "a.b.com-, false",
    "a.b.., false",
    "b.com., true",
    "., true",
    "-a.com, false",
    "'', false",
    "192.0.2.1, false",
    "1, false",
    "a b, false",
    "ä.test, false",
    ".test, false"
  })
  void whatIsADomainName(String name, boolean is) {
    assertEquals(is, Names.isDomainName(name));
  }

  @Test
  void lengthsAreThoseOfTheWire() {
    String label = "a".repeat(63);
    assertTrue(Names.isDomainName(label + ".test"));
    assertFalse(Names.isDomainName("a" + label + ".test"));
    String longest = (label + ".").repeat(3) + "a".repeat(61);
    assertTrue(Names.isDomainName(longest));
    assertTrue(Names.isDomainName(longest + "."));
    assertFalse(Names.isDomainName(longest + "a"));
  }

  @Test
  void reverseNames() {
    assertEquals("4.3.2.1.in-addr.arpa.", Names.reverse(Addr.parse("1.2.3.4").asBytes()));
    assertEquals(
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
        Names.reverse(Addr.parse("2001:db8::1").asBytes()));
  }

  @Test
  void lettersBeyondAsciiAreLeftAlone() {
    assertEquals("aÄİ", Names.lower("AÄİ"));
    assertFalse(Names.same("Ä", "ä"));
  }

  @Test
  void aQueryIsThisOctetByOctet() throws Exception {
    byte[] query = QueryWriter.write(0x1234, new Question("a.test.", Type.AAAA), true, false);
    assertEquals(
        "1234"
            + "0100"
            + "0001000000000001"
            + "0161047465737400"
            + "001c0001"
            + "00"
            + "0029"
            + "04d0"
            + "00000000"
            + "0000",
        java.util.HexFormat.of().formatHex(query));
    assertEquals(
        query.length - 11,
        QueryWriter.write(1, new Question("a.test.", Type.AAAA), false, true).length);
    assertEquals(
        Wire.HEADER + 5, QueryWriter.write(1, new Question(".", Type.NS), false, true).length);
    assertThrows(
        IllegalArgumentException.class,
        () -> QueryWriter.write(1, new Question("a..", Type.A), true, false));
  }
}

package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.support.Proves;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Go's {@code TestParseAddr} and {@code TestParseIPError}: what is read, and what is said if not.
 */
@Proves({"netip-text", "node-is-ip"})
class AddrParseTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "192.0.2.255, 192.0.2.255",
    "203.0.113.7, 203.0.113.7",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "2001:DB8::00a1, 2001:db8::a1",
    "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "0:0:0:1:0:0:0:0, 0:0:0:1::",
    "fe80::1%eth0, fe80::1%eth0",
    "::1%7, ::1%7",
    "fe80::1%a%b, fe80::1%a%b",
    "fe80::1%a.b:c, fe80::1%a.b:c",
    "::ffff:192.0.2.1, ::ffff:192.0.2.1",
    "::FFFF:c000:201, ::ffff:192.0.2.1",
    "::ffff:192.0.2.1%eth1, ::ffff:192.0.2.1%eth1",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "1:2:3:4:5:6:7.8.9.10, 1:2:3:4:5:6:708:90a",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  })
  void aValidTextIsReadAndPrintedInItsShortestForm(String text, String printed) {
    Addr addr = Addr.parse(text);
    assertEquals(printed, addr.toString());
    assertEquals(addr, Addr.parse(printed));
    assertEquals(addr, Addr.parse(addr.toStringExpanded()));
  }

  @ParameterizedTest
  @Proves("error-literal")
  @CsvSource(
      delimiter = '|',
      value = {
        "''             | unable to parse IP",
        "localhost      | unable to parse IP",
        "12345          | unable to parse IP",
        "%eth0          | missing IPv6 address",
        "eth0%::1       | missing IPv6 address",
        "1.2.3          | IPv4 address too short",
        "1.2.3.4.5      | IPv4 address too long",
        "1.2.3.256      | IPv4 field has value >255",
        "1.2.3.04       | IPv4 field has octet with leading zero",
        "00.1.2.3       | IPv4 field has octet with leading zero",
        "1.2.3.4%eth0   | unexpected character (at \"%eth0\")",
        "1.2.-3.4       | unexpected character (at \"-3.4\")",
        "1.2.3.4:80     | unexpected character (at \":80\")",
        "0x7f.0.0.1     | unexpected character (at \"x7f.0.0.1\")",
        ".1.2.3         | IPv4 field must have at least one digit (at \".1.2.3\")",
        "1..2.3         | IPv4 field must have at least one digit (at \".2.3\")",
        "1.2.3.         | IPv4 field must have at least one digit (at \".\")",
        "fe80::1%       | zone must be a non-empty string",
        ":              | each colon-separated field must have at least one digit (at \":\")",
        ":1             | each colon-separated field must have at least one digit (at \":1\")",
        ":::1           | each colon-separated field must have at least one digit (at \":1\")",
        "::g            | each colon-separated field must have at least one digit (at \"g\")",
        "12345::        | each group must have 4 or less digits (at \"12345::\")",
        "::1:           | colon must be followed by more characters (at \":\")",
        "1:2g::         | unexpected character, want colon (at \"g::\")",
        "1::2::3        | multiple :: in address (at \":3\")",
        "1:2:3:4:5:6:7  | address string too short",
        "1:2:3:4:5:6:7:8:9 | trailing garbage after address (at \"9\")",
        "1:2:3:4::5:6:7:8  | the :: must expand to at least one field of zeros",
        "::1.2.3        | IPv4 address too short",
        "::1.2.3.4.5    | IPv4 address too long",
        "::1.2.3.4:5    | unexpected character (at \":5\")",
        "1:2:3.4.5.6    | embedded IPv4 address must replace the final 2 fields of the address"
            + " (at \"3.4.5.6\")",
        "1::2:3:4:5:6:7:1.2.3.4 | too many hex fields to fit an embedded IPv4 at the end of the"
            + " address (at \"1.2.3.4\")",
      })
  void anInvalidTextIsRefusedWithTheReasonAndThePlace(String text, String why) {
    AddrParseException e = assertThrows(AddrParseException.class, () -> Addr.parse(text));
    assertEquals("ParseAddr(\"" + text + "\"): " + why, e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "::, 0000:0000:0000:0000:0000:0000:0000:0000",
    "2001:db8::a1, 2001:0db8:0000:0000:0000:0000:0000:00a1",
    "::ffff:192.0.2.1, 0000:0000:0000:0000:0000:ffff:c000:0201",
    "fe80::1%eth0, fe80:0000:0000:0000:0000:0000:0000:0001%eth0",
  })
  void theExpandedTextHasEightFieldsOfFourDigits(String text, String expanded) {
    assertEquals(expanded, Addr.parse(text).toStringExpanded());
  }

  @ParameterizedTest
  @CsvSource({
    "'a\"\\\n\r\t\u0007\b\f\u000b', \"a\\\"\\\\\\n\\r\\t\\a\\b\\f\\v\"",
    "'\u0001\u007f', \"\\x01\\x7f\"",
    "'\u00e9\u00a0\u200b', \"\u00e9\\u00a0\\u200b\"",
    "'\ud83d\ude00\udb80\udc00', \"\ud83d\ude00\\U000f0000\"",
  })
  void aMessageQuotesWhatIsNotPrintable(String text, String quoted) {
    assertEquals(quoted, Quote.of(text));
  }
}

package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.lookup.Services;
import gonet.support.Proves;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's {@code TestParsePort} and {@code TestLookupPort}. */
@Proves("addr-ports")
class PortsTest {
  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "0, 0",
    "-0, 0",
    "+0, 0",
    "+, 0",
    "7, 7",
    "+7, 7",
    "-7, -7",
    "0080, 80",
    "65535, 65535",
    "65536, 65536",
    "-65536, -65536",
    "987654321, 987654321",
    "-987654321, -987654321",
    "1073741822, 1073741822",
    "1073741823, 1073741823",
    "1073741824, 1073741823",
    "4294967376, 1073741823",
    "99999999999999999999999, 1073741823",
    "-1073741823, -1073741823",
    "-1073741824, -1073741824",
    "-1073741825, -1073741824",
    "-99999999999999999999999, -1073741824",
  })
  void aNumberIsReadAndClamped(String service, int number) {
    assertEquals(OptionalInt.of(number), Services.number(service));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "http",
        "9pfs",
        "80x",
        "x80",
        "8x0",
        "1234567890x",
        "-1x",
        "--1",
        " 80",
        "1.0"
      })
  void anythingElseIsAName(String service) {
    assertTrue(Services.number(service).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0",
    "0, 0",
    "80, 80",
    "65535, 65535",
    "http, 80",
    "HTTP, 80",
    "Https, 443",
    "ssh, 22"
  })
  void aPortIsANumberOrAServiceNameInAnyCase(String service, int port) throws Exception {
    assertEquals(port, Lookup.port("tcp", service));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, http, 80",
    "tcp4, Http, 80",
    "tcp6, 8080, 8080",
    "udp, domain, 53",
    "udp6, domain, 53",
    "ip, https, 443",
    "'', '', 0"
  })
  void aProgramMayAskForAPort(String network, String service, int port) throws Exception {
    assertEquals(port, Net.lookupPort(network, service));
  }

  @Test
  void aNetworkWithoutPortsAndAServiceOfNobodyAreNamed() {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> Net.lookupPort("unix", "http"));
    assertEquals("unix", e.value());
    assertThrows(NetAddressException.class, () -> Net.lookupPort("tcp", "65536"));
    assertThrows(DnsException.class, () -> Net.lookupPort("ip", "--no-such-service--"));
    assertThrows(DnsException.class, () -> Net.lookupPort("udp", "--no-such-service--"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "65536", "123456789", "4294967376"})
  void aNumberOutsideSixteenBitsIsAnInvalidPort(String service) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> Lookup.port("tcp", service));
    assertEquals("address " + service + ": invalid port", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--no-such-service--", "ht\0tp", "80 ", "domain-but-not-quite"})
  void anUnknownNameIsAnUnknownPort(String service) {
    DnsException e = assertThrows(DnsException.class, () -> Lookup.port("tcp", service));
    assertEquals("lookup tcp/" + service + ": unknown port", e.getMessage());
    assertEquals("tcp/" + service, e.name());
    assertTrue(e.isNotFound());
  }

  @Test
  void theMachinesTableIsReadWithItsAliasesAndWinsOverTheBuiltInOne() {
    Map<String, Integer> ports =
        Services.merged(
            "tcp",
            List.of(
                "# comment",
                "",
                "http  8080/tcp   WWW www-http  # World Wide Web",
                "\tspaced\t 7 / tcp",
                "echo 7/tcp",
                "echo 8/udp",
                "onlyudp 9/udp",
                "noport",
                "zero 0/tcp",
                "large 65536/tcp",
                "negative -5/tcp",
                "bad x/tcp",
                "#hidden 11/tcp"));
    assertEquals(8080, ports.get("http"));
    assertEquals(8080, ports.get("www"));
    assertEquals(8080, ports.get("www-http"));
    assertEquals(7, ports.get("echo"));
    assertEquals(443, ports.get("https"));
    for (String none :
        List.of("onlyudp", "noport", "zero", "large", "negative", "bad", "hidden", "spaced", "#")) {
      assertFalse(ports.containsKey(none), none);
    }
  }
}

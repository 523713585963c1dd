package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.support.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Go's {@code TestSplitHostPort} and {@code TestJoinHostPort}. */
class HostPortTest {
  @ParameterizedTest
  @CsvSource({
    // A host name with a number, a name, nothing, and something odd for a port.
    "localhost:7099, localhost, 7099",
    "localhost:https, localhost, https",
    "localhost:, localhost, ''",
    "localhost:%opaque#, localhost, %opaque#",
    // An IPv4 address, an IPv6 address, one with a zone, and a name with a zone.
    "192.0.2.1:80, 192.0.2.1, 80",
    "192.0.2.1:, 192.0.2.1, ''",
    "[::1]:80, ::1, 80",
    "[::1]:https, ::1, https",
    "[::1]:, ::1, ''",
    "[fe80::1%eth0]:80, fe80::1%eth0, 80",
    "[fe80::1%eth0]:, fe80::1%eth0, ''",
    "[localhost%eth0]:80, localhost%eth0, 80",
    "localhost%eth0:80, localhost%eth0, 80",
    "[localhost]:80, localhost, 80",
    // No host.
    ":80, '', 80",
    ":, '', ''",
    "[]:80, '', 80",
    "%:80, %, 80",
  })
  void aWellFormedAddressIsSplit(String address, String host, String port) throws Exception {
    HostPort split = HostPort.split(address);
    assertEquals(host, split.host());
    assertEquals(port, split.port());
  }

  @ParameterizedTest
  @Proves("addr-host-port")
  @CsvSource({
    "'', missing port in address",
    "localhost, missing port in address",
    "192.0.2.1, missing port in address",
    "[::1], missing port in address",
    "[fe80::1%eth0], missing port in address",
    "[localhost], missing port in address",
    "[::1]80:, missing port in address",
    "::1, too many colons in address",
    "fe80::1%eth0, too many colons in address",
    "fe80::1%eth0:80, too many colons in address",
    "localhost:80:, too many colons in address",
    "[::1]:80:, too many colons in address",
    "[::1:80, missing ']' in address",
    "[fo[o]:80, unexpected '[' in address",
    "fo[o:80, unexpected '[' in address",
    "[foo]:[80, unexpected '[' in address",
    "foo]:80, unexpected ']' in address",
    "[foo]:]80, unexpected ']' in address",
    "foo:[80], unexpected '[' in address",
  })
  void aMalformedAddressIsRefusedWithOneOfFiveReasons(String address, String why) {
    NetAddressException e = assertThrows(NetAddressException.class, () -> HostPort.split(address));
    assertEquals(address, e.value());
    assertEquals(why, e.why());
    assertEquals(address.isEmpty() ? why : "address " + address + ": " + why, e.getMessage());
    assertEquals("", e.op()); // nothing had begun
    assertEquals("", e.network());
  }

  @ParameterizedTest
  @Proves("addr-host-port")
  @CsvSource({
    "localhost, 80, localhost:80",
    "localhost, '', localhost:",
    "192.0.2.1, https, 192.0.2.1:https",
    "'', 80, :80",
    "'', '', :",
    "::1, 80, [::1]:80",
    "fe80::1%eth0, '', [fe80::1%eth0]:",
    "localhost%eth0, 80, localhost%eth0:80",
  })
  void joinBracketsAHostWithAColon(String host, String port, String joined) throws Exception {
    assertEquals(joined, HostPort.join(host, port));
    assertEquals(joined, HostPort.split(joined).toString());
  }

  @Test
  void equalityIsOfHostAndPort() throws Exception {
    assertEquals(HostPort.split("[::1]:80"), HostPort.split("[::1]:80"));
    assertEquals(HostPort.split("a:80").hashCode(), HostPort.split("[a]:80").hashCode());
    assertNotEquals(HostPort.split("a:80"), HostPort.split("a:81"));
    assertNotEquals(HostPort.split("a:80"), HostPort.split("b:80"));
  }
}

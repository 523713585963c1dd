package gonet.netip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.support.Proves;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Go's {@code TestIPProperties}: each address with every property it has, at the ranges' edges. */
class ScopeTest {
  private static final Map<String, Predicate<Addr>> PROPERTIES = new LinkedHashMap<>();

  static {
    PROPERTIES.put("unspecified", Addr::isUnspecified);
    PROPERTIES.put("loopback", Addr::isLoopback);
    PROPERTIES.put("multicast", Addr::isMulticast);
    PROPERTIES.put("private", Addr::isPrivate);
    PROPERTIES.put("global", Addr::isGlobalUnicast);
    PROPERTIES.put("linkLocal", Addr::isLinkLocalUnicast);
    PROPERTIES.put("linkMulticast", Addr::isLinkLocalMulticast);
    PROPERTIES.put("interfaceMulticast", Addr::isInterfaceLocalMulticast);
  }

  @ParameterizedTest
  @Proves("netip-properties")
  @CsvSource({
    "0.0.0.0, unspecified",
    "0.0.0.1, global",
    "255.255.255.255, ''",
    "255.255.255.254, global",
    "126.255.255.255, global",
    "127.0.0.1, loopback",
    "127.255.255.255, loopback",
    "::ffff:127.1.2.3, loopback",
    "128.0.0.0, global",
    "10.0.0.0, private global",
    "10.255.255.255, private global",
    "11.0.0.0, global",
    "172.15.255.255, global",
    "172.16.0.0, private global",
    "172.31.255.255, private global",
    "172.32.0.0, global",
    "192.168.255.255, private global",
    "192.169.0.0, global",
    "::ffff:10.1.2.3, private global",
    "169.254.0.1, linkLocal",
    "169.253.255.255, global",
    "::ffff:169.254.1.1, linkLocal",
    "223.255.255.255, global",
    "224.0.0.255, multicast linkMulticast",
    "224.0.1.0, multicast",
    "239.255.255.255, multicast",
    "240.0.0.0, global",
    "::ffff:224.0.0.1, multicast linkMulticast",
    "::, unspecified",
    "::%eth0, global",
    "::1, loopback",
    "::1%eth0, loopback",
    "::2, global",
    "::ffff:0.0.0.0, ''",
    "::ffff:255.255.255.255, ''",
    "2001:db8::1, global",
    "fbff::1, global",
    "fc00::, private global",
    "fdff:ffff::1, private global",
    "fe00::1, global",
    "fe7f::1, global",
    "fe80::1, linkLocal",
    "febf:ffff::1%eth0, linkLocal",
    "fec0::1, global",
    "feff::1, global",
    "ff00::1, multicast",
    "ff01::1, multicast interfaceMulticast",
    "ff02::1, multicast linkMulticast",
    "ff12::1, multicast linkMulticast",
    "ff31::1, multicast interfaceMulticast",
    "ff05::1, multicast",
  })
  void anAddressHasExactlyTheseProperties(String text, String properties) {
    Addr addr = Addr.parse(text);
    String found =
        PROPERTIES.entrySet().stream()
            .filter(property -> property.getValue().test(addr))
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(" "));
    assertEquals(properties, found);
  }
}

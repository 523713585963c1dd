package gonet.internal.lookup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import gonet.netip.Addr;
import gonet.support.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RFC 6724. Go: {@code TestSortByRFC6724}, {@code TestRFC6724PolicyTableClassify}, {@code
 * TestRFC6724ClassifyScope}, {@code TestRFC6724CommonPrefixLength}.
 */
class DestinationOrderTest {

  /**
   * Destinations in the order that is right, each with its source, {@code dst<src}, or {@code -}
   * for no way to it.
   */
  @ParameterizedTest(name = "{0}")
  @Proves("names-order")
  @CsvSource({
    // The examples of RFC 6724, section 10.2, that need no deprecated and no home addresses.
    "matching scope with IPv6, 2001:db8:1::1<2001:db8:1::2 198.51.100.121<169.254.13.78",
    "matching scope with IPv4, 198.51.100.121<198.51.100.117 2001:db8:1::1<fe80::1",
    "higher precedence, 2001:db8:1::1<2001:db8:1::2 10.1.2.3<10.1.2.4",
    "smaller scope, fe80::1<fe80::2 2001:db8:1::1<2001:db8:1::2",
    "longest prefix, 2001:db8:1::1<2001:db8:1::2 2001:db8:3ffe::1<2001:db8:3f44::2",
    "matching label, 2002:c633:6401::1<2002:c633:6401::2 2001:db8:1::1<2002:c633:6401::2",
    "6to4 is last, 2001:db8:1::1<2001:db8:1::2 2002:c633:6401::1<2002:c633:6401::2",
    // Rule 1: what cannot be reached is last, whatever its rank.
    "no way to IPv6, 192.0.2.1<192.0.2.9 2001:db8:1::1<-",
    "no way to IPv4, 2002:c633:6401::1<2002:c633:6401::2 192.0.2.1<-",
    "no way is worse than another scope, 192.0.2.1<169.254.1.1 2001:db8:1::1<-",
    // Loopback, and private addresses, which are global for this purpose.
    "loopback, ::1<::1 127.0.0.1<127.0.0.1",
    "loopback is nearer than far, 127.0.0.1<127.0.0.1 192.0.2.1<192.0.2.9",
    "unique local is after global, 2001:db8:1::1<2001:db8:1::2 fd00::1<fd00::2",
    "unique local is after IPv4, 10.1.2.3<10.1.2.4 fd00::1<fd00::2",
    "Teredo is after IPv4, 10.1.2.3<10.1.2.4 2001::1<2001::2",
    // Go issue 13283: a name server's order of IPv4 addresses is kept, whatever their prefixes.
    "IPv4 has no rule 9, 54.83.193.112<172.16.0.1 172.16.255.1<172.16.0.1 8.8.8.8<172.16.0.1",
    // Bits behind the subnet tell nothing.
    "subnets alone, 2001:db8::ffff:0:0:1<2001:db8::1 2001:db8::2<2001:db8::1",
  })
  void theFirstIsTheOneThatTheRulesPrefer(String rule, String right) {
    List<Addr> expected = new ArrayList<>();
    Map<Addr, Addr> sources = new HashMap<>();
    for (String pair : right.split(" ", -1)) {
      Addr destination = Addr.parse(pair.substring(0, pair.indexOf('<')));
      String source = pair.substring(pair.indexOf('<') + 1);
      expected.add(destination);
      sources.put(destination, source.equals("-") ? null : Addr.parse(source));
    }
    DestinationOrder order = new DestinationOrder(sources::get);
    assertEquals(expected, order.sort(expected), rule);
    boolean allEqual = rule.startsWith("IPv4 has no") || rule.startsWith("subnets alone");
    assertEquals(allEqual ? expected.reversed() : expected, order.sort(expected.reversed()), rule);
  }

  @Test
  void whatIsEqualKeepsItsOrder() {
    List<Addr> many = new ArrayList<>();
    for (int i = 1; i < 200; i++) {
      many.add(Addr.parse("192.0.2." + i));
    }
    Collections.shuffle(many, new Random(6724));
    assertEquals(many, new DestinationOrder(_ -> Addr.parse("192.0.2.250")).sort(many));
    assertEquals(many, new DestinationOrder(_ -> null).sort(many));
  }

  @Test
  void anAddressThatIsThereTwiceStaysThereTwiceAndIsProbedOnce() {
    List<Addr> probed = new ArrayList<>();
    DestinationOrder order =
        new DestinationOrder(
            destination -> {
              probed.add(destination);
              return destination;
            });
    Addr v4 = Addr.parse("127.0.0.1");
    Addr v6 = Addr.ipv6Loopback();
    assertEquals(List.of(v6, v6, v4, v4), order.sort(List.of(v4, v6, v4, v6)));
    assertEquals(List.of(v4, v6), probed);
  }

  @Test
  void whereTheSystemCannotBeAskedTheOrderStaysAsItIs() {
    List<Addr> given = List.of(Addr.parse("192.0.2.1"), Addr.parse("::1"), Addr.parse("fe80::1"));
    DestinationOrder order =
        new DestinationOrder(
            destination -> {
              if (destination.is6()) {
                throw new IOException("too many open files");
              }
              return destination;
            });
    assertSame(given, order.sort(given));
  }

  @Test
  void oneAddressIsNotWorthAProbe() {
    DestinationOrder order =
        new DestinationOrder(
            destination -> {
              throw new AssertionError("probed " + destination);
            });
    List<Addr> one = List.of(Addr.ipv6Loopback());
    assertSame(one, order.sort(one));
  }

  // ---- this machine ----------------------------------------------------------------------------

  @Test
  void theSourceTowardsThisMachineIsItsOwnAddress() throws Exception {
    Addr v4 = Addr.parse("127.0.0.1");
    assertEquals(v4, RouteProbe.toward(v4));
    assertEquals(Addr.parse("127.0.0.1"), RouteProbe.toward(Addr.parse("127.0.0.2")));
    Addr six = RouteProbe.toward(Addr.ipv6Loopback());
    assertEquals(six == null ? null : Addr.ipv6Loopback(), six); // none without IPv6
  }

  @Test
  void theProbeSurvivesAnInterruptAndLeavesTheStatus() throws Exception {
    Thread.currentThread().interrupt();
    try {
      assertNotNull(RouteProbe.toward(Addr.parse("127.0.0.1")));
    } finally {
      assertEquals(true, Thread.interrupted());
    }
  }

  @Test
  void thereIsNoWayToAZoneThatThereIsNot() throws Exception {
    assertNull(RouteProbe.toward(Addr.parse("fe80::1%no-such-zone")));
  }

  // ---- tables ----------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 35, 4",
    "8.8.8.8, 35, 4",
    "2601:645:8002:a500:986f:1db8:c836:bd65, 40, 1",
    "::1, 50, 0",
    "2002::ab12, 30, 2",
    "2001:0:1::1, 5, 5",
    "2001:1::1, 40, 1",
    "fc00::1, 3, 13",
    "fdff::1, 3, 13",
    "fec0::1, 1, 11",
    "3ffe::1, 1, 12",
    "::2, 1, 3",
    "::192.0.2.1, 1, 3",
    "fe80::1%eth0, 40, 1",
    "ff02::1, 40, 1",
  })
  void anAddressHasThePrecedenceAndTheLabelOfItsLongestPrefix(
      String addr, int precedence, int label) {
    AddrPolicy policy = AddrPolicy.of(Addr.parse(addr));
    assertEquals(precedence, policy.precedence());
    assertEquals(label, policy.label());
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 2",
    "127.1.2.3, 2",
    "169.254.1.1, 2",
    "8.8.8.8, 14",
    "10.0.0.1, 14",
    "192.168.0.1, 14",
    "224.0.0.1, 14",
    "::1, 2",
    "fe80::1, 2",
    "febf::1%eth0, 2",
    "fec0::1, 5",
    "fec0:ffff::1, 5",
    "feff::1, 5",
    "fc00::1, 14",
    "2001:db8::1, 14",
    "2002::1, 14",
    "ff01::1, 1",
    "ff02::1, 2",
    "ff05::1, 5",
    "ff0e::1, 14",
  })
  void anAddressHasTheScopeOfRfc6724(String addr, int scope) {
    assertEquals(scope, AddrScope.of(Addr.parse(addr)));
  }

  @ParameterizedTest
  @CsvSource({
    "fe80::1, fe80::2, 126",
    "fe81::1, fe80::2, 15",
    "127.0.0.1, fe80::1, 0",
    "::1, ::1, 128",
    "8000::, ::, 0",
    "4000::, ::, 1",
  })
  void thePrefixIsCountedInBits(String a, String b, int bits) {
    byte[] one = Addr.parse(a).as16();
    byte[] other = Addr.parse(b).as16();
    assertEquals(bits, AddrPolicy.commonPrefixLength(one, other));
    assertEquals(bits, AddrPolicy.commonPrefixLength(other, one));
    assertEquals(Math.min(bits, 64), subnetBits(one, other));
  }

  private static int subnetBits(byte[] a, byte[] b) {
    return AddrPolicy.commonPrefixLength(Arrays.copyOf(a, 8), Arrays.copyOf(b, 8));
  }
}

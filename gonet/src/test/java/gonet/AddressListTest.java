package gonet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gonet.internal.time.Clock;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Go's {@code TestAddrList}, {@code TestAddrListPartition} and {@code TestLookupWithIP}, and what
 * {@code internetAddrList} and {@code resolveAddrList} promise.
 */
class AddressListTest {
  private static final Lookup NEVER = lookup(request -> fail("looked up " + request));

  private static Lookup lookup(Resolver resolver) {
    return Lookup.plain(resolver);
  }

  /** A resolver that knows one host under all names. */
  private static Lookup always(String... addrs) {
    List<Addr> answer = Arrays.stream(addrs).map(Addr::parse).toList();
    return lookup(host -> answer);
  }

  private static AddressList<TcpAddr> listOf(String spaceSeparated) {
    return new AddressList<TcpAddr>(
        Arrays.stream(spaceSeparated.split(" ", -1))
            .map(text -> TcpAddr.of(AddrPort.parse(text)))
            .toList());
  }

  private static String text(List<TcpAddr> addrs) {
    return String.join(" ", addrs.stream().map(TcpAddr::toString).toList());
  }

  @ParameterizedTest
  @Proves({"node-listen-name", "D4"})
  @CsvSource({
    "192.0.2.1:1, 192.0.2.1:1, 192.0.2.1:1",
    "[2001:db8::1]:1, [2001:db8::1]:1, [2001:db8::1]:1",
    "192.0.2.1:1 [2001:db8::1]:1, 192.0.2.1:1, [2001:db8::1]:1",
    "[2001:db8::1]:1 192.0.2.1:1, 192.0.2.1:1, [2001:db8::1]:1",
    "[2001:db8::1]:1 192.0.2.1:1 192.0.2.2:1, 192.0.2.1:1, [2001:db8::1]:1",
    "192.0.2.1:1 192.0.2.2:1, 192.0.2.1:1, 192.0.2.1:1",
  })
  void theFirstIpv4AddressIsChosenUnlessAnIpv6LiteralWasGiven(
      String all, String ipv4First, String ipv6First) {
    AddressList<TcpAddr> list = listOf(all);
    assertEquals(ipv4First, list.forListen().toString());
    assertEquals(ipv4First, list.forResolve("tcp", "host:1").toString());
    assertEquals(ipv6First, list.forResolve("tcp", "[host]:1").toString());
    assertEquals(ipv4First, list.forResolve("tcp4", "[host]:1").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1:1, 192.0.2.1:1, ''",
    "[::1]:1, [::1]:1, ''",
    "[::1]:1 [::2]:1, [::1]:1 [::2]:1, ''",
    "192.0.2.1:1 [::1]:1, 192.0.2.1:1, [::1]:1",
    "[::1]:1 192.0.2.1:1, [::1]:1, 192.0.2.1:1",
    "[::1]:1 192.0.2.1:1 [::2]:1 192.0.2.2:1, [::1]:1 [::2]:1, 192.0.2.1:1 192.0.2.2:1",
    "[::ffff:192.0.2.1]:1 [::2]:1 192.0.2.2:1, 192.0.2.1:1 192.0.2.2:1, [::2]:1",
  })
  void primariesHaveTheFamilyOfTheFirstAndFallbacksTheOther(
      String all, String primaries, String fallbacks) {
    assertEquals(primaries, text(listOf(all).primaries()));
    assertEquals(fallbacks, text(listOf(all).fallbacks()));
  }

  @Test
  void anEmptyListCannotBe() {
    assertThrows(IllegalArgumentException.class, () -> new AddressList<TcpAddr>(List.of()));
  }

  @ParameterizedTest
  @Proves({"names-literal", "A32"})
  @CsvSource({
    "tcp, 192.0.2.1:80, 192.0.2.1:80",
    "tcp, [2001:db8::1]:80, [2001:db8::1]:80",
    "tcp, [fe80::1%eth0]:80, [fe80::1%eth0]:80",
    "tcp4, [::ffff:192.0.2.1]:80, 192.0.2.1:80",
    "tcp, [::]:80, [::]:80 0.0.0.0:80",
    "tcp6, [::]:80, [::]:80",
    "tcp4, [::]:80, 0.0.0.0:80",
    "tcp, 0.0.0.0:80, 0.0.0.0:80",
    "tcp, :80, :80",
    "tcp6, :, :0",
    "tcp, '', :0",
  })
  void aLiteralAddressNeverReachesTheResolver(String network, String address, String all)
      throws Exception {
    assertEquals(
        all, text(AddressList.resolve(InetNetwork.TCP, NEVER, network, address).addresses()));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp, [2001:db8::1]:7 192.0.2.1:7 [fe80::1%eth0]:7 192.0.2.2:7",
    "tcp4, 192.0.2.1:7 192.0.2.2:7",
    "tcp6, [2001:db8::1]:7 [fe80::1%eth0]:7",
  })
  void aNameYieldsTheAddressesOfTheFamilyInTheResolversOrder(String network, String all)
      throws Exception {
    Lookup both = always("2001:db8::1", "192.0.2.1", "fe80::1%eth0", "::ffff:192.0.2.2");
    assertEquals(
        all, text(AddressList.resolve(InetNetwork.TCP, both, network, "host:7").addresses()));
  }

  @Test
  void aNameWithoutAnAddressOfTheFamilyIsRefused() {
    NetAddressException e =
        assertThrows(
            NetAddressException.class,
            () -> AddressList.resolve(InetNetwork.TCP, always("192.0.2.1"), "tcp6", "host:7"));
    assertEquals("address host: no suitable address found", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "host.example", "1.2.3", "192.0.2.01", "127.1", "2130706433"})
  void whatIsNoLiteralIsAskedOfTheResolverAsItStands(String host) throws Exception {
    Lookup echo =
        lookup(
            asked -> {
              assertEquals(host, asked.host());
              return List.of(Addr.ipv6Loopback());
            });
    assertEquals(
        "[::1]:1",
        text(AddressList.resolve(InetNetwork.TCP, echo, "tcp", host + ":1").addresses()));
  }

  @ParameterizedTest
  @CsvSource({"tcp, ANY", "tcp4, IPV4", "tcp6, IPV6"})
  void theResolverIsAskedForTheFamilyOfTheNetworkAlone(
      String network, LookupRequest.Family family) {
    Lookup asks =
        lookup(
            request -> {
              assertEquals(family, request.family());
              assertNull(request.limit());
              return List.of(Addr.ipv6Loopback(), Addr.ipv4Unspecified());
            });
    assertDoesNotThrow(() -> AddressList.resolve(InetNetwork.TCP, asks, network, "host:1"));
  }

  @Test
  void aNameWithoutAnAddressOfTheFamilyIsRefusedAlikeIfTheSystemResolves() {
    SystemResolver system =
        new SystemResolver(_ -> new InetAddress[] {InetAddress.getByName("192.0.2.1")});
    NetAddressException e =
        assertThrows(
            NetAddressException.class,
            () -> AddressList.resolve(InetNetwork.TCP, Lookup.plain(system), "tcp6", "host:7"));
    assertEquals("address host: no suitable address found", e.getMessage());
  }

  @Test
  void onlyAddressesThatAreOfUseAreSorted() throws Exception {
    List<List<Addr>> sorted = new ArrayList<>();
    Lookup both =
        new Lookup(
            _ -> List.of(Addr.parse("::1"), Addr.parse("192.0.2.1"), Addr.parse("192.0.2.2")),
            Clock.NONE,
            addrs -> {
              sorted.add(addrs);
              return addrs.reversed();
            });
    assertEquals(
        "192.0.2.2:7 192.0.2.1:7",
        text(AddressList.resolve(InetNetwork.TCP, both, "tcp4", "host:7").addresses()));
    assertEquals("[[192.0.2.1, 192.0.2.2]]", sorted.toString());
  }

  @Test
  void aResolverWithoutAnAnswerMeansNoSuchHost() {
    DnsException e =
        assertThrows(
            DnsException.class,
            () -> AddressList.resolve(InetNetwork.TCP, lookup(host -> List.of()), "tcp", "host:1"));
    assertEquals("lookup host: no such host", e.getMessage());
    assertTrue(e.isNotFound());
  }

  @Test
  void aResolversFailureIsThrownAsItIs() {
    IOException broken = new IOException("broken");
    Lookup failing =
        lookup(
            host -> {
              throw broken;
            });
    assertEquals(
        broken,
        assertThrows(
            IOException.class,
            () -> AddressList.resolve(InetNetwork.TCP, failing, "tcp", "host:1")));
  }

  @Test
  void aDeadlineThatHasPassedFailsBeforeTheLookupButSparesLiterals() throws Exception {
    Lookup late = new Lookup(NEVER.resolver(), Clock.LONG_AGO, NEVER.order());
    SocketTimeoutException e =
        assertThrows(
            SocketTimeoutException.class,
            () -> AddressList.resolve(InetNetwork.TCP, late, "tcp", "host:1"));
    assertEquals("lookup host: i/o timeout", e.getMessage());
    assertEquals(
        "[::1]:1", text(AddressList.resolve(InetNetwork.TCP, late, "tcp", "[::1]:1").addresses()));
  }

  @Test
  void dialNeedsAnAddressAndListenDoesNot() throws Exception {
    NetAddressException e =
        assertThrows(
            NetAddressException.class,
            () -> AddressList.resolveForDial(InetNetwork.TCP, NEVER, "tcp", "", null));
    assertEquals("missing address", e.getMessage());
    assertThrows(
        NetAddressException.class,
        () -> AddressList.resolveForDial(InetNetwork.TCP, NEVER, "foo", "", null));
    assertEquals(
        ":0", AddressList.resolve(InetNetwork.TCP, NEVER, "tcp", "").forListen().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.9:0, 192.0.2.1:7",
    "[2001:db8::9]:0, [2001:db8::1]:7",
    "0.0.0.0:0, [2001:db8::1]:7 192.0.2.1:7",
    "[::]:0, [2001:db8::1]:7 192.0.2.1:7",
  })
  void aLocalAddressAdmitsRemotesOfItsFamilyOnly(String local, String all) throws Exception {
    Lookup both = always("2001:db8::1", "192.0.2.1");
    TcpAddr localAddr = TcpAddr.of(AddrPort.parse(local));
    assertEquals(
        all,
        text(
            AddressList.resolveForDial(InetNetwork.TCP, both, "tcp", "host:7", localAddr)
                .addresses()));
  }

  @Test
  void aLocalAddressWithoutARemoteOfItsFamilyIsNamed() throws Exception {
    TcpAddr local = TcpAddr.of(AddrPort.parse("192.0.2.9:0"));
    NetAddressException e =
        assertThrows(
            NetAddressException.class,
            () -> AddressList.resolveForDial(InetNetwork.TCP, NEVER, "tcp", "[::1]:7", local));
    assertEquals("address 192.0.2.9:0: no suitable address found", e.getMessage());
    assertEquals(
        ":7",
        text(AddressList.resolveForDial(InetNetwork.TCP, NEVER, "tcp", ":7", local).addresses()));
  }
}

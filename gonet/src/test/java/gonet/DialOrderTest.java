package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.support.Ipv6;
import gonet.support.Proves;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which order a dialer tries what its resolver answers, and what it asks it for. */
@Timeout(180)
class DialOrderTest {
  private static final Addr V4 = Addr.parse("127.0.0.1");

  /** Of a zone that no machine has, so that there is no way to it. */
  private static final Addr NOWHERE = Addr.parse("fe80::1%no-such-zone");

  private final List<String> tried = new CopyOnWriteArrayList<>();
  private final ServerSocket live = new ServerSocket();
  private int port;

  /** Keeps a port that nobody listens on, so that no other process listens there either. */
  private final Socket holder = new Socket();

  DialOrderTest() throws IOException {
    live.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
    port = live.getLocalPort();
  }

  @AfterEach
  void close() throws IOException {
    live.close();
    holder.close();
  }

  private Dialer dialer(Resolver resolver) {
    return Dialer.defaults()
        .withResolver(resolver)
        .withFallbackDelay(null)
        .withControl((_, address, _) -> tried.add(address));
  }

  private String address(Addr addr) {
    return AddrPort.of(addr, port).toString();
  }

  @Test
  @Proves("names-order")
  void whatCannotBeReachedIsTriedLastWhateverTheResolverSays() throws Exception {
    Dialer dialer = dialer(_ -> List.of(NOWHERE, V4));
    dialer.dial("tcp", "host.test:" + port).close();
    assertEquals(List.of(address(V4)), tried);
  }

  @Test
  @Proves("names-order")
  void ipv6GoesBeforeIpv4WhereThisMachineHasIt() {
    List<Addr> answer = List.of(V4, Addr.ipv6Loopback());
    nobodyListens();
    Dialer dialer = dialer(_ -> answer);
    assertThrows(IOException.class, () -> dialer.dial("tcp", "host.test:" + port));
    List<String> right = new ArrayList<>(answer.stream().map(this::address).toList());
    assertEquals(Ipv6.works() ? right.reversed() : right, tried);
  }

  private void nobodyListens() {
    try {
      holder.bind(new InetSocketAddress(0));
      port = holder.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @Proves("dialer-resolver")
  void addressesOfOneRankAreTriedInTheResolversOrder() {
    nobodyListens();
    List<Addr> answer =
        List.of(Addr.parse("127.0.0.3"), Addr.parse("127.0.0.1"), Addr.parse("127.0.0.2"));
    Dialer dialer = dialer(_ -> answer);
    assertThrows(IOException.class, () -> dialer.dial("tcp", "host.test:" + port));
    assertEquals(answer.stream().map(this::address).toList(), tried);
  }

  @Test
  void literalsAreNotSorted() throws Exception {
    // Of [::] both wildcards are tried, the IPv6 one first, whatever a table says about ::.
    nobodyListens();
    Dialer dialer = dialer(_ -> List.of());
    assertThrows(IOException.class, () -> dialer.dial("tcp", "[::]:" + port));
    assertEquals("[::]:" + port, tried.getFirst());
  }

  @ParameterizedTest
  @Proves("dialer-resolver")
  @CsvSource({"tcp, ANY", "tcp4, IPV4", "tcp6, IPV6"})
  void theResolverIsAskedForTheFamilyOfTheNetworkWithTheTimeThatIsLeft(
      String network, LookupRequest.Family family) {
    List<LookupRequest> asked = new CopyOnWriteArrayList<>();
    Dialer dialer =
        dialer(
            request -> {
              asked.add(request);
              return List.of();
            });
    assertThrows(NetUnknownHostException.class, () -> dialer.dial(network, "host.test:80"));
    Duration time = Duration.ofHours(1);
    assertThrows(
        NetUnknownHostException.class,
        () -> dialer.withTimeout(time).dial(network, "host.test:80"));
    assertEquals("LookupRequest[host.test, " + family + ", time unlimited]", asked.get(0) + "");
    LookupRequest limited = asked.get(1);
    assertEquals("host.test", limited.host());
    assertEquals(family, limited.family());
    Duration left = Objects.requireNonNull(limited.limit()).left();
    assertEquals(true, left.isPositive() && left.compareTo(time) <= 0, left::toString);
  }

  @Test
  void aRequestIsChangedByCopyAndRefusesNothingButNull() {
    LookupRequest request = LookupRequest.of("a");
    LookupRequest changed =
        request.withFamily(LookupRequest.Family.IPV4).withLimit(TimeLimit.after(Duration.ZERO));
    assertEquals("LookupRequest[a, ANY, time unlimited]", request.toString());
    assertEquals("LookupRequest[a, IPV4, time PT0S]", changed.toString());
    assertEquals("LookupRequest[a, IPV4, time unlimited]", changed.withLimit(null).toString());
    assertThrows(NullPointerException.class, () -> LookupRequest.of(null));
    assertThrows(NullPointerException.class, () -> request.withFamily(null));
  }
}

package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddressException;
import gonet.PacketConn;
import gonet.Resolver;
import gonet.TcpAddr;
import gonet.TcpListener;
import gonet.UdpAddr;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a dialer may go: asked after the lookup, of the address itself, and before connect. */
@LeakCheck
@Timeout(180)
@Proves("dialer-filter")
class AddrFilterTest {
  private static final Addr LOOPBACK = Addr.parse("127.0.0.1");
  private static final Addr ELSEWHERE = Addr.parse("127.0.0.99");

  private final List<AddrPort> asked = new CopyOnWriteArrayList<>();

  private Dialer to(Addr allowed) {
    return Dialer.defaults()
        .withAddrFilter(
            to -> {
              asked.add(to);
              return to.addr().equals(allowed);
            });
  }

  private static Resolver names(Addr... addrs) {
    return _ -> List.of(addrs);
  }

  @Test
  void ofANamesAddressesThoseAreTriedThatItAllows() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      Dialer dialer =
          to(LOOPBACK)
              .withResolver(names(ELSEWHERE, LOOPBACK, Addr.parse("::1")))
              .withTimeout(Duration.ofSeconds(20));
      int port = listener.addr().port();
      try (Conn conn = dialer.dial("tcp", "example.test:" + port)) {
        assertEquals(listener.addr(), conn.remoteAddr());
      }
      assertTrue(asked.contains(AddrPort.of(ELSEWHERE, port)), asked::toString);
      assertTrue(asked.contains(AddrPort.of(Addr.parse("::1"), port)), asked::toString);
    }
  }

  @Test
  void aNameThatMeansNothingAllowedIsNotDialled() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      String name = "example.test:" + listener.addr().port();
      Dialer dialer = to(ELSEWHERE).withResolver(names(LOOPBACK));
      NetAddressException e =
          assertThrows(NetAddressException.class, () -> dialer.dial("tcp", name));
      assertEquals(
          "dial tcp: address " + listener.addr() + ": not allowed by the filter of this dialer",
          e.getMessage());
      listener.setTimeout(Duration.ofMillis(50));
      assertThrows(gonet.NetTimeoutException.class, listener::accept);
    }
  }

  /** All ways to say this machine. */
  @Test
  void aLiteralAWildcardAndAMappedAddressAreAskedAsWhatIsConnected() throws Exception {
    Dialer dialer = to(ELSEWHERE);
    for (String address :
        new String[] {"127.0.0.1:1", "0.0.0.0:1", "[::ffff:127.0.0.1]:1", "[::ffff:0.0.0.0]:1"}) {
      asked.clear();
      assertThrows(NetAddressException.class, () -> dialer.dial("tcp4", address));
      assertEquals(List.of(AddrPort.of(LOOPBACK, 1)), asked, address);
    }
    asked.clear();
    assertThrows(NetAddressException.class, () -> dialer.dialTcp("tcp4", TcpAddr.ofPort(1)));
    assertEquals(List.of(AddrPort.of(LOOPBACK, 1)), asked);
  }

  @Test
  void datagramsAreFilteredAsWell() throws Exception {
    try (PacketConn server = Net.listenPacket("udp4", "127.0.0.1:0")) {
      UdpAddr at = (UdpAddr) server.localAddr();
      assertThrows(NetAddressException.class, () -> to(ELSEWHERE).dial("udp", at.toString()));
      assertThrows(NetAddressException.class, () -> to(ELSEWHERE).dialUdp("udp", at));
      to(LOOPBACK).dialUdp("udp", at).close();
      Dialer.defaults().withAddrFilter(_ -> false).withAddrFilter(null).dialUdp("udp", at).close();
    }
  }
}

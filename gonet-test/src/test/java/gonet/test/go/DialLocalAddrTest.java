package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.TcpAddr;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The address on this side of a dial. Go: net/dial_test.go, TestDialerLocalAddr. */
@LeakCheck
@Timeout(180)
@Proves("dialer-local")
class DialLocalAddrTest {

  private static @Nullable TcpAddr addr(String text) {
    return switch (text) {
      case "none" -> null;
      case ":0" -> TcpAddr.ofPort(0);
      default -> TcpAddr.of(AddrPort.parse(text));
    };
  }

  private static Dialer from(String local) {
    return Dialer.defaults().withLocalAddr(addr(local));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp4, 127.0.0.1, none",
    "tcp4, 127.0.0.1, :0",
    "tcp4, 127.0.0.1, 0.0.0.0:0",
    "tcp4, 127.0.0.1, [::ffff:0.0.0.0]:0",
    "tcp4, 127.0.0.1, 127.0.0.1:0",
    "tcp4, 127.0.0.1, [::ffff:127.0.0.1]:0",
    "tcp6, [::1], none",
    "tcp6, [::1], :0",
    "tcp6, [::1], 0.0.0.0:0",
    "tcp6, [::1], [::ffff:0.0.0.0]:0",
    "tcp6, [::1], [::]:0",
    "tcp6, [::1], [::1]:0",
    "tcp, 127.0.0.1, none",
    "tcp, 127.0.0.1, :0",
    "tcp, 127.0.0.1, 0.0.0.0:0",
    "tcp, 127.0.0.1, [::ffff:0.0.0.0]:0",
    "tcp, 127.0.0.1, 127.0.0.1:0",
    "tcp, 127.0.0.1, [::ffff:127.0.0.1]:0",
    // An IPv6 socket reaches an IPv4 address as a mapped one.
    "tcp, 127.0.0.1, [::]:0",
    "tcp, [::1], none",
    "tcp, [::1], :0",
    "tcp, [::1], 0.0.0.0:0",
    "tcp, [::1], [::ffff:0.0.0.0]:0",
    "tcp, [::1], [::]:0",
    "tcp, [::1], [::1]:0",
  })
  void anAddressOfTheRemotesFamilyOrAWildcardDials(String network, String remote, String local)
      throws Exception {
    Ipv6.assumeFor(network, remote, local);
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "[::]:0")) {
      String address = remote + ":" + listener.addr().port();
      try (TcpConn byName = from(local).dialTcp(network, address);
          TcpConn accepted = listener.accept();
          TcpConn byAddr = from(local).dialTcp(network, TcpAddr.of(AddrPort.parse(address)));
          TcpConn second = listener.accept()) {
        assertEquals(accepted.remoteAddr(), byName.localAddr());
        assertEquals(second.remoteAddr(), byAddr.localAddr());
        TcpAddr asked = addr(local);
        if (asked != null && !asked.isWildcard()) {
          assertEquals(asked.addr(), byName.localAddr().addr());
        }
      }
    }
  }

  @Test
  @Proves("A12")
  void withoutOneEachConnectionGetsAnAddressAndAPortOfTheSystemAndTellsThem() throws Exception {
    Set<Integer> ports = new HashSet<>();
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
      assertNotEquals(0, listener.addr().port());
      List<TcpConn> open = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        TcpConn dialled = Dialer.defaults().dialTcp("tcp4", listener.addr());
        TcpConn accepted = listener.accept();
        Collections.addAll(open, dialled, accepted);
        assertEquals(accepted.remoteAddr(), dialled.localAddr());
        assertEquals("127.0.0.1", dialled.localAddr().addr().toString());
        ports.add(dialled.localAddr().port());
      }
      open.forEach(TcpConn::close);
    }
    assertEquals(5, ports.size(), ports::toString);
    assertFalse(ports.contains(0), ports::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "tcp4, 127.0.0.1:1, [::]:0, non-IPv4 address",
    "tcp4, 127.0.0.1:1, [::1]:0, no suitable address found",
    "tcp6, [::1]:1, 127.0.0.1:0, no suitable address found",
    "tcp6, [::1]:1, [::ffff:127.0.0.1]:0, no suitable address found",
    "tcp, 127.0.0.1:1, [::1]:0, no suitable address found",
    "tcp, [::1]:1, 127.0.0.1:0, no suitable address found",
    "tcp, [::1]:1, [::ffff:127.0.0.1]:0, no suitable address found",
  })
  void anAddressOfTheOtherFamilyIsRefusedBeforeAnythingIsSent(
      String network, String remote, String local, String reason) {
    Dialer dialer =
        from(local)
            .withControl(
                (_, address, _) -> {
                  throw new AssertionError("tried " + address);
                });
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> dialer.dial(network, remote));
    assertTrue(e.getMessage().endsWith(": " + reason), e.getMessage());
    assertEquals(addr(local), e.source());
    TcpAddr to = TcpAddr.of(AddrPort.parse(remote));
    NetAddressException same =
        assertThrows(NetAddressException.class, () -> dialer.dialTcp(network, to));
    assertTrue(same.getMessage().endsWith(": " + reason), same.getMessage());
  }

  /** Go: mismatched local address type. */
  @Test
  void anAddressOfAnotherNetworkIsRefusedByNameBeforeAnythingIsLookedUp() {
    NetAddr other = named("udp", "127.0.0.1:9");
    Dialer dialer =
        Dialer.defaults()
            .withLocalAddr(other)
            .withResolver(
                host -> {
                  throw new AssertionError("looked up " + host);
                });
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> dialer.dial("tcp", "host.test:1"));
    assertEquals(
        "dial tcp udp!127.0.0.1:9: address udp!127.0.0.1:9: local address is of network udp, not"
            + " tcp",
        e.getMessage());
    assertEquals(other, e.source());
    TcpAddr to = TcpAddr.of(AddrPort.parse("127.0.0.1:1"));
    e = assertThrows(NetAddressException.class, () -> dialer.dialTcp("tcp", to));
    assertEquals(to, e.addr());
    NetAddr pipe = Net.pipe().first().localAddr();
    e =
        assertThrows(
            NetAddressException.class,
            () -> Dialer.defaults().withLocalAddr(pipe).dial(to.toInetSocketAddress()));
    assertTrue(e.getMessage().contains("local address is of network pipe"), e.getMessage());
  }

  @Test
  void anybodysAddressOfTheSameNetworkWillDo() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
        TcpConn dialled =
            Dialer.defaults()
                .withLocalAddr(named("tcp", "127.0.0.1:0"))
                .dialTcp("tcp", listener.addr());
        TcpConn accepted = listener.accept()) {
      assertEquals(accepted.remoteAddr(), dialled.localAddr());
    }
  }

  private static NetAddr named(String network, String addrPort) {
    return new NetAddr() {
      @Override
      public String network() {
        return network;
      }

      @Override
      public AddrPort addrPort() {
        return AddrPort.parse(addrPort);
      }

      @Override
      public String toString() {
        return network + "!" + addrPort;
      }
    };
  }

  @Test
  @Proves({"node-local", "A33"})
  void aPortThatIsGivenIsTheOneTheOtherSideSees() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      int port;
      try (TcpListener free = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
        port = free.addr().port();
      }
      try (TcpConn dialled = from("127.0.0.1:" + port).dialTcp("tcp", listener.addr().toString());
          TcpConn accepted = listener.accept()) {
        assertEquals(port, dialled.localAddr().port());
        assertEquals(port, accepted.remoteAddr().port());
        // What was written last decides who has to wait for stray segments: not the next test.
        dialled.abort();
      }
    }
  }

  @Test
  @Proves("B9")
  void aPortInUseOrAnAddressOfAnotherMachineIsABindFailure() throws Exception {
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0")) {
      String address = listener.addr().toString();
      NetBindException inUse =
          assertThrows(NetBindException.class, () -> from(address).dial("tcp", address));
      assertEquals("EADDRINUSE", inUse.errno());
      assertEquals(
          "dial tcp " + address + "->" + address + ": bind: address already in use",
          inUse.getMessage());
      NetBindException elsewhere =
          assertThrows(NetBindException.class, () -> from("192.0.2.200:0").dial("tcp", address));
      assertEquals("EADDRNOTAVAIL", elsewhere.errno());
    }
  }
}

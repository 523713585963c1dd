package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.IpAddr;
import gonet.IpConn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetSocketException;
import gonet.PacketConn;
import gonet.UdpAddr;
import gonet.netip.Addr;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Go's {@code iprawsock_test.go}. */
@LeakCheck
@Timeout(180)
@Proves("raw-ip")
class IpSockTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  /** For experiments: RFC 3692. Nobody else answers. */
  private static final String NOBODYS = "ip4:253";

  private static boolean isPermitted() throws IOException {
    try {
      Net.listenPacket(NOBODYS, "127.0.0.1").close();
      return true;
    } catch (NetSocketException e) {
      assertEquals("EPERM", e.errno());
      assertEquals("listen ip4:253 127.0.0.1: socket: operation not permitted", e.getMessage());
      return false;
    }
  }

  private static void assumePermitted() throws IOException {
    assumeTrue(isPermitted(), "this user may open no raw sockets (CAP_NET_RAW)");
  }

  /** Also for a user who may not: the refusal is looked at. */
  @Test
  @OverEpoll
  void packetsGoBetweenAddressesAndBackWithoutTheirHeaders() throws Exception {
    assumePermitted();
    try (PacketConn server = Net.listenPacket(NOBODYS, "127.0.0.1");
        IpConn client = ListenConfig.defaults().listenIp(NOBODYS, "127.0.0.2")) {
      assertInstanceOf(IpConn.class, server);
      client.send(HELLO, server.localAddr());
      ByteBuffer buf = ByteBuffer.allocate(100);
      assertEquals(IpAddr.of(Addr.parse("127.0.0.2")), server.receive(buf));
      assertEquals("hello", UTF_8.decode(buf.flip()).toString());
      Datagram d = Datagram.allocate(100);
      client.send(HELLO, server.localAddr());
      server.receive(d);
      assertEquals(client.localAddr(), d.addr());
      assertEquals("hello", UTF_8.decode(d.data().duplicate()).toString());
      server.send(d);
      DatagramBatch batch = DatagramBatch.allocate(2, 100);
      assertEquals(1, client.receive(batch));
      assertEquals(5, batch.get(0).wireLength());
      assertEquals(server.localAddr(), batch.get(0).addr());
    }
  }

  @Test
  @OverEpoll
  void aConnectedSocketHearsItsPeerAndReadsTheHeaderToo() throws Exception {
    assumePermitted();
    try (PacketConn server = Net.listenPacket(NOBODYS, "127.0.0.3");
        Conn client = Net.dial(NOBODYS, "127.0.0.3")) {
      client.write(HELLO);
      Datagram d = Datagram.allocate(100);
      server.receive(d);
      server.send(d);
      byte[] buf = new byte[100];
      client.setReadTimeout(Duration.ofSeconds(20));
      int n = client.read(buf);
      assertEquals(4, buf[0] >> 4); // IPv4
      assertEquals("hello", new String(buf, n - 5, 5, UTF_8));
      IpConn ip = (IpConn) client;
      assertEquals(
          "EISCONN",
          assertThrows(NetSocketException.class, () -> ip.send(HELLO, server.localAddr())).errno());
      ip.send(d.setAddr(server.localAddr()));
      server.receive(d);
    }
  }

  /** Go: TestIPConn…; the kernel answers. */
  @Test
  @OverEpoll
  void aPingIsAnswered() throws Exception {
    assumePermitted();
    try (IpConn conn = Dialer.defaults().dialIp("ip4:icmp", "127.0.0.1")) {
      ping(conn, 8, 0);
    }
  }

  @Test
  @OverEpoll
  @NeedsIpv6
  void aPingIsAnsweredOverIpv6Too() throws Exception {
    assumePermitted();
    try (IpConn conn = Dialer.defaults().dialIp("ip6:ipv6-icmp", "::1")) {
      ping(conn, 128, 129);
    }
  }

  private static void ping(IpConn conn, int request, int reply) throws IOException {
    int id = (int) ProcessHandle.current().pid() & 0xffff;
    ByteBuffer echo =
        ByteBuffer.allocate(8).put((byte) request).putShort(4, (short) id).putShort(6, (short) 7);
    int sum = (request << 8) + id + 7;
    sum = (sum & 0xffff) + (sum >> 16);
    echo.putShort(2, (short) ~sum); // over IPv6 the kernel does this
    conn.setReadTimeout(Duration.ofSeconds(20));
    conn.write(echo.clear());
    Datagram d = Datagram.allocate(1000);
    do { // the question is heard as well
      conn.receive(d);
    } while (d.data().get(0) != (byte) reply || d.data().getShort(4) != (short) id);
    assertEquals(7, d.data().getShort(6));
  }

  /** Go: TestResolveIPAddr. */
  @Test
  @Proves("addr-resolve")
  void anAddressIsResolvedPreferringIpv4() throws Exception {
    assertEquals("127.0.0.1", IpAddr.resolve("ip", "localhost").toString());
    assertEquals("127.0.0.1", IpAddr.resolve("", "127.0.0.1").toString());
    assertEquals("127.0.0.1", IpAddr.resolve("ip4:icmp", "127.0.0.1").toString());
    assertEquals("::1", IpAddr.resolve("ip6", "::1").toString());
    assertEquals("ip", IpAddr.resolve("ip6:58", "::1").network());
    assertEquals(
        "::1", assertThrows(NetAddressException.class, () -> IpAddr.resolve("ip4", "::1")).value());
    assertEquals(
        "tcp", assertThrows(NetAddressException.class, () -> IpAddr.resolve("tcp", "::1")).value());
    assertThrows(NetAddressException.class, () -> IpAddr.resolve("ip4:nope", "127.0.0.1"));
  }

  @Test
  @OverEpoll
  void whatMeansNothingIsRefusedByName() throws Exception {
    refuses("listen ip4:nope: network ip4:nope: unknown IP protocol nope", "ip4:nope", "127.0.0.1");
    refuses("listen ip4:256: network ip4:256: unknown IP protocol 256", "ip4:256", "127.0.0.1");
    refuses("listen ip4:: network ip4:: unknown IP protocol ", "ip4:", "127.0.0.1");
    refuses("listen ip4:1: address ::1: no suitable address found", "ip4:1", "::1");
    refuses("listen ip6:1: address 127.0.0.1: no suitable address found", "ip6:1", "127.0.0.1");
    assertThrows(NetAddressException.class, () -> Net.dial("ip4:icmp", ""));
    assertThrows(
        NetAddressException.class,
        () -> Dialer.defaults().withLocalAddr(UdpAddr.ofPort(1)).dial("ip4:icmp", "127.0.0.1"));
    assertThrows(
        NetAddressException.class,
        () -> Dialer.defaults().withAddrFilter(_ -> false).dial("ip4:icmp", "127.0.0.1"));
    assumePermitted();
    try (IpConn conn = ListenConfig.defaults().listenIp("ip4:253", "")) {
      assertEquals("0.0.0.0", conn.localAddr().toString());
      NetAddressException e =
          assertThrows(NetAddressException.class, () -> conn.send(HELLO, UdpAddr.ofPort(1)));
      assertTrue(e.getMessage().endsWith("address is of network udp, not ip"), e.getMessage());
    }
  }

  private static void refuses(String text, String network, String address) {
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> Net.listenPacket(network, address));
    assertEquals(text, e.getMessage());
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "the other backend has raw sockets")
  void theJdkHasNone() {
    String why = ": network ip4:icmp: not supported on this backend";
    NetAddressException e =
        assertThrows(NetAddressException.class, () -> Net.listenPacket("ip4:icmp", "127.0.0.1"));
    assertEquals("listen ip4:icmp 127.0.0.1" + why, e.getMessage());
    NetAddressException dial =
        assertThrows(NetAddressException.class, () -> Net.dial("ip4:icmp", "127.0.0.1"));
    assertEquals("dial ip4:icmp 127.0.0.1" + why, dial.getMessage());
  }
}

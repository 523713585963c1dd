package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetAddr;
import gonet.NetAddressException;
import gonet.UdpConn;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes and goes beside the bytes of a datagram. */
@LeakCheck
@Timeout(180)
@OverEpoll
@Proves("udp")
class UdpAncillaryTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  private final Datagram d = Datagram.allocate(100);

  private static UdpConn listen(String network, String address) throws IOException {
    return ListenConfig.defaults().listenUdp(network, address);
  }

  private static AddrPort at(String addr, UdpConn conn) {
    return AddrPort.of(Addr.parse(addr), conn.localAddr().port());
  }

  private static int loopback() throws IOException {
    return Objects.requireNonNull(
            NetworkInterface.getByInetAddress(Addr.parse("127.0.0.1").toInetAddress()))
        .getIndex();
  }

  @ParameterizedTest
  @CsvSource({
    "udp4, 127.0.0.1",
    "udp4, 127.0.0.2",
    "udp, 127.0.0.1",
    "udp, 127.0.0.2",
    "udp, ::1",
    "udp6, ::1"
  })
  void anAnswerComesFromTheAddressThatWasAsked(String network, String asked) throws Exception {
    Ipv6.assumeFor(network.equals("udp") ? "::" : network, asked);
    String own = asked.contains(":") ? "[::1]:0" : "127.0.0.1:0";
    try (UdpConn server = listen(network, ":0");
        UdpConn client = listen("udp", own)) {
      server.setReceiveLocalAddr(true);
      AddrPort to = at(asked, server);
      client.send(ByteBuffer.wrap(HELLO), to);
      server.receive(d);
      assertEquals(Addr.parse(asked), d.localAddr());
      assertEquals(loopback(), d.interfaceIndex());
      server.send(d);
      client.receive(d);
      assertEquals(to, d.addrPort());
      assertNull(d.localAddr());
      assertEquals(0, d.interfaceIndex());

      client.send(ByteBuffer.wrap(HELLO), to);
      DatagramBatch batch = DatagramBatch.allocate(4, 100);
      assertEquals(1, server.receive(batch));
      assertEquals(Addr.parse(asked), batch.get(0).localAddr());
      assertEquals(1, server.send(batch, 0, 1));
      client.receive(d);
      assertEquals(to, d.addrPort());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp4", "udp"})
  void aDatagramGoesOutFromTheAddressThatItSays(String network) throws Exception {
    Ipv6.assumeFor(network.equals("udp") ? "::" : "");
    try (UdpConn sender = listen(network, ":0");
        UdpConn receiver = listen("udp", "127.0.0.1:0")) {
      d.data().put(HELLO).flip();
      d.setAddrPort(receiver.localAddr().addrPort()).setLocalAddr(Addr.parse("127.0.0.3"));
      assertEquals(Addr.parse("127.0.0.3"), d.localAddr());
      sender.send(d.setInterface(loopback()));
      Datagram in = Datagram.allocate(100);
      receiver.receive(in);
      assertEquals(at("127.0.0.3", sender), in.addrPort());
      sender.send(d.setLocalAddr(null));
      receiver.receive(in);
      assertEquals(at("127.0.0.1", sender), in.addrPort());
      assertThrows(
          IOException.class,
          () -> sender.send(d.setInterface(0).setLocalAddr(Addr.parse("192.0.2.77"))));
      assertThrows(IllegalArgumentException.class, () -> d.setInterface(-1));
    }
  }

  /** The kernel would take the last bytes of it for an address of the family that it wants. */
  @ParameterizedTest
  @CsvSource({
    "udp4, 127.0.0.1:0, fe80::7f00:1, non-IPv4 address",
    "udp6, [::1]:0, 127.0.0.1, non-IPv6 address",
    "udp, [::]:0, fe80::7f00:1, non-IPv4 address",
  })
  void aSourceOfTheOtherFamilyIsRefusedAndNamed(
      String network, String address, String source, String why) throws Exception {
    Ipv6.assumeFor(address);
    try (UdpConn sender = listen(network, address);
        UdpConn receiver =
            listen(network.equals("udp") ? "udp4" : network, address.replace("[::]", "127.0.0.1"));
        UdpConn client = Dialer.defaults().dialUdp("udp", receiver.localAddr())) {
      AddrPort to = receiver.localAddr().addrPort();
      Addr from = Addr.parse(source);
      d.setAddrPort(to).setLocalAddr(from);
      for (NetAddressException e :
          new NetAddressException[] {
            assertThrows(NetAddressException.class, () -> sender.send(d)),
            assertThrows(NetAddressException.class, () -> client.send(d.setAddr((NetAddr) null))),
          }) {
        String message = e.getMessage();
        assertTrue(message.endsWith(": address " + source + ": " + why), message);
      }
      d.setLocalAddr(null).setAddrPort(to);
      sender.send(d);
      receiver.receive(d);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:0", "[::1]:0"})
  void hopLimitAndTrafficClassAreToldAndSetBySocketAndByDatagram(String address) throws Exception {
    Ipv6.assumeFor(address);
    try (UdpConn server = listen("udp", address);
        UdpConn client = Dialer.defaults().dialUdp("udp", server.localAddr())) {
      client.write(HELLO);
      server.receive(d);
      assertEquals(Datagram.UNKNOWN, d.hopLimit());
      assertEquals(Datagram.UNKNOWN, d.trafficClass());
      assertEquals(Datagram.UNKNOWN, d.ecn());
      assertNull(d.timestamp());

      for (UdpConn each : new UdpConn[] {server, client}) {
        each.setReceiveHopLimit(true);
        each.setReceiveTrafficClass(true);
      }
      client.setHopLimit(7);
      assertEquals(7, client.hopLimit());
      client.setTrafficClass(0xb8 | 1);
      assertEquals(0xb9, client.trafficClass());
      client.write(HELLO);
      server.receive(d);
      assertEquals(7, d.hopLimit());
      assertEquals(0xb9, d.trafficClass());
      assertEquals(1, d.ecn());

      server.send(d); // an answer has the server's own
      client.receive(d);
      assertEquals(server.hopLimit(), d.hopLimit());
      assertEquals(0, d.trafficClass());

      Datagram out = Datagram.allocate(1);
      client.send(out.setHopLimit(9).setTrafficClass(2));
      server.receive(d);
      assertEquals(9, d.hopLimit());
      assertEquals(2, d.ecn());
      client.send(out.setHopLimit(null).setTrafficClass(null));
      server.receive(d);
      assertEquals(7, d.hopLimit());
      assertEquals(0xb9, d.trafficClass());
      assertThrows(IllegalArgumentException.class, () -> d.setHopLimit(0));
      assertThrows(IllegalArgumentException.class, () -> d.setTrafficClass(256));
      assertThrows(IllegalArgumentException.class, () -> client.setHopLimit(256));
    }
  }

  /** A server on both families sets and tells the same of its IPv4 peers. */
  @Test
  void ofAnIpv4PeerASocketOfBothFamiliesTellsTheSame() throws Exception {
    Ipv6.assume();
    try (UdpConn server = listen("udp", ":0");
        UdpConn peer =
            Dialer.defaults().dialUdp("udp4", "127.0.0.1:" + server.localAddr().port())) {
      server.setReceiveHopLimit(true);
      server.setReceiveTrafficClass(true);
      peer.setReceiveHopLimit(true);
      peer.setHopLimit(11);
      peer.setTrafficClass(3);
      peer.write(HELLO);
      server.receive(d);
      assertEquals(11, d.hopLimit());
      assertEquals(3, d.ecn());
      server.send(d.setHopLimit(12));
      peer.receive(d);
      assertEquals(12, d.hopLimit());
    }
  }

  @Test
  void theTimeOfArrivalIsTold() throws Exception {
    try (UdpConn server = listen("udp", "127.0.0.1:0");
        UdpConn client = Dialer.defaults().dialUdp("udp", server.localAddr())) {
      server.setReceiveTimestamp(true);
      client.write(HELLO);
      server.receive(d);
      Instant told = d.timestamp();
      assertNotNull(told);
      Duration off = Duration.between(told, Instant.now()).abs();
      assertTrue(off.compareTo(Duration.ofHours(1)) < 0, off::toString);
    }
  }

  // ---- many as one -----------------------------------------------------------------------------

  @Test
  void segmentsGoOutAsDatagrams() throws Exception {
    try (UdpConn server = listen("udp", "127.0.0.1:0");
        UdpConn client = Dialer.defaults().dialUdp("udp", server.localAddr())) {
      Datagram many = Datagram.allocate(10 * 1000 + 7).setSegmentSize(1000);
      for (int i = 0; i < many.data().capacity(); i++) {
        many.data().put(i, (byte) (i / 1000));
      }
      client.send(many);
      ByteBuffer in = ByteBuffer.allocate(2000);
      for (int i = 0; i <= 10; i++) {
        server.receive(in.clear());
        assertEquals(i < 10 ? 1000 : 7, in.position());
        assertEquals(i, in.get(in.position() - 1));
      }
      many.data().limit(500); // shorter than a segment: one datagram
      client.send(many);
      server.receive(in.clear());
      assertEquals(500, in.position());
      assertThrows(IllegalArgumentException.class, () -> many.setSegmentSize(65536));
      assertThrows(IllegalArgumentException.class, () -> many.setSegmentSize(-1));
    }
  }

  @Test
  void whatComesAsOneIsCutAgainAndGoesBackAsItCame() throws Exception {
    try (UdpConn server = listen("udp", "127.0.0.1:0");
        UdpConn client = Dialer.defaults().dialUdp("udp", server.localAddr())) {
      server.setCoalescing(true);
      Datagram many = Datagram.allocate(4 * 1000 + 7).setSegmentSize(1000);
      client.send(many);
      Datagram in = Datagram.allocate(65535);
      int bytes = 0;
      while (bytes < 4007) { // the kernel may, and need not, keep them together
        server.receive(in);
        assertFalse(in.truncated());
        assertTrue(in.segmentSize() == 1000 || in.data().remaining() <= 1000, in::toString);
        bytes += in.data().remaining();
        server.send(in);
      }
      byte[] back = new byte[2000];
      for (int i = 0; i < 4; i++) {
        assertEquals(1000, client.read(back));
      }
      assertEquals(7, client.read(back));
    }
  }
}

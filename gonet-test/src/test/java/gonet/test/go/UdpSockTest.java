package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.HostPort;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.NetFailure;
import gonet.NetInterface;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.PacketConn;
import gonet.TcpAddr;
import gonet.TimeLimit;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's {@code udpsock_test.go}, and what is said of {@link PacketConn} and {@link UdpConn}. */
@LeakCheck
@Timeout(180)
@Proves({
  "udp",
  "listen-packet",
  "conn-packet",
  "error-destination",
  "sys-broadcast",
  "A10",
  "D8",
  "S16"
})
class UdpSockTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final Instant LONG_AGO = Instant.EPOCH;

  private static UdpConn listen() throws IOException {
    return ListenConfig.defaults().listenUdp("udp", "127.0.0.1:0");
  }

  private static UdpConn dial(PacketConn to) throws IOException {
    return Dialer.defaults().dialUdp("udp", (UdpAddr) to.localAddr());
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(ByteBuffer received) {
    return UTF_8.decode(received.flip()).toString();
  }

  /** Room for a text, in a form of its own for each test that asks for one. */
  private static ByteBuffer room(String kind) {
    return kind.equals("direct") ? ByteBuffer.allocateDirect(100) : ByteBuffer.allocate(100);
  }

  // ---- back and forth --------------------------------------------------------------------------

  /** Go: TestUDPServer. */
  @ParameterizedTest
  @CsvSource({
    "udp, 127.0.0.1, udp, 127.0.0.1",
    "udp, '', udp, 127.0.0.1",
    "udp, '', udp4, 127.0.0.1",
    "udp, '', udp, ''",
    "udp, 0.0.0.0, udp, 127.0.0.1",
    "udp, 0.0.0.0, udp6, ::1",
    "udp, ::, udp, 127.0.0.1",
    "udp, ::, udp6, ::1",
    "udp, ::ffff:0.0.0.0, udp, 127.0.0.1",
    "udp, ::1, udp, ::1",
    "udp4, '', udp, 127.0.0.1",
    "udp4, 0.0.0.0, udp4, 127.0.0.1",
    "udp4, 127.0.0.1, udp4, 127.0.0.1",
    "udp6, '', udp6, ::1",
    "udp6, ::, udp, ::1",
    "udp6, ::1, udp6, ::1",
  })
  void aServerAnswersWhoeverAsks(String listening, String host, String dialling, String target)
      throws Exception {
    Ipv6.assumeFor(listening, dialling, host, target);
    try (PacketConn server = Net.listenPacket(listening, HostPort.join(host, "0"))) {
      int port = ((UdpAddr) server.localAddr()).port();
      try (Conn client = Net.dial(dialling, HostPort.join(target, "" + port))) {
        client.write(HELLO);
        ByteBuffer asked = ByteBuffer.allocate(100);
        NetAddr sender = server.receive(asked);
        assertEquals("hello", text(asked));
        assertEquals(client.localAddr(), sender);
        server.send(bytes("welcome"), sender);
        byte[] answer = new byte[100];
        assertEquals(7, client.read(answer));
        assertInstanceOf(UdpConn.class, client);
        assertEquals(port, ((UdpAddr) client.remoteAddr()).port());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"heap", "direct"})
  void bytesComeIntoWhatRemainsAndGoOutOfIt(String kind) throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      ByteBuffer out = room(kind).put(bytes("[hello]")).position(1).limit(6);
      client.write(out);
      assertEquals(6, out.position());
      ByteBuffer in = room(kind).position(10).limit(20);
      UdpAddr sender = server.receive(in);
      assertEquals(15, in.position());
      assertEquals(20, in.limit());
      in.limit(15).position(10);
      assertEquals("hello", UTF_8.decode(in.slice()).toString());
      server.send(in, sender);
      assertEquals(15, in.position());
      ByteBuffer back = room(kind);
      assertEquals(5, client.read(back));
      assertEquals("hello", text(back));
      client.write(bytes("hel"), bytes(""), bytes("lo"));
      in = room(kind);
      server.receive(in);
      assertEquals("hello", text(in));
      assertThrows(
          ReadOnlyBufferException.class, () -> server.receive(room(kind).asReadOnlyBuffer()));
    }
  }

  @Test
  void aDatagramGoesBackToItsSenderAsItCame() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      Datagram d = Datagram.allocate(100);
      assertEquals(100, d.data().remaining());
      assertNull(d.addr());
      for (int i = 0; i < 3; i++) {
        client.write(HELLO);
        server.receive(d);
        assertEquals(0, d.data().position());
        assertEquals(5, d.data().remaining());
        assertEquals(5, d.wireLength());
        assertFalse(d.truncated());
        assertEquals(client.localAddr(), d.addr());
        assertSame(d.addrPort(), d.addrPort());
        server.send(d);
        assertEquals(5, d.data().remaining());
        byte[] back = new byte[100];
        assertEquals(5, client.read(back));
      }
      Datagram wrapped = Datagram.wrap(ByteBuffer.allocate(100).position(7).limit(50));
      wrapped.data().put(HELLO).flip();
      assertEquals(43, wrapped.data().capacity());
      client.send(wrapped);
      server.receive(d);
      assertEquals(5, d.data().remaining());
      client.send(wrapped.setAddrPort(server.localAddr().addrPort()));
      server.receive(wrapped);
      assertTrue(wrapped.sameAddr(d));
      assertEquals("datagram of 5 bytes, " + client.localAddr(), wrapped.toString());
    }
  }

  // ---- what is special about datagrams ---------------------------------------------------------

  /** Go: TestUDPZeroBytePayload. */
  @Test
  void anEmptyDatagramArrivesAndIsNoEnd() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = listen()) {
      NetAddr to = server.localAddr();
      client.send(bytes(""), to);
      ByteBuffer in = ByteBuffer.allocate(10);
      assertEquals(client.localAddr(), server.receive(in));
      assertEquals(0, in.position());
      client.send(new byte[0], to);
      assertEquals(0, server.read(new byte[10]));
      client.send(Datagram.allocate(0).setAddrPort(to.addrPort()));
      Datagram d = Datagram.allocate(10);
      server.receive(d);
      assertEquals(0, d.data().remaining());
      assertFalse(d.truncated());
      client.send(bytes("next"), to);
      assertEquals(4, server.read(new byte[10]));
    }
  }

  @Test
  @OverEpoll
  void aWriteOfNothingIsAnEmptyDatagram() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      client.write(new byte[0]);
      client.write(bytes(""));
      client.write(bytes(""), bytes(""));
      client.send(Datagram.allocate(0));
      for (int i = 0; i < 4; i++) {
        ByteBuffer in = ByteBuffer.allocate(10);
        assertEquals(client.localAddr(), server.receive(in));
        assertEquals(0, in.position());
      }
    }
  }

  /** Go: TestUDPZeroByteBuffer. */
  @Test
  void aReceiveWithoutRoomTakesADatagramAndAReadForNothingTakesNone() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      assertEquals(0, server.read(new byte[0]));
      assertEquals(0, server.read(ByteBuffer.allocate(0)));
      client.write(HELLO);
      client.write(HELLO);
      client.write(HELLO);
      assertEquals(0, server.read(new byte[0]));
      assertEquals(client.localAddr(), server.receive(ByteBuffer.allocate(0)));
      Datagram none = Datagram.allocate(0);
      server.receive(none);
      assertTrue(none.truncated());
      assertEquals(5, none.wireLength());
      assertEquals(5, server.read(new byte[10]));
    }
  }

  /** Go: TestUDPReadSizeError. */
  @Test
  void whatDoesNotFitIsLostAndADatagramTells() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      for (int i = 0; i < 4; i++) {
        client.write(HELLO);
      }
      byte[] two = new byte[2];
      assertEquals(2, server.read(two));
      assertArrayEquals("he".getBytes(UTF_8), two);
      ByteBuffer three = ByteBuffer.allocate(3);
      server.receive(three);
      assertFalse(three.hasRemaining());
      Datagram d = Datagram.allocate(4);
      server.receive(d);
      assertTrue(d.truncated());
      assertEquals(4, d.data().remaining());
      assertEquals(5, d.wireLength());
      Datagram wrapped = Datagram.wrap(ByteBuffer.allocate(4));
      server.receive(wrapped);
      assertTrue(wrapped.truncated());
      assertEquals("hell", UTF_8.decode(wrapped.data()).toString());
    }
  }

  @Test
  void theLongestDatagramsPassAndALongerOneIsRefusedWhole() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      byte[] longest = new byte[65507];
      longest[65506] = 7;
      client.write(longest);
      Datagram d = Datagram.allocate(70000);
      server.receive(d);
      assertEquals(65507, d.data().remaining());
      assertEquals(7, d.data().get(65506));
      server.send(d);
      byte[] back = new byte[70000];
      assertEquals(65507, client.read(back));
      for (int length : new int[] {65508, 66000, 100_000}) {
        ByteBuffer tooLong = ByteBuffer.allocate(length);
        NetSocketException e = assertThrows(NetSocketException.class, () -> client.write(tooLong));
        assertEquals("write udp " + ends(client) + ": write: message too long", e.getMessage());
        assertEquals(0, tooLong.position());
        assertEquals(
            "EMSGSIZE",
            assertThrows(NetSocketException.class, () -> server.send(tooLong, client.localAddr()))
                .errno());
        Datagram big = Datagram.allocate(length);
        big.data().clear();
        assertThrows(NetSocketException.class, () -> client.send(big));
      }
      client.write(HELLO);
      assertEquals(5, server.read(back));
    }
  }

  @Test
  @NeedsIpv6
  void theLongestDatagramOfIpv6Passes() throws Exception {
    try (UdpConn server = ListenConfig.defaults().listenUdp("udp", "[::1]:0");
        UdpConn client = dial(server)) {
      client.write(new byte[65527]);
      ByteBuffer in = ByteBuffer.allocate(70000);
      server.receive(in);
      assertEquals(65527, in.position());
      assertThrows(NetSocketException.class, () -> client.write(new byte[65528]));
    }
  }

  private static String ends(Conn conn) {
    return conn.localAddr() + "->" + conn.remoteAddr();
  }

  // ---- connected and not -----------------------------------------------------------------------

  /** Go: TestWriteToUDP. */
  @Test
  void aConnectedSocketTakesNoAddressAndAnUnconnectedOneNeedsOne() throws Exception {
    try (UdpConn server = listen();
        UdpConn other = listen();
        UdpConn client = dial(server)) {
      String connected =
          "write udp " + ends(client) + ": use of WriteTo with pre-connected connection";
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> client.send(bytes("x"), server.localAddr()));
      assertEquals(connected, e.getMessage());
      assertEquals("EISCONN", e.errno());
      assertThrows(
          NetSocketException.class, () -> client.send(bytes("x"), server.localAddr().addrPort()));
      Datagram elsewhere = Datagram.allocate(10).setAddrPort(other.localAddr().addrPort());
      assertThrows(NetSocketException.class, () -> client.send(elsewhere));
      assertEquals(other.localAddr(), elsewhere.addr());

      NetSocketException none =
          assertThrows(NetSocketException.class, () -> other.write(bytes("x")));
      assertEquals(
          "write udp " + other.localAddr() + ": write: destination address required",
          none.getMessage());
      Datagram nowhere = Datagram.allocate(10);
      nowhere.data().clear();
      assertEquals(
          "EDESTADDRREQ",
          assertThrows(NetSocketException.class, () -> other.send(nowhere)).errno());

      Datagram home = Datagram.allocate(10).setAddrPort(server.localAddr().addrPort());
      home.data().put(HELLO).flip();
      client.send(home); // as one that was received there
      assertEquals(server.localAddr(), home.addr());
      assertEquals(5, server.read(new byte[10]));
      assertTrue(client.isConnected());
      assertFalse(server.isConnected());
      assertEquals(":0", server.remoteAddr().toString());
    }
  }

  @Test
  void aConnectedSocketHearsItsPeerAlone() throws Exception {
    try (UdpConn server = listen();
        UdpConn stranger = listen();
        UdpConn client = dial(server)) {
      stranger.send(bytes("stranger"), client.localAddr());
      server.send(bytes("server"), client.localAddr());
      ByteBuffer in = ByteBuffer.allocate(100);
      assertEquals(server.localAddr(), client.receive(in));
      assertEquals("server", text(in));
      client.setReadDeadline(LONG_AGO);
      Failures.assertTimesOut(() -> client.read(new byte[1]));
    }
  }

  /** ICMP: the kernel tells it once, to whoever asks first; the socket goes on. */
  @Test
  void aRefusalIsToldOnceAndTheSocketGoesOn() throws Exception {
    UdpConn server = listen();
    try (UdpConn client = dial(server)) {
      UdpAddr at = server.localAddr();
      server.close();
      client.write(HELLO);
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> client.read(new byte[10]));
      assertEquals("read udp " + ends(client) + ": read: connection refused", e.getMessage());
      assertEquals("ECONNREFUSED", e.errno());
      client.write(HELLO);
      assertThrows(
          NetSocketException.class,
          () -> {
            client.awaitReadable(); // tells it where the system can look without taking
            client.read(new byte[10]);
          });
      try (UdpConn again = ListenConfig.defaults().listenUdp("udp", at)) {
        client.write(HELLO);
        ByteBuffer in = ByteBuffer.allocate(10);
        again.send(HELLO, again.receive(in));
        client.awaitReadable();
        client.awaitReadable();
        assertEquals(5, client.read(new byte[10]));
      }
    } finally {
      server.close();
    }
  }

  // ---- addresses -------------------------------------------------------------------------------

  /** Go: TestUDPConnLocalName, TestUDPConnLocalAndRemoteNames. */
  @Test
  void bothEndsTellTheirAddressesAfterCloseToo() throws Exception {
    UdpConn server = listen();
    UdpAddr own = UdpAddr.of(AddrPort.parse("127.0.0.1:0"));
    UdpConn client = Dialer.defaults().withLocalAddr(own).dialUdp("udp", server.localAddr());
    assertNotEquals(0, server.localAddr().port());
    assertNotEquals(0, client.localAddr().port());
    assertEquals(server.localAddr(), client.remoteAddr());
    assertEquals("udp", client.localAddr().network());
    assertEquals("udp " + ends(client), client.toString());
    assertEquals("udp " + server.localAddr(), server.toString());
    UdpAddr was = client.localAddr();
    client.close();
    client.close();
    server.close();
    assertEquals(was, client.localAddr());
    assertEquals("udp " + ends(client) + " (closed)", client.toString());
    assertTrue(client.isClosed());
  }

  @Test
  @NeedsIpv6
  void aSocketOfBothFamiliesShowsIpv4AsIpv4AndTakesItMappedToo() throws Exception {
    try (UdpConn both = ListenConfig.defaults().listenUdp("udp", ":0");
        UdpConn v4 = listen();
        UdpConn v6 = ListenConfig.defaults().listenUdp("udp6", "[::1]:0")) {
      assertTrue(both.localAddr().toString().startsWith("[::]:"));
      for (String to :
          new String[] {
            "127.0.0.1:" + v4.localAddr().port(),
            "[::ffff:127.0.0.1]:" + v4.localAddr().port(),
            "[::1]:" + v6.localAddr().port()
          }) {
        both.send(bytes("x"), AddrPort.parse(to));
      }
      for (UdpConn each : new UdpConn[] {v4, v4, v6}) {
        Datagram d = Datagram.allocate(10);
        each.receive(d);
        each.send(d);
        both.receive(d);
        assertEquals(each.localAddr(), d.addr());
        assertEquals(each.localAddr().addrPort(), d.addrPort());
      }
      NetAddressException e =
          assertThrows(
              NetAddressException.class, () -> v4.send(bytes("x"), AddrPort.parse("[::1]:9")));
      assertEquals(
          "write udp " + v4.localAddr() + "->[::1]:9: address ::1: non-IPv4 address",
          e.getMessage());
      v4.send(bytes("x"), AddrPort.parse("[::ffff:127.0.0.1]:" + both.localAddr().port()));
      assertEquals(1, both.read(new byte[10]));
      assertThrows(
          NetAddressException.class, () -> v6.send(bytes("x"), AddrPort.parse("127.0.0.1:9")));
      assertThrows(
          NetAddressException.class,
          () -> v6.send(Datagram.allocate(1).setAddrPort(AddrPort.parse("127.0.0.1:9"))));
    }
  }

  @Test
  void anAddressOfAnotherNetworkIsRefusedByName() throws Exception {
    try (UdpConn conn = listen()) {
      TcpAddr tcp = TcpAddr.of(AddrPort.parse("127.0.0.1:9"));
      NetAddressException e =
          assertThrows(NetAddressException.class, () -> conn.send(bytes("x"), tcp));
      assertEquals(
          "write udp "
              + conn.localAddr()
              + "->127.0.0.1:9: address 127.0.0.1:9: address is of network tcp, not udp",
          e.getMessage());
      assertNotEquals(tcp, UdpAddr.of(AddrPort.parse("127.0.0.1:9")));
    }
  }

  /** Go: TestUDPListener, TestDualStackUDPListener. */
  @ParameterizedTest
  @CsvSource({
    "udp, '', udp, '', true",
    "udp, 0.0.0.0, udp, ::, true",
    "udp, '', udp4, '', true",
    "udp, '', udp6, '', true",
    "udp4, '', udp4, '', true",
    "udp6, '', udp6, '', true",
    "udp4, 127.0.0.1, udp4, 127.0.0.1, true",
    "udp, 127.0.0.1, udp, ::1, false",
    "udp4, 127.0.0.1, udp6, ::1, false",
  })
  void twoSocketsShareAPortOnlyWhereTheirAddressesDiffer(
      String network, String host, String network2, String host2, boolean conflict)
      throws Exception {
    Ipv6.assume();
    try (UdpConn first = ListenConfig.defaults().listenUdp(network, HostPort.join(host, "0"))) {
      String second = HostPort.join(host2, "" + first.localAddr().port());
      if (conflict) {
        NetBindException e =
            assertThrows(NetBindException.class, () -> Net.listenPacket(network2, second));
        assertTrue(e.getMessage().endsWith(": bind: address already in use"), e.getMessage());
        Failures.assertShape("listen", network2, e);
      } else {
        try {
          Net.listenPacket(network2, second).close();
        } catch (NetBindException e) {
          assertTrue(e.getMessage().contains("in use"), e.getMessage()); // of somebody else
        }
      }
    }
  }

  @Test
  @OverEpoll
  void theWildcardsOfTheTwoFamiliesShareAPort() throws Exception {
    Ipv6.assume();
    try (UdpConn v4 = ListenConfig.defaults().listenUdp("udp4", ":0");
        UdpConn v6 =
            ListenConfig.defaults().listenUdp("udp6", UdpAddr.ofPort(v4.localAddr().port()))) {
      assertEquals(v4.localAddr().port(), v6.localAddr().port());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "udp | 127.0.0.1 | address 127.0.0.1: missing port in address",
        "udp | 127.0.0.1:65536 | address 65536: invalid port",
        "udp | 127.0.0.1:no-such | lookup udp/no-such: unknown port",
        "udp4 | [::1]:80 | address ::1: no suitable address found",
        "udp6 | 127.0.0.1:80 | address 127.0.0.1: no suitable address found",
        "tcp | 127.0.0.1:80 | network tcp: not supported",
        "unix | /x | network unix: not supported",
        "udp5 | 127.0.0.1:80 | unknown network udp5",
      })
  void whatIsNoAddressOfDatagramsIsRefusedAndNamed(String network, String address, String why) {
    IOException listen = assertThrows(IOException.class, () -> Net.listenPacket(network, address));
    assertEquals("listen " + network + ": " + why, listen.getMessage());
    if (network.startsWith("udp")) {
      IOException dial = assertThrows(IOException.class, () -> Net.dial(network, address));
      assertEquals("dial " + network + ": " + why, dial.getMessage());
    }
  }

  @Test
  void aServiceOfUdpHasItsPort() throws Exception {
    assertEquals("127.0.0.1:53", UdpAddr.resolve("udp", "127.0.0.1:domain").toString());
    assertEquals(":53", UdpAddr.resolve("", ":domain").toString());
    assertEquals("[::1%zone]:53", UdpAddr.resolve("udp6", "[::1%zone]:domain").toString());
    assertThrows(NetAddressException.class, () -> UdpAddr.resolve("tcp", "127.0.0.1:80"));
  }

  @Test
  void optionsAreThoseOfDatagrams() throws Exception {
    try (UdpConn conn = listen()) {
      assertTrue(conn.broadcast());
      conn.setBroadcast(false);
      assertFalse(conn.getOption(StandardSocketOptions.SO_BROADCAST));
      conn.setOption(StandardSocketOptions.SO_BROADCAST, true);
      assertTrue(conn.broadcast());
      conn.setReadBuffer(16_384);
      assertEquals(16_384, conn.readBuffer());
      conn.setWriteBuffer(16_384);
      assertEquals(16_384, conn.writeBuffer());
      assertTrue(conn.supportedOptions().contains(StandardSocketOptions.IP_MULTICAST_TTL));
      assertFalse(conn.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY));
      for (SocketOption<?> option : conn.supportedOptions()) {
        assertEquals(option.type(), conn.getOption(option).getClass());
      }
      var e =
          assertThrows(
              UnsupportedOperationException.class,
              () -> conn.setOption(StandardSocketOptions.TCP_NODELAY, true));
      assertTrue(e.getMessage().contains("TCP_NODELAY"), e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> conn.setReadBuffer(0));
    }
    ListenConfig shared = ListenConfig.defaults().withReusePort(true).withReadBuffer(20_000);
    try (UdpConn first = shared.listenUdp("udp", "127.0.0.1:0");
        UdpConn second = shared.listenUdp("udp", first.localAddr())) {
      assertEquals(first.localAddr(), second.localAddr());
      assertEquals(20_000, second.readBuffer());
    }
  }

  /** What only the kernel's own calls can do. */
  @Test
  @Proves("udp-nio")
  void whatAChannelHasNotIsUnsupportedAndSpoilsNothing() throws Exception {
    assumeTrue(Net.stats().backend().equals("nio"), "the epoll backend has all of it");
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      for (Executable call :
          new Executable[] {
            () -> client.setReceiveLocalAddr(true),
            () -> client.setReceiveHopLimit(true),
            () -> client.setReceiveTrafficClass(true),
            () -> client.setReceiveTimestamp(true),
            () -> client.setCoalescing(true),
            () -> client.setHopLimit(3),
            () -> client.setMulticastInterface((NetInterface) null),
            () -> client.write(new byte[0]),
            () -> client.write(bytes("")),
            () -> client.write(bytes(""), bytes("")),
            () -> client.send(Datagram.allocate(0)),
            () -> client.send(Datagram.allocate(1).setHopLimit(3)),
            () -> client.send(Datagram.allocate(9).setSegmentSize(3)),
            () -> client.send(Datagram.allocate(1).setLocalAddr(client.localAddr().addr())),
          }) {
        assertThrows(UnsupportedOperationException.class, call);
      }
      client.write(HELLO);
      assertEquals(5, server.read(new byte[9]));
    }
  }

  // ---- time, interrupts, close -----------------------------------------------------------------

  /** Go: TestUDPReadTimeout, TestReadFromTimeout, TestWriteToTimeout. */
  @Test
  void deadlinesAndTimeoutsEndReceivesAndSendsAndSpoilNothing() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      client.write(HELLO);
      server.setReadDeadline(LONG_AGO);
      for (int i = 0; i < 2; i++) { // also when a datagram is there
        NetTimeoutException e =
            Failures.assertTimesOut(() -> server.receive(ByteBuffer.allocate(9)));
        assertEquals("read udp " + server.localAddr() + ": i/o timeout", e.getMessage());
        Failures.assertTimesOut(() -> server.receive(Datagram.allocate(9)));
        Failures.assertTimesOut(() -> server.receive(DatagramBatch.allocate(2, 9)));
        Failures.assertTimesOut(() -> server.read(new byte[9]));
        Failures.assertTimesOut(() -> server.awaitReadable());
      }
      server.setReadDeadline(null);
      assertEquals(5, server.read(new byte[9]));
      server.setReadDeadline(Instant.now().plusMillis(20));
      Failures.assertTimesOut(() -> server.receive(Datagram.allocate(9)));
      server.setDeadline(null);
      server.setReadTimeout(Duration.ofMillis(20));
      Failures.assertTimesOut(() -> server.receive(Datagram.allocate(9)));
      server.setReadTimeout(null);
      TimeLimit limit = TimeLimit.after(Duration.ofMillis(20));
      assertSame(
          limit,
          assertThrows(NetTimeoutException.class, () -> server.receive(Datagram.allocate(9), limit))
              .limit());
      client.setWriteDeadline(LONG_AGO);
      for (int i = 0; i < 2; i++) {
        Failures.assertTimesOut(() -> client.write(HELLO));
        Failures.assertTimesOut(() -> client.send(Datagram.allocate(1)));
        Failures.assertTimesOut(() -> client.send(DatagramBatch.allocate(2, 9), 0, 2));
      }
      client.setWriteDeadline(null);
      client.write(HELLO);
      assertEquals(5, server.read(new byte[9]));
    }
  }

  @Test
  void aFailedReceiveLeavesTheDatagramEmpty() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      Datagram d = Datagram.allocate(9);
      client.write(HELLO);
      server.receive(d);
      server.setReadDeadline(LONG_AGO);
      Failures.assertTimesOut(() -> server.receive(d));
      assertFalse(d.data().hasRemaining());
      assertNull(d.addr());
      assertEquals(0, d.wireLength());
    }
  }

  @Test
  void anInterruptEndsAWaitAndTheSocketGoesOn() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      Thread.currentThread().interrupt();
      NetInterruptedException e =
          assertThrows(NetInterruptedException.class, () -> server.receive(ByteBuffer.allocate(1)));
      assertEquals("read udp " + server.localAddr() + ": operation was canceled", e.getMessage());
      assertTrue(Thread.interrupted());
      client.write(HELLO);
      server.awaitReadable();
      Thread.currentThread().interrupt();
      server.receive(ByteBuffer.allocate(9)); // need not wait
      assertTrue(Thread.interrupted());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes", "datagram", "batch", "read", "readable"})
  void aCloseWakesWhoeverWaits(String how) throws Exception {
    UdpConn server = listen();
    Thread caller = Thread.currentThread();
    Thread closer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    await().until(() -> caller.getState() == Thread.State.WAITING);
                  } finally {
                    server.close();
                  }
                });
    Failures.assertClosed(
        () -> {
          switch (how) {
            case "bytes" -> server.receive(ByteBuffer.allocate(1));
            case "datagram" -> server.receive(Datagram.allocate(1));
            case "batch" -> server.receive(DatagramBatch.allocate(1, 1));
            case "read" -> server.read(new byte[1]);
            default -> server.awaitReadable();
          }
        });
    closer.join();
    Failures.assertClosed(() -> server.send(HELLO, server.localAddr()));
    Failures.assertClosed(() -> server.closeRead());
    Failures.assertClosed(() -> server.setReadDeadline(null));
    assertTrue(server.closeGracefully(Duration.ZERO));
  }

  @Test
  void thereAreNoHalvesToClose() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      NetSocketException e = assertThrows(NetSocketException.class, client::closeWrite);
      assertEquals(
          "close udp " + ends(client) + ": shutdown: operation not supported", e.getMessage());
      assertThrows(NetSocketException.class, client::closeRead);
      client.write(HELLO);
      assertEquals(5, server.read(new byte[9]));
      client.abort();
      assertTrue(client.isClosed());
      NetFailure closed =
          assertInstanceOf(
              NetFailure.class, assertThrows(IOException.class, () -> client.write(HELLO)));
      assertEquals("write", closed.op());
    }
  }

  /**
   * A mistake of a program's, which must not lead the kernel to memory that is not the datagram's.
   */
  @Test
  @OverEpoll
  void aDatagramInTwoCallsAtATimeIsRefusedOrGoes() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      Datagram shared = Datagram.allocate(1000);
      server.setReadTimeout(Duration.ofMillis(1));
      Thread receiver =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < 2000; i++) {
                      try {
                        server.receive(shared);
                      } catch (IOException | IllegalStateException e) {
                        // Nothing there, or the other one has it.
                      }
                    }
                  });
      for (int i = 0; i < 2000; i++) {
        try {
          shared.data().limit(1000).position(i % 1000);
          client.send(shared);
        } catch (IOException | RuntimeException e) {
          // The other one has it, or has just moved its limit or its address.
        }
      }
      receiver.join();
      server.setReadTimeout(null);
      Datagram longer = Datagram.allocate(1001);
      Datagram received = Datagram.allocate(1001);
      do { // behind what is still there, which may leave no room for it
        client.send(longer);
        server.receive(received);
      } while (received.data().remaining() < 1001);
    }
  }

  // ---- batches ---------------------------------------------------------------------------------

  @Test
  void aBatchIsReceivedAndSentTogetherInOrder() throws Exception {
    try (UdpConn server = listen();
        UdpConn client = dial(server)) {
      DatagramBatch out = DatagramBatch.allocate(20, 100);
      assertEquals(20, out.size());
      for (int i = 0; i < 20; i++) {
        out.get(i).data().clear().put(("datagram " + i).getBytes(UTF_8)).flip();
      }
      assertEquals(18, client.send(out, 2, 18));
      DatagramBatch in = DatagramBatch.allocate(8, 100);
      for (int next = 2; next < 20; ) {
        int n = server.receive(in);
        assertTrue(n >= 1 && n <= 8, "received " + n);
        for (int i = 0; i < n; i++) {
          assertEquals("datagram " + next, UTF_8.decode(in.get(i).data().duplicate()).toString());
          assertEquals(client.localAddr(), in.get(i).addr());
          next++;
        }
        for (int sent = 0; sent < n; ) {
          sent += server.send(in, sent, n - sent);
        }
      }
      byte[] back = new byte[100];
      for (int next = 2; next < 20; next++) {
        assertEquals("datagram " + next, new String(back, 0, client.read(back), UTF_8));
      }
    }
  }

  @Test
  void aBatchStopsBeforeTheDatagramThatFailsAndTheNextCallTells() throws Exception {
    try (UdpConn server = listen();
        UdpConn other = listen();
        UdpConn client = dial(server)) {
      DatagramBatch batch = DatagramBatch.allocate(3, 66_000);
      batch.get(1).data().clear(); // too long
      batch.get(0).data().clear().limit(5);
      batch.get(2).data().clear().limit(7);
      assertEquals(1, client.send(batch, 0, 3));
      assertEquals(
          "EMSGSIZE",
          assertThrows(NetSocketException.class, () -> client.send(batch, 1, 2)).errno());
      assertEquals(1, client.send(batch, 2, 1));
      batch.get(2).setAddrPort(other.localAddr().addrPort());
      batch.get(1).data().limit(1);
      assertEquals(2, client.send(batch, 0, 3));
      assertThrows(NetSocketException.class, () -> client.send(batch, 2, 1));
      byte[] in = new byte[10];
      for (int length : new int[] {5, 7, 5, 1}) {
        assertEquals(length, server.read(in));
      }
      assertThrows(IndexOutOfBoundsException.class, () -> client.send(batch, 2, 2));
      assertThrows(IllegalArgumentException.class, () -> client.send(batch, 0, 0));
      assertThrows(IllegalArgumentException.class, () -> DatagramBatch.allocate(0, 1));
      assertThrows(IllegalArgumentException.class, () -> DatagramBatch.allocate(1025, 1));
      assertThrows(IllegalArgumentException.class, () -> DatagramBatch.allocate(1, -1));
    }
  }
}

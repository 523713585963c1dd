package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Datagram;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetInterface;
import gonet.NetSocketException;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups, on the loopback device alone. */
@LeakCheck
@Timeout(180)
@Proves({"multicast", "udp"})
class UdpMulticastTest {
  private static final Addr GROUP = Addr.parse("239.77.12.5");
  private static final Addr OTHER_GROUP = Addr.parse("239.77.12.6");

  private NetworkInterface loopback;

  @BeforeEach
  void findLoopback() throws IOException {
    loopback =
        Objects.requireNonNull(
            NetworkInterface.getByInetAddress(Addr.parse("127.0.0.1").toInetAddress()));
  }

  private static UdpConn udp(String network, String address) throws IOException {
    return ListenConfig.defaults().listenUdp(network, address);
  }

  private UdpConn sender() throws IOException {
    UdpConn sender = udp("udp4", "127.0.0.1:0");
    sender.setMulticastInterface(loopback);
    return sender;
  }

  private static void send(UdpConn from, String text, Addr group, UdpConn to) throws IOException {
    from.send(ByteBuffer.wrap(text.getBytes(UTF_8)), AddrPort.of(group, to.localAddr().port()));
  }

  private static String receive(UdpConn conn) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(100);
    conn.setReadTimeout(Duration.ofSeconds(20));
    conn.receive(in);
    return UTF_8.decode(in.flip()).toString();
  }

  @Test
  void whoIsInAGroupHearsItUntilItLeaves() throws Exception {
    try (UdpConn member = udp("udp4", ":0");
        UdpConn sender = sender()) {
      member.joinGroup(GROUP, loopback);
      NetSocketException twice =
          assertThrows(NetSocketException.class, () -> member.joinGroup(GROUP, loopback));
      assertEquals("EADDRINUSE", twice.errno());
      send(sender, "one", GROUP, member);
      assertEquals("one", receive(member));
      member.leaveGroup(GROUP, loopback);
      send(sender, "two", GROUP, member);
      send(sender, "three", Addr.parse("127.0.0.1"), member);
      assertEquals("three", receive(member));
      NetSocketException gone =
          assertThrows(NetSocketException.class, () -> member.leaveGroup(GROUP, loopback));
      assertEquals("EADDRNOTAVAIL", gone.errno());
      assertEquals(
          "set udp4 " + member.localAddr() + ": setsockopt: cannot assign requested address",
          gone.getMessage());
    }
  }

  @Test
  void ofASourceSpecificGroupOnlyThatSourceIsHeard() throws Exception {
    try (UdpConn member = udp("udp4", ":0");
        UdpConn sender = sender();
        UdpConn other = udp("udp4", "127.0.0.2:0")) {
      other.setMulticastInterface(loopback);
      Addr source = Addr.parse("127.0.0.1");
      member.joinGroup(GROUP, loopback, source);
      send(other, "not heard", GROUP, member);
      send(sender, "heard", GROUP, member);
      assertEquals("heard", receive(member));
      member.leaveGroup(GROUP, loopback, source);
      send(sender, "no more", GROUP, member);
      send(sender, "end", source, member);
      assertEquals("end", receive(member));
    }
  }

  /** Go: TestIPv4MulticastListener. */
  @Test
  void severalSocketsHearOneGroupOnOnePort() throws Exception {
    try (UdpConn first =
        Net.listenMulticastUdp("udp", loopback, UdpAddr.of(AddrPort.of(GROUP, 0)))) {
      UdpAddr group = UdpAddr.of(AddrPort.of(GROUP, first.localAddr().port()));
      assertEquals("0.0.0.0", first.localAddr().addr().toString());
      assertFalse(first.multicastLoopback());
      try (UdpConn second = Net.listenMulticastUdp("udp4", loopback, group);
          UdpConn sender = sender()) {
        send(sender, "all", GROUP, first);
        assertEquals("all", receive(first));
        assertEquals("all", receive(second));
        first.joinGroup(OTHER_GROUP, loopback);
        send(sender, "more", OTHER_GROUP, first);
        assertEquals("more", receive(first));
      }
    }
  }

  @Test
  @OverEpoll
  void aDatagramTellsTheGroupAndAnAnswerComesFromAnAddressOfTheMachine() throws Exception {
    try (UdpConn member = udp("udp4", ":0");
        UdpConn sender = sender()) {
      member.joinGroup(GROUP, loopback);
      member.setReceiveLocalAddr(true);
      member.setReceiveHopLimit(true);
      sender.setMulticastHopLimit(3);
      assertEquals(3, sender.multicastHopLimit());
      send(sender, "who", GROUP, member);
      Datagram d = Datagram.allocate(100);
      member.receive(d);
      assertEquals(GROUP, d.localAddr());
      assertEquals(loopback.getIndex(), d.interfaceIndex());
      assertEquals(3, d.hopLimit());
      member.send(d);
      sender.receive(d);
      assertFalse(Objects.requireNonNull(d.addrPort()).addr().isMulticast());
    }
  }

  /** What goes out by the loopback device comes in by it in any case, so nothing is sent here. */
  @Test
  void loopbackIsOnUntilItIsSwitchedOff() throws Exception {
    try (UdpConn sender = sender()) {
      assertTrue(sender.multicastLoopback());
      sender.setMulticastLoopback(false);
      assertFalse(sender.multicastLoopback());
      assertEquals(1, sender.multicastHopLimit());
      sender.setMulticastHopLimit(0);
      assertEquals(0, sender.multicastHopLimit());
    }
  }

  /** The loopback device has no route for groups of IPv6, so nothing is sent here either. */
  @Test
  @NeedsIpv6
  void aGroupOfIpv6IsJoinedOnItsZone() throws Exception {
    Addr group = Addr.parse("ff01::4321");
    Addr zoned = group.withZone(loopback.getName());
    try (UdpConn member = udp("udp6", ":0")) {
      member.joinGroup(zoned);
      NetSocketException twice =
          assertThrows(NetSocketException.class, () -> member.joinGroup(group, loopback));
      assertEquals("EADDRINUSE", twice.errno());
      member.leaveGroup(group, loopback);
      assertThrows(NetSocketException.class, () -> member.leaveGroup(zoned));
      member.joinGroup(group, loopback, Addr.parse("::1"));
      member.leaveGroup(group, loopback, Addr.parse("::1"));
    }
  }

  /** The interface as gonet lists it, and as the JDK does, are one and the same to the kernel. */
  @Test
  void aGroupIsJoinedOnAnInterfaceAsGonetListsIt() throws Exception {
    NetInterface listed = NetInterface.byIndex(loopback.getIndex()).orElseThrow();
    Addr source = Addr.parse("127.0.0.1");
    try (UdpConn member = Net.listenMulticastUdp("udp4", listed, group(0));
        UdpConn sender = udp("udp4", "127.0.0.1:0")) {
      sender.setMulticastInterface(listed);
      send(sender, "one", GROUP, member);
      assertEquals("one", receive(member));
      assertThrows(NetSocketException.class, () -> member.joinGroup(GROUP, loopback));
      member.leaveGroup(GROUP, listed);
      member.joinGroup(GROUP, listed, source);
      send(sender, "two", GROUP, member);
      assertEquals("two", receive(member));
      member.leaveGroup(GROUP, listed, source);
      assertThrows(NetSocketException.class, () -> member.leaveGroup(GROUP, loopback, source));
    }
  }

  private static UdpAddr group(int port) {
    return UdpAddr.of(AddrPort.of(GROUP, port));
  }

  @Test
  void whatIsNoGroupIsRefusedAndNamed() throws Exception {
    try (UdpConn conn = udp("udp4", "127.0.0.1:0")) {
      NetAddressException e =
          assertThrows(
              NetAddressException.class, () -> conn.joinGroup(Addr.parse("192.0.2.1"), loopback));
      assertEquals(
          "set udp4 " + conn.localAddr() + ": address 192.0.2.1: not a multicast address",
          e.getMessage());
      NetAddressException family =
          assertThrows(
              NetAddressException.class, () -> conn.joinGroup(Addr.parse("ff02::1"), loopback));
      assertEquals("ff02::1", family.value());
      NetAddressException source =
          assertThrows(
              NetAddressException.class, () -> conn.joinGroup(GROUP, loopback, Addr.parse("::1")));
      assertEquals("::1", source.value());
      UdpAddr none = UdpAddr.of(AddrPort.parse("127.0.0.1:0"));
      assertThrows(NetAddressException.class, () -> Net.listenMulticastUdp("udp", loopback, none));
      assertThrows(IllegalArgumentException.class, () -> conn.setMulticastHopLimit(256));
    }
  }
}

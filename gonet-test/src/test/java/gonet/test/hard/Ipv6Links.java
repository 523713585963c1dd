package gonet.test.hard;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Datagram;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetInterface;
import gonet.UdpConn;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The programs of {@link Ipv6LinkTest}, each alone in a network namespace. */
final class Ipv6Links {
  private static final Addr GROUP = Addr.parse("ff02::7:4321");
  private static final Addr OTHER = Addr.parse("ff02::7:4322");
  private static final Addr NEAR = Addr.parse("fe80::1");

  private Ipv6Links() {}

  public static void main(String[] args) throws Exception {
    NetworkFaults.makeVeth();
    NetworkFaults.ip("addr add fe80::1/64 dev near nodad");
    NetworkFaults.ip("addr add fe80::2/64 dev far nodad");
    switch (args[0]) {
      case "group" -> groups();
      case "zones" -> zones();
      default -> throw new IllegalArgumentException(args[0]);
    }
    Runtime.getRuntime().halt(0);
  }

  private static UdpConn udp6(String address) throws IOException {
    return ListenConfig.defaults().listenUdp("udp6", address);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String receive(UdpConn conn) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(100);
    conn.setReadTimeout(Duration.ofSeconds(20));
    conn.receive(in);
    return UTF_8.decode(in.flip()).toString();
  }

  private static void groups() throws Exception {
    NetInterface near = NetInterface.byName("near").orElseThrow();
    NetInterface far = NetInterface.byName("far").orElseThrow();
    try (UdpConn member = udp6("[::]:0");
        UdpConn sender = udp6("[::]:0")) {
      int port = member.localAddr().port();
      AddrPort group = AddrPort.of(GROUP, port);
      member.joinGroup(GROUP, near);
      sender.setMulticastInterface(near);
      sender.send(bytes("one"), group);
      Child.tell("by the socket's interface: " + receive(member));
      boolean epoll = Net.stats().backend().equals("epoll");
      if (epoll) {
        sender.setMulticastInterface((NetInterface) null);
      }
      sender.send(bytes("two"), AddrPort.of(GROUP.withZone("near"), port));
      Child.tell("by the zone of the address: " + receive(member));
      if (epoll) {
        Datagram d = Datagram.wrap(bytes("three")).setAddrPort(group).setInterface(near.index());
        sender.send(d);
        Child.tell("by the datagram's interface: " + receive(member));
      }
      sender.setMulticastInterface(near);
      member.leaveGroup(GROUP, near);
      member.joinGroup(GROUP, near, NEAR);
      sender.send(bytes("four"), group);
      Child.tell("for one source: " + receive(member));
      member.leaveGroup(GROUP, near, NEAR);
      // The cable carries both to near, where nobody is in the one and somebody in the other.
      member.joinGroup(GROUP, far);
      member.joinGroup(OTHER, near);
      sender.setMulticastInterface(far);
      sender.setMulticastLoopback(false);
      sender.send(bytes("not heard"), group);
      sender.send(bytes("the next one"), AddrPort.of(OTHER, port));
      Child.tell("on the other interface: " + receive(member));
      member.leaveGroup(GROUP, far);
      sender.setMulticastLoopback(true);
      sender.setMulticastInterface(near);
      sender.send(bytes("not heard"), group);
      sender.send(bytes("five"), AddrPort.of(NEAR.withZone("near"), port));
      Child.tell("after leaving: " + receive(member));
    }
  }

  private static void zones() throws Exception {
    for (String zoned : List.of("fe80::1%near", "fe80::2%far")) {
      try (UdpConn server = udp6("[" + zoned + "]:0");
          Conn client = Net.dial("udp6", server.localAddr().toString())) {
        client.write(new byte[] {1});
        Datagram d = Datagram.allocate(10);
        server.setReadTimeout(Duration.ofSeconds(20));
        server.receive(d);
        AddrPort asker = Objects.requireNonNull(d.addrPort());
        server.send(d);
        client.setReadTimeout(Duration.ofSeconds(20));
        if (client.read(new byte[10]) != 1) {
          throw new IllegalStateException("no answer");
        }
        Child.tell(
            "%s: asked by %s, answered by %s"
                .formatted(
                    zoned.substring(zoned.indexOf('%') + 1),
                    asker.addr(),
                    ((UdpConn) client).remoteAddr().addr()));
      }
    }
    try (Conn conn = Net.dial("udp6", "[fe80::1%near]:7099")) {
      Child.tell("a peer: " + ((UdpConn) conn).remoteAddr().addr());
    }
    try (UdpConn conn = udp6("[fe80::1%far]:0")) {
      Child.tell("wrong zone: " + conn.localAddr());
    } catch (IOException e) {
      Child.tell("wrong zone: " + ((NetFailure) e).errno());
    }
  }
}

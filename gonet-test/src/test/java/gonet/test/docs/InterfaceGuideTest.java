package gonet.test.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Dialer;
import gonet.IpConn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetInterface;
import gonet.NetInterface.Flag;
import gonet.NetSocketException;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.netip.Addr;
import gonet.netip.AddrPort;
import gonet.netip.Prefix;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The examples of docs/guide.md on interfaces, groups and raw IP. */
@LeakCheck
@Timeout(180)
class InterfaceGuideTest {

  // example
  /** The networks that this machine is in itself. */
  static List<Prefix> ownNetworks() throws IOException {
    List<Prefix> networks = new ArrayList<>();
    for (NetInterface each : NetInterface.all()) {
      if (each.flags().contains(Flag.UP)) {
        each.addrs().forEach(addr -> networks.add(addr.masked()));
      }
    }
    return networks;
  }

  // end of example

  // example
  /** Hears what is sent to a group by any of these interfaces. Several processes may do so. */
  static UdpConn listenToGroup(Addr group, int port, List<NetInterface> on) throws IOException {
    UdpConn conn = ListenConfig.defaults().listenUdp("udp", UdpAddr.of(AddrPort.of(group, port)));
    try {
      for (NetInterface each : on) {
        conn.joinGroup(group, each);
      }
      return conn;
    } catch (IOException e) {
      conn.close();
      throw e;
    }
  }

  // end of example

  // example
  /** How long a machine takes to answer an echo request of ICMP; wants CAP_NET_RAW. */
  static Duration ping(String host, int id) throws IOException {
    try (IpConn conn = Dialer.defaults().dialIp("ip4:icmp", host)) {
      conn.setReadTimeout(Duration.ofSeconds(5));
      ByteBuffer echo = ByteBuffer.allocate(8).put(0, (byte) 8).putShort(4, (short) id);
      echo.putShort(2, (short) ~(0x0800 + id)); // the checksum of so few bytes: RFC 792
      long start = System.nanoTime();
      conn.write(echo);
      ByteBuffer answer = ByteBuffer.allocate(1500);
      do { // what others are answered is heard, too
        conn.receive(answer.clear());
      } while (answer.get(0) != 0 || answer.getShort(4) != id);
      return Duration.ofNanos(System.nanoTime() - start);
    }
  }

  // end of example

  @Test
  void theLoopbackNetworkIsOneOfThem() throws Exception {
    assertTrue(ownNetworks().contains(Prefix.parse("127.0.0.0/8")), () -> "no loopback");
  }

  @Test
  void whatIsSentToTheGroupOnAnInterfaceIsHeard() throws Exception {
    Addr group = Addr.parse("239.77.12.9");
    NetInterface loopback =
        NetInterface.all().stream()
            .filter(each -> each.flags().contains(Flag.LOOPBACK))
            .findFirst()
            .orElseThrow();
    try (UdpConn conn = listenToGroup(group, 0, List.of(loopback));
        UdpConn sender = ListenConfig.defaults().listenUdp("udp4", "127.0.0.1:0")) {
      sender.setMulticastInterface(loopback);
      sender.send(ByteBuffer.wrap(new byte[3]), AddrPort.of(group, conn.localAddr().port()));
      conn.setReadTimeout(Duration.ofSeconds(20));
      assertEquals(3, conn.read(new byte[10]));
      Addr none = Addr.parse("127.0.0.1");
      assertThrows(IOException.class, () -> listenToGroup(none, 0, List.of(loopback)));
    }
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio has no raw IP")
  void thisMachineAnswers() throws Exception {
    try {
      Net.listenPacket("ip4:253", "127.0.0.1").close();
    } catch (NetSocketException e) {
      assertEquals("EPERM", e.errno());
      assumeTrue(false, "this user may open no raw sockets (CAP_NET_RAW)");
    }
    assertFalse(ping("127.0.0.1", (int) ProcessHandle.current().pid() & 0x7fff).isNegative());
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(InterfaceGuideTest.class, 3);
  }
}

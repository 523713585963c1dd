package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import gonet.ListenConfig;
import gonet.NetInterface;
import gonet.NetInterface.Flag;
import gonet.UdpConn;
import gonet.netip.Addr;
import gonet.netip.MacAddr;
import gonet.netip.Prefix;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.NeedsNetns;
import java.io.IOException;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Go's {@code interface_test.go}. */
@LeakCheck
@Timeout(180)
@Proves("interfaces")
class NetInterfaceTest {

  private static NetInterface loopback() throws IOException {
    for (NetInterface each : NetInterface.all()) {
      if (each.flags().contains(Flag.LOOPBACK)) {
        return each;
      }
    }
    throw new AssertionError("no loopback interface in " + NetInterface.all());
  }

  /** Go: TestInterfaces. */
  @Test
  void eachIsFoundByItsNameAndItsIndex() throws Exception {
    List<NetInterface> all = NetInterface.all();
    Set<Integer> indexes = new HashSet<>();
    int last = 0;
    for (NetInterface each : all) {
      assertTrue(each.index() > last, () -> all + " are not in the order of their indexes");
      last = each.index();
      indexes.add(each.index());
      for (NetInterface same :
          List.of(
              NetInterface.byName(each.name()).orElseThrow(),
              NetInterface.byIndex(each.index()).orElseThrow())) {
        assertEquals(each.toString(), same.toString());
        assertEquals(each.mtu(), same.mtu());
        assertEquals(each.hardwareAddr(), same.hardwareAddr());
        assertEquals(each.addrs(), same.addrs());
      }
    }
    assertEquals(all.size(), indexes.size());
    assertTrue(NetInterface.byName("no such interface").isEmpty());
    assertTrue(NetInterface.byIndex(Integer.MAX_VALUE).isEmpty());
    assertEquals(
        "interface index is 0, not above 0",
        assertThrows(IllegalArgumentException.class, () -> NetInterface.byIndex(0)).getMessage());
  }

  /** Go: TestInterfaceAddrs, TestInterfaceUnicastAddrs. */
  @Test
  void theLoopbackInterfaceIsAsEverybodyKnowsIt() throws Exception {
    NetInterface lo = loopback();
    assertTrue(lo.flags().contains(Flag.UP), lo::toString);
    assertFalse(lo.flags().contains(Flag.BROADCAST), lo::toString);
    assertTrue(lo.addrs().contains(Prefix.parse("127.0.0.1/8")), () -> "" + lo.addrs());
    assertTrue(NetInterface.allAddrs().containsAll(lo.addrs()));
    assertNull(lo.hardwareAddr());
    assertTrue(lo.mtu() > 0);
    assertTrue(
        lo.toString().startsWith(lo.name() + " " + lo.index() + " up|loopback"), lo::toString);
  }

  @Test
  void theJdkSaysTheSame() throws Exception {
    for (NetworkInterface jdk : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      NetInterface ours = NetInterface.byName(jdk.getName()).orElseThrow();
      assertEquals(jdk.getIndex(), ours.index());
      assertEquals(jdk.getMTU(), ours.mtu());
      byte[] hardware = jdk.getHardwareAddress();
      assertEquals(hardware == null ? null : MacAddr.of(hardware), ours.hardwareAddr());
      assertEquals(jdk.isLoopback(), ours.flags().contains(Flag.LOOPBACK));
      assertEquals(jdk.isPointToPoint(), ours.flags().contains(Flag.POINT_TO_POINT));
      assertEquals(jdk.supportsMulticast(), ours.flags().contains(Flag.MULTICAST));
      Set<Prefix> addrs = new HashSet<>();
      for (var each : jdk.getInterfaceAddresses()) {
        addrs.add(Prefix.of(Addr.fromInet(each.getAddress()), each.getNetworkPrefixLength()));
      }
      assertEquals(addrs, new HashSet<>(ours.addrs()));
    }
  }

  /** Go: TestInterfaceMulticastAddrs. */
  @Test
  void aGroupIsThereWhileASocketIsInIt() throws Exception {
    NetInterface lo = loopback();
    NetworkInterface jdk = NetworkInterface.getByName(lo.name());
    Addr group = Addr.parse("239.9.17.4");
    assertFalse(lo.multicastAddrs().contains(group));
    try (UdpConn conn = ListenConfig.defaults().listenUdp("udp4", "127.0.0.1:0")) {
      conn.joinGroup(group, jdk);
      assertTrue(lo.multicastAddrs().contains(group), () -> "" + groups(lo));
    }
    assertFalse(lo.multicastAddrs().contains(group));
  }

  private static Object groups(NetInterface of) {
    try {
      return of.multicastAddrs();
    } catch (IOException e) {
      return e;
    }
  }

  /** Go: TestInterfaceArrivalAndDeparture, TestPointToPointInterface. */
  @Test
  @NeedsNetns
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "to the JDK an interface is up when something is at its other end")
  void interfacesComeAndGoAndNothingIsRemembered() throws Exception {
    try (Child child = Child.startInNetns(Arrivals.class)) {
      String made = child.hear();
      assumeFalse(made.equals("none"), "the kernel makes no tunnels");
      assertEquals("left up|pointtopoint|multicast 1400 null [198.51.100.1/32]", made);
      assertEquals("gone", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Makes an interface that leads to one other machine, shows it, and takes it away. */
  static final class Arrivals {
    private Arrivals() {}

    public static void main(String[] args) throws Exception {
      if (NetInterface.byName("left").isPresent()) {
        throw new AssertionError("there before it is made");
      }
      if (!ip("tuntap add dev left mode tun")) {
        Child.tell("none");
        return;
      }
      ip("link set left mtu 1400 up");
      ip("-4 addr add 198.51.100.1 peer 198.51.100.2/32 dev left");
      NetInterface left = NetInterface.byName("left").orElseThrow();
      List<Prefix> addrs = left.addrs().stream().filter(each -> each.addr().is4()).toList();
      String flags = left.toString().split(" ", 3)[2];
      Child.tell(
          left.name() + " " + flags + " " + left.mtu() + " " + left.hardwareAddr() + " " + addrs);
      ip("link delete left");
      Child.tell(NetInterface.byName("left").isPresent() ? "still there" : "gone");
    }

    private static boolean ip(String arguments) throws Exception {
      List<String> command = new ArrayList<>(List.of("ip"));
      command.addAll(List.of(arguments.split(" ")));
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
  }
}

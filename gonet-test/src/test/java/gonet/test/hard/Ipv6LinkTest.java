package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.test.Proves;
import gonet.test.machine.NeedsNetns;
import org.junit.jupiter.api.Test;

/** Datagrams of IPv6 on links, which the loopback device is none of: groups, and zones. */
@NeedsNetns
@Proves("udp")
class Ipv6LinkTest {

  @Test
  @Proves("multicast")
  void aGroupIsHeardOnItsInterfaceWhicheverWayThatIsNamed() throws Exception {
    try (Child child = Child.startInNetns(Ipv6Links.class, "group")) {
      assertEquals("by the socket's interface: one", child.hear());
      assertEquals("by the zone of the address: two", child.hear());
      if (!"nio".equals(System.getProperty("gonet.backend"))) {
        assertEquals("by the datagram's interface: three", child.hear());
      }
      assertEquals("for one source: four", child.hear());
      assertEquals("on the other interface: the next one", child.hear());
      assertEquals("after leaving: five", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void aLinkLocalAddressKeepsItsZoneInBothDirections() throws Exception {
    try (Child child = Child.startInNetns(Ipv6Links.class, "zones")) {
      assertEquals("near: asked by fe80::1%near, answered by fe80::1%near", child.hear());
      assertEquals("far: asked by fe80::2%far, answered by fe80::2%far", child.hear());
      assertEquals("a peer: fe80::1%near", child.hear());
      assertEquals("wrong zone: EADDRNOTAVAIL", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }
}

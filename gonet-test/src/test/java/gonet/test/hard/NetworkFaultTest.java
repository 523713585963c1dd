package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.Ipv6;
import gonet.test.machine.NeedsNetns;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Networks that swallow packets, hosts without routes or without IPv6, kernels that forget: each in
 * a network namespace of its own, where the kernel's minutes can be made seconds.
 */
@NeedsNetns
@Proves({"S18", "C16"})
class NetworkFaultTest {

  /** Nobody tells of a peer that is switched off: an idle connection has only its probes. */
  @Test
  @Proves({"B48", "C9", "C10"})
  void keepaliveFindsThatAPeerOfAnIdleConnectionHasVanished() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "keepalive")) {
      assertEquals("ETIMEDOUT, gone: true, timeout: true", child.hear());
      Duration took = Duration.ofMillis(child.hearInt());
      // One second of silence, then three probes a second apart.
      assertTrue(took.toMillis() >= 2900 && took.toMillis() < 15_000, took::toString);
      assertEquals("probes: 3", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void withoutKeepaliveAVanishedPeerOfAnIdleConnectionIsNeverFound() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "silence")) {
      assertEquals("still waiting", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Probes are not sent while data is in flight (tcp(7)): what counts then is retransmission. */
  @Test
  @Proves({"A8", "B49", "C18"})
  void dataInFlightToAVanishedPeerEndsTheConnectionWhenItsPatienceIsOver() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "in flight")) {
      assertEquals("write succeeds", child.hear());
      assertEquals("ETIMEDOUT, gone: true, timeout: true", child.hear());
      Duration took = Duration.ofMillis(child.hearInt());
      assertTrue(took.toMillis() >= 1500 && took.toMillis() < 30_000, took::toString);
      assertEquals("probes: 0", child.hear()); // though one is due after a second of silence
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** The news is no end to a connection that stands (RFC 1122, 4.2.3.9); silence after it is. */
  @Test
  @Proves({"C10", "C17"})
  void dataInFlightToAnUnreachablePeerEndsWithThatReasonAndNotWithATimeout() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "no way back")) {
      assertEquals("EHOSTUNREACH, gone: true, timeout: false", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  @Proves("C17")
  void aWriteDeadlineHoldsTowardsAVanishedPeerAndLeavesTheConnectionOpen() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "write deadline")) {
      assertEquals("NetTimeoutException, closed: false", child.hear());
      Duration took = Duration.ofMillis(child.hearInt());
      assertTrue(took.toMillis() >= 500 && took.toMillis() < 5000, took::toString);
      assertEquals("close took less than a second", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** The kernel's answer to a SYN that no route takes, or that a route refuses: at once. */
  @ParameterizedTest
  @Proves("B11")
  @CsvSource({
    "unreachable, NetNoRouteException, EHOSTUNREACH, no route to host",
    "prohibit, NetConnectException, EACCES, permission denied",
    "none, NetNoRouteException, ENETUNREACH, network is unreachable",
    "blackhole, NetConnectException, EINVAL, invalid argument",
  })
  void aDialWithoutAWayThereFailsAtOnceAndSaysWhy(
      String route, String type, String errno, String text) throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "route", route)) {
      assertEquals(type + " " + errno + ": dial tcp 10.8.0.1:7099: connect: " + text, child.hear());
      Duration took = Duration.ofMillis(child.hearInt());
      assertTrue(took.toMillis() < 20_000, took::toString); // the kernel alone takes minutes
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Such news is a soft error to a connection that stands (RFC 1122, 4.2.3.9): it may pass. */
  @Test
  @Proves("C17")
  void anEstablishedConnectionSurvivesThatItsRouteIsAwayForAWhile() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "route away")) {
      assertEquals("write succeeds", child.hear());
      assertEquals("nothing read in a second", child.hear());
      assertEquals("echoed after the route came back", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** FIN_WAIT_2 has no end in RFC 9293; Linux forgets it after tcp_fin_timeout. tcp(7). */
  @Test
  @Proves("C2")
  void aPeerThatNeverEndsItsDirectionCostsAClosedConnectionNothingForLong() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "orphan")) {
      assertEquals("closed: [05]", child.hear());
      assertEquals("forgotten: []", child.hear());
      assertEquals("the peer reads the end and -1", child.hear());
      assertEquals("the peer's writes end: gone", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  @Proves("B38")
  void whereIpv6IsOffAWildcardListensOnIpv4AndNamesDialIt() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "no ipv6")) {
      assertEquals("tcp : serves 127.0.0.1", child.hear());
      assertEquals("tcp [::]: serves 127.0.0.1", child.hear());
      assertEquals("tcp 0.0.0.0: serves 127.0.0.1", child.hear());
      assertEquals("dial by name: true", child.hear());
      assertEquals("tcp6 [::1]: EADDRNOTAVAIL", child.hear());
      assertEquals("dial [::1]: EADDRNOTAVAIL", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  @Proves({"addr-tcp", "uv-link-local"})
  void aLinkLocalAddressNeedsTheZoneOfItsInterface() throws Exception {
    Ipv6.assume();
    try (Child child = Child.startInNetns(NetworkFaults.class, "link local")) {
      assertEquals("near: fe80::1%near to fe80::1%near, zone of the accepted: near", child.hear());
      assertEquals("far: fe80::2%far to fe80::2%far, zone of the accepted: far", child.hear());
      String withoutZone = child.hear();
      if (!"nio".equals(System.getProperty("gonet.backend"))) { // java.nio chooses an interface
        assertEquals("no zone: EINVAL", withoutZone);
      }
      assertEquals("wrong zone: EADDRNOTAVAIL", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** What a kernel does whose queue of requests is flooded. tcp(7), tcp_syncookies. */
  @Test
  @Proves("S18")
  void whomTheKernelKnowsByItsCookieAloneIsServed() throws Exception {
    try (Child child = Child.startInNetns(NetworkFaults.class, "cookies")) {
      assertEquals("read 42, cookies: 1", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }
}

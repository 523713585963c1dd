package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.machine.NeedsNetns;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Links that lose packets or are narrow, and an administrator's hand, in network namespaces. */
@NeedsNetns
class BadLinkTest {

  /** A queue that is too short for what comes throws packets away: tc-tbf(8). */
  private static final String LOSSY =
      "ip link set lo mtu 1500 && tc qdisc add dev lo root tbf rate 200mbit burst 16kb limit 24kb";

  private static final String NARROW =
      "ip link set lo mtu 1500 && tc qdisc add dev lo root tbf rate 1mbit burst 8kb latency 400ms";

  @Test
  void megabytesInBothDirectionsArriveOverALinkThatLosesPackets() throws Exception {
    try (Child child = Child.startInNetnsAfter(LOSSY, BadLinks.class, "lossy")) {
      assertEquals("there: all as sent, back: all as sent", child.hear());
      assertTrue(child.hearInt() > 0, "nothing was lost");
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void aNarrowLinkHoldsTheWriterBackAndATimeoutTellsHowFarItGot() throws Exception {
    try (Child child = Child.startInNetnsAfter(NARROW, BadLinks.class, "narrow")) {
      assertEquals("write: NetTimeoutException, part of it sent", child.hear());
      Duration took = Duration.ofMillis(child.hearInt());
      assertTrue(took.toMillis() >= 500 && took.toMillis() < 5000, took::toString);
      assertEquals("read: NetTimeoutException", child.hear());
      assertEquals("the rest written: all as sent", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** {@code ss -K}, of package iproute2: sock_diag(7)'s SOCK_DESTROY. */
  @Test
  void aConnectionThatAnAdministratorKillsFailsOnBothSides() throws Exception {
    try (Child child = Child.startInNetns(BadLinks.class, "killed connection")) {
      assertEquals("victim: ECONNABORTED, and again: ECONNABORTED", child.hear());
      assertEquals("peer: ECONNRESET, and again: ECONNRESET", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void aListenerThatAnAdministratorKillsSaysSoInsteadOfAcceptingForEver() throws Exception {
    try (Child child = Child.startInNetns(BadLinks.class, "killed listener")) {
      assertEquals("accept: EINVAL, and again: EINVAL", child.hear());
      assertEquals("dial: ECONNREFUSED", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** The kernel chooses by a hash of the addresses; socket(7), SO_REUSEPORT. */
  @Test
  void listenersOfOnePortShareConnectionsEvenly() throws Exception {
    try (Child child = Child.startInNetns(BadLinks.class, "balance")) {
      // Of three degrees of freedom: once in a million runs it is more by chance.
      int chiSquare = child.hearInt();
      assertTrue(chiSquare < 31, () -> "chi square " + chiSquare + "\n" + child.output());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Without tcp_migrate_req those in the queue of the one that closes are reset: ip-sysctl. */
  @Test
  void aListenerOfSeveralClosesWithoutALossWhereTheKernelMovesItsQueue() throws Exception {
    try (Child child = Child.startInNetns(BadLinks.class, "migrate")) {
      assertEquals("served 200 of 200", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }
}

package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.test.Proves;
import gonet.test.machine.NeedsNetns;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The states of RFC 9293, 3.3.2, of both sides, as TCP_INFO tells them, and of sockets without a
 * descriptor as /proc/net/tcp does. In a network that can lose what one side sends.
 */
@NeedsNetns
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio has no TCP_INFO")
@Proves("C2")
class TcpStatesTest {

  @Test
  void aConnectionComesFromSynSentAndSynReceivedToEstablished() throws Exception {
    assertTold(
        "opening",
        "[SYN_SENT]",
        "dial ended",
        "[LISTEN]",
        "[LISTEN, SYN_RECV]",
        "[ESTABLISHED, ESTABLISHED]");
  }

  @Test
  void whoClosesFirstWaitsInFinWait2ForTheOtherInCloseWaitAndThenInTimeWait() throws Exception {
    assertTold(
        "in turn",
        "[ESTABLISHED, ESTABLISHED]",
        "[FIN_WAIT2, CLOSE_WAIT]",
        "[CLOSE, CLOSE]",
        "[TIME_WAIT]");
  }

  @Test
  void endsThatCrossLeadFromFinWait1ThroughClosing() throws Exception {
    assertTold("crossing", "[FIN_WAIT1, ESTABLISHED]", "[CLOSING, FIN_WAIT1]", "[CLOSE, CLOSE]");
  }

  @Test
  void whoClosesSecondWaitsInLastAckForTheAcknowledgement() throws Exception {
    assertTold("unanswered", "[FIN_WAIT2, CLOSE_WAIT]", "[CLOSE, LAST_ACK]");
  }

  private static void assertTold(String program, String... states) throws Exception {
    try (Child child = Child.startInNetns(TcpStates.class, program)) {
      for (String each : states) {
        assertEquals(each, child.hear(), () -> "of " + List.of(states));
      }
      assertEquals(0, child.awaitExit(), child::output);
    }
  }
}

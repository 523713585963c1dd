package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.TcpInfo.CongestionState;
import gonet.TcpInfo.Feature;
import gonet.TcpInfo.State;
import gonet.internal.backend.RawTcpInfo;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TcpInfoTest {

  @Test
  void everyFieldArrivesInItsPlaceAndUnit() {
    TcpInfo info = TcpInfo.of(raw(1, 3, 0b000111, 29));
    assertEquals(State.ESTABLISHED, info.state());
    assertEquals(CongestionState.RECOVERY, info.congestionState());
    assertEquals(2, info.retransmits());
    assertEquals(4, info.probes());
    assertEquals(5, info.backoff());
    assertEquals(Set.of(Feature.TIMESTAMPS, Feature.SACK, Feature.WINDOW_SCALE), info.features());
    assertEquals(Duration.ofNanos(7_000), info.retransmissionTimeout());
    assertEquals(8, info.senderMss());
    assertEquals(9, info.receiverMss());
    assertEquals(10, info.unacked());
    assertEquals(11, info.lost());
    assertEquals(12, info.retransmitted());
    assertEquals(Duration.ofMillis(13), info.sinceLastDataSent());
    assertEquals(Duration.ofMillis(14), info.sinceLastDataReceived());
    assertEquals(Duration.ofMillis(15), info.sinceLastAckReceived());
    assertEquals(16, info.pathMtu());
    assertEquals(Duration.ofNanos(17_000), info.rtt());
    assertEquals(Duration.ofNanos(18_000), info.rttVariation());
    assertEquals(19, info.congestionWindow());
    assertEquals(20, info.receiverSpace());
    assertEquals(21, info.totalRetransmits());
    assertEquals(22, info.bytesAcked());
    assertEquals(23, info.bytesReceived());
    assertEquals(24, info.segmentsOut());
    assertEquals(25, info.segmentsIn());
    assertEquals(26, info.notSentBytes());
    assertEquals(Duration.ofNanos(29_000), info.minRtt());
    assertEquals(30, info.deliveryRate());
    assertEquals(31, info.bytesSent());
    assertEquals(32, info.bytesRetransmitted());
  }

  @ParameterizedTest
  @CsvSource({
    "0, UNKNOWN", "1, ESTABLISHED", "2, SYN_SENT", "3, SYN_RECV", "4, FIN_WAIT1", "5, FIN_WAIT2",
    "6, TIME_WAIT", "7, CLOSE", "8, CLOSE_WAIT", "9, LAST_ACK", "10, LISTEN", "11, CLOSING",
    "12, NEW_SYN_RECV", "13, UNKNOWN", "-1, UNKNOWN"
  })
  void statesCarryTheKernelsNumbers(int number, State state) {
    assertEquals(state, TcpInfo.of(raw(number, 0, 0, 0)).state());
  }

  @ParameterizedTest
  @CsvSource({
    "0, OPEN",
    "1, DISORDER",
    "2, CWR",
    "3, RECOVERY",
    "4, LOSS",
    "5, UNKNOWN",
    "-1, UNKNOWN"
  })
  void congestionStatesCarryTheKernelsNumbers(int number, CongestionState state) {
    assertEquals(state, TcpInfo.of(raw(1, number, 0, 0)).congestionState());
  }

  @ParameterizedTest
  @CsvSource({
    "1, TIMESTAMPS",
    "2, SACK",
    "4, WINDOW_SCALE",
    "8, ECN",
    "16, ECN_SEEN",
    "32, SYN_DATA"
  })
  void featuresCarryTheKernelsBits(int bit, Feature feature) {
    assertEquals(Set.of(feature), TcpInfo.of(raw(1, 0, bit, 0)).features());
  }

  @Test
  void aFieldTheKernelDoesNotFillIsToldApart() {
    assertNull(TcpInfo.of(raw(1, 0, 0, -1)).minRtt());
    assertNull(TcpInfo.of(raw(1, 0, 0, 0xffff_ffffL)).minRtt());
    assertEquals(Duration.ZERO, TcpInfo.of(raw(1, 0, 0, 0)).minRtt());
    assertEquals(Set.of(), TcpInfo.of(raw(1, 0, -1, 0)).features());
  }

  @Test
  void theTextNamesEveryValue() throws ReflectiveOperationException {
    TcpInfo info = TcpInfo.of(raw(1, 3, 0b000111, 29));
    int accessors = 0;
    for (Method accessor : TcpInfo.class.getDeclaredMethods()) {
      int modifiers = accessor.getModifiers();
      if (Modifier.isPublic(modifiers)
          && !Modifier.isStatic(modifiers)
          && !accessor.getName().equals("toString")) {
        String expected = accessor.getName() + " " + accessor.invoke(info);
        assertTrue(info.toString().contains(expected), () -> expected + " is not in " + info);
        accessors++;
      }
    }
    assertEquals(30, accessors);
  }

  @Test
  void theFeaturesCannotBeModified() {
    Set<Feature> features = TcpInfo.of(raw(1, 0, 1, 0)).features();
    assertThrows(UnsupportedOperationException.class, () -> features.add(Feature.ECN));
  }

  private static RawTcpInfo raw(int state, int congestion, int options, long minRttMicros) {
    return new RawTcpInfo(
        state,
        congestion,
        2,
        4,
        5,
        options,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
        15,
        16,
        17,
        18,
        19,
        20,
        21,
        22,
        23,
        24,
        25,
        26,
        minRttMicros,
        30,
        31,
        32);
  }
}

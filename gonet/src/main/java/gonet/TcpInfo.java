package gonet;

import gonet.internal.backend.RawTcpInfo;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows about a TCP connection at one moment: {@code struct tcp_info} of Linux
 * (tcp(7), TCP_INFO). Immutable and safe for any thread.
 *
 * <p>Counts are −1 and {@link #minRtt} is null where the kernel is too old to tell.
 *
 * @param state where the connection is in TCP's life cycle
 * @param congestionState how the sender sees the path
 * @param retransmits times in a row that the retransmission timer fired without an answer
 * @param probes keepalive or zero-window probes sent without an answer
 * @param backoff times the retransmission timer was doubled
 * @param features what both sides agreed on in the handshake
 * @param retransmissionTimeout how long the sender waits for an acknowledgement now (RFC 6298)
 * @param senderMss the largest segment this side sends, in bytes
 * @param receiverMss the largest segment received, in bytes, as the kernel estimates it
 * @param unacked segments sent and not yet acknowledged; of a listener, connections in its queue
 * @param lost segments believed lost
 * @param retransmitted segments sent again and not yet acknowledged
 * @param sinceLastDataSent since data last went out
 * @param sinceLastDataReceived since data last came in
 * @param sinceLastAckReceived since an acknowledgement last came in
 * @param pathMtu the largest packet the path takes, in bytes, as known
 * @param rtt the smoothed round-trip time
 * @param rttVariation its mean deviation
 * @param congestionWindow segments that may be under way
 * @param receiverSpace the receive window's target, in bytes
 * @param totalRetransmits segments sent again since the connection was made
 * @param bytesAcked bytes the peer has acknowledged
 * @param bytesReceived bytes that came in, in order
 * @param segmentsOut segments sent, retransmissions and pure acknowledgements too
 * @param segmentsIn segments received
 * @param notSentBytes bytes written that have not gone out for the first time
 * @param minRtt the shortest round-trip time seen lately; null if there is none yet
 * @param deliveryRate the rate at which the peer got the latest data, in bytes a second
 * @param bytesSent bytes sent, retransmissions too
 * @param bytesRetransmitted bytes sent again
 */
public record TcpInfo(
    State state,
    CongestionState congestionState,
    int retransmits,
    int probes,
    int backoff,
    Set<Feature> features,
    Duration retransmissionTimeout,
    long senderMss,
    long receiverMss,
    long unacked,
    long lost,
    long retransmitted,
    Duration sinceLastDataSent,
    Duration sinceLastDataReceived,
    Duration sinceLastAckReceived,
    long pathMtu,
    Duration rtt,
    Duration rttVariation,
    long congestionWindow,
    long receiverSpace,
    long totalRetransmits,
    long bytesAcked,
    long bytesReceived,
    long segmentsOut,
    long segmentsIn,
    long notSentBytes,
    @Nullable Duration minRtt,
    long deliveryRate,
    long bytesSent,
    long bytesRetransmitted) {

  /** The kernel's way to say that it has no minimum round-trip time: the largest u32. */
  private static final long NO_MIN_RTT = 0xffff_ffffL;

  /** Makes the features unmodifiable. */
  public TcpInfo {
    features = Set.copyOf(features);
  }

  /** RFC 9293 section 3.3.2, with Linux' names; the order is the kernel's, beginning at one. */
  public enum State {
    /** A state this version of gonet does not know. */
    UNKNOWN,
    /** Data may flow both ways. */
    ESTABLISHED,
    /** A connect waits for the answer. */
    SYN_SENT,
    /** A connection request was answered; the third segment is missing. */
    SYN_RECV,
    /** Closed here first; the FIN is not acknowledged. */
    FIN_WAIT1,
    /** Closed here first and acknowledged; the peer may go on sending. */
    FIN_WAIT2,
    /** Both closed; the port is kept back for stragglers. */
    TIME_WAIT,
    /** Not connected. */
    CLOSE,
    /** The peer closed its half; this side may go on sending, and must close. */
    CLOSE_WAIT,
    /** Closed here second; the FIN is not acknowledged. */
    LAST_ACK,
    /** A listener. */
    LISTEN,
    /** Both closed at once; the acknowledgement is missing. */
    CLOSING,
    /** A connection request that is not yet a socket of its own. */
    NEW_SYN_RECV;

    private static final State[] BY_NUMBER = values();

    static State of(int number) {
      return number > 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }
  }

  /** The sender's view of the path; in the kernel's order (linux/tcp.h, enum tcp_ca_state). */
  public enum CongestionState {
    /** A state this version of gonet does not know. */
    UNKNOWN,
    /** Nothing dubious. */
    OPEN,
    /** Duplicate or selective acknowledgements came: reordering, or the first sign of loss. */
    DISORDER,
    /** The window was reduced because of congestion marks (ECN) or a full device queue. */
    CWR,
    /** Lost segments are being sent again, told by acknowledgements. */
    RECOVERY,
    /** The retransmission timer fired. */
    LOSS;

    private static final CongestionState[] BY_NUMBER = values();

    static CongestionState of(int number) {
      return number >= 0 && number + 1 < BY_NUMBER.length ? BY_NUMBER[number + 1] : UNKNOWN;
    }
  }

  /** Options of the handshake (linux/tcp.h, TCPI_OPT). */
  public enum Feature {
    /** RFC 7323 section 3. */
    TIMESTAMPS(1),
    /** Selective acknowledgement, RFC 2018. */
    SACK(2),
    /** RFC 7323 section 2. */
    WINDOW_SCALE(4),
    /** Explicit congestion notification was agreed, RFC 3168. */
    ECN(8),
    /** At least one packet with an ECN codepoint came in. */
    ECN_SEEN(16),
    /** Data went with the SYN and was acknowledged (TCP Fast Open, RFC 7413). */
    SYN_DATA(32);

    private final int bit;

    Feature(int bit) {
      this.bit = bit;
    }

    private static Set<Feature> of(int bits) {
      Set<Feature> set = EnumSet.noneOf(Feature.class);
      for (Feature feature : values()) {
        if ((bits & feature.bit) != 0) {
          set.add(feature);
        }
      }
      return set;
    }
  }

  /** From the kernel's units. Times that the kernel did not fill in become zero. */
  static TcpInfo of(RawTcpInfo raw) {
    return new TcpInfo(
        State.of(raw.state()),
        CongestionState.of(raw.congestionState()),
        raw.retransmits(),
        raw.probes(),
        raw.backoff(),
        Feature.of(Math.max(0, raw.options())),
        micros(raw.rtoMicros()),
        raw.senderMss(),
        raw.receiverMss(),
        raw.unacked(),
        raw.lost(),
        raw.retransmitted(),
        millis(raw.lastDataSentMillis()),
        millis(raw.lastDataReceivedMillis()),
        millis(raw.lastAckReceivedMillis()),
        raw.pathMtu(),
        micros(raw.rttMicros()),
        micros(raw.rttVarMicros()),
        raw.congestionWindow(),
        raw.receiverSpace(),
        raw.totalRetransmits(),
        raw.bytesAcked(),
        raw.bytesReceived(),
        raw.segmentsOut(),
        raw.segmentsIn(),
        raw.notSentBytes(),
        raw.minRttMicros() < 0 || raw.minRttMicros() == NO_MIN_RTT
            ? null
            : micros(raw.minRttMicros()),
        raw.deliveryRate(),
        raw.bytesSent(),
        raw.bytesRetransmitted());
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(Math.max(0, micros) * 1000);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}

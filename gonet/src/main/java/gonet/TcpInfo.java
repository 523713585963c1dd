package gonet;

import gonet.internal.backend.RawTcpInfo;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows about a TCP connection at one moment: {@code struct tcp_info} of Linux
 * (tcp(7), TCP_INFO). A snapshot, made by {@link TcpConn#info}; immutable and safe for any thread.
 *
 * <p>Counts are −1 and {@link #minRtt} is null where the kernel is too old to tell. Times that it
 * does not fill in are zero.
 *
 * @since 0.1
 */
public final class TcpInfo {

  /** The kernel's way to say that it has no minimum round-trip time: the largest u32. */
  private static final long NO_MIN_RTT = 0xffff_ffffL;

  private final RawTcpInfo raw;
  private final Set<Feature> features;

  private TcpInfo(RawTcpInfo raw) {
    this.raw = raw;
    this.features = Collections.unmodifiableSet(Feature.of(Math.max(0, raw.options())));
  }

  static TcpInfo of(RawTcpInfo raw) {
    return new TcpInfo(raw);
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

  /** Where the connection is in TCP's life cycle. */
  public State state() {
    return State.of(raw.state());
  }

  /** How the sender sees the path. */
  public CongestionState congestionState() {
    return CongestionState.of(raw.congestionState());
  }

  /** Times in a row that the retransmission timer fired without an answer. */
  public int retransmits() {
    return raw.retransmits();
  }

  /** Keepalive or zero-window probes sent without an answer. */
  public int probes() {
    return raw.probes();
  }

  /** Times the retransmission timer was doubled. */
  public int backoff() {
    return raw.backoff();
  }

  /** What both sides agreed on in the handshake; unmodifiable. */
  public Set<Feature> features() {
    return features;
  }

  /** How long the sender waits for an acknowledgement now (RFC 6298). */
  public Duration retransmissionTimeout() {
    return micros(raw.rtoMicros());
  }

  /** The largest segment this side sends, in bytes. */
  public long senderMss() {
    return raw.senderMss();
  }

  /** The largest segment received, in bytes, as the kernel estimates it. */
  public long receiverMss() {
    return raw.receiverMss();
  }

  /** Segments sent and not yet acknowledged; of a listener, connections in its queue. */
  public long unacked() {
    return raw.unacked();
  }

  /** Segments believed lost. */
  public long lost() {
    return raw.lost();
  }

  /** Segments sent again and not yet acknowledged. */
  public long retransmitted() {
    return raw.retransmitted();
  }

  /** Since data last went out. */
  public Duration sinceLastDataSent() {
    return millis(raw.lastDataSentMillis());
  }

  /** Since data last came in. */
  public Duration sinceLastDataReceived() {
    return millis(raw.lastDataReceivedMillis());
  }

  /** Since an acknowledgement last came in. */
  public Duration sinceLastAckReceived() {
    return millis(raw.lastAckReceivedMillis());
  }

  /** The largest packet the path takes, in bytes, as known. */
  public long pathMtu() {
    return raw.pathMtu();
  }

  /** The smoothed round-trip time. */
  public Duration rtt() {
    return micros(raw.rttMicros());
  }

  /** Its mean deviation. */
  public Duration rttVariation() {
    return micros(raw.rttVarMicros());
  }

  /** Segments that may be under way. */
  public long congestionWindow() {
    return raw.congestionWindow();
  }

  /** The receive window's target, in bytes. */
  public long receiverSpace() {
    return raw.receiverSpace();
  }

  /** Segments sent again since the connection was made. */
  public long totalRetransmits() {
    return raw.totalRetransmits();
  }

  /** Bytes the peer has acknowledged. */
  public long bytesAcked() {
    return raw.bytesAcked();
  }

  /** Bytes that came in, in order. */
  public long bytesReceived() {
    return raw.bytesReceived();
  }

  /** Segments sent, retransmissions and pure acknowledgements too. */
  public long segmentsOut() {
    return raw.segmentsOut();
  }

  /** Segments received. */
  public long segmentsIn() {
    return raw.segmentsIn();
  }

  /** Bytes written that have not gone out for the first time. */
  public long notSentBytes() {
    return raw.notSentBytes();
  }

  /** The shortest round-trip time seen lately; null if there is none yet. */
  public @Nullable Duration minRtt() {
    long micros = raw.minRttMicros();
    return micros < 0 || micros == NO_MIN_RTT ? null : micros(micros);
  }

  /** The rate at which the peer got the latest data, in bytes a second. */
  public long deliveryRate() {
    return raw.deliveryRate();
  }

  /** Bytes sent, retransmissions too. */
  public long bytesSent() {
    return raw.bytesSent();
  }

  /** Bytes sent again. */
  public long bytesRetransmitted() {
    return raw.bytesRetransmitted();
  }

  /** Every value by its name, in the order above. */
  @Override
  public String toString() {
    return "TcpInfo["
        + "state "
        + state()
        + ", congestionState "
        + congestionState()
        + ", retransmits "
        + retransmits()
        + ", probes "
        + probes()
        + ", backoff "
        + backoff()
        + ", features "
        + features()
        + ", retransmissionTimeout "
        + retransmissionTimeout()
        + ", senderMss "
        + senderMss()
        + ", receiverMss "
        + receiverMss()
        + ", unacked "
        + unacked()
        + ", lost "
        + lost()
        + ", retransmitted "
        + retransmitted()
        + ", sinceLastDataSent "
        + sinceLastDataSent()
        + ", sinceLastDataReceived "
        + sinceLastDataReceived()
        + ", sinceLastAckReceived "
        + sinceLastAckReceived()
        + ", pathMtu "
        + pathMtu()
        + ", rtt "
        + rtt()
        + ", rttVariation "
        + rttVariation()
        + ", congestionWindow "
        + congestionWindow()
        + ", receiverSpace "
        + receiverSpace()
        + ", totalRetransmits "
        + totalRetransmits()
        + ", bytesAcked "
        + bytesAcked()
        + ", bytesReceived "
        + bytesReceived()
        + ", segmentsOut "
        + segmentsOut()
        + ", segmentsIn "
        + segmentsIn()
        + ", notSentBytes "
        + notSentBytes()
        + ", minRtt "
        + minRtt()
        + ", deliveryRate "
        + deliveryRate()
        + ", bytesSent "
        + bytesSent()
        + ", bytesRetransmitted "
        + bytesRetransmitted()
        + "]";
  }

  private static Duration micros(long micros) {
    return Duration.ofNanos(Math.max(0, micros) * 1000);
  }

  private static Duration millis(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}

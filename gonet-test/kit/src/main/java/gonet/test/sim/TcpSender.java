package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import org.jspecify.annotations.Nullable;

/**
 * The half of a {@link TcpSocket} that sends: what nobody has acknowledged yet, the peer's window,
 * and the one timer that sends again. Confined to the carrier.
 */
final class TcpSender {
  static final int SEGMENT = 16 << 10;
  private static final long FIRST_RTO = 1_000_000_000L;
  private static final long SHORTEST_RTO = 200_000_000L;
  private static final long LONGEST_RTO = 120_000_000_000L;
  private static final int SYN_RETRIES = 6; // net.ipv4.tcp_syn_retries
  private static final int SYN_ACK_RETRIES = 5; // tcp_synack_retries
  private static final int RETRIES = 15; // tcp_retries2
  private static final int ORPHAN_RETRIES = 8; // tcp_orphan_retries

  private final TcpSocket socket;

  /** What begins with {@link #acked}, without SYN and FIN. */
  private final ByteQueue out = new ByteQueue();

  /** The first number that is not acknowledged: SND.UNA. */
  private long acked;

  /** The first number that was not sent: SND.NXT. */
  private long next;

  /** The number behind all that was written; the FIN has it. */
  private long end;

  private boolean finished;

  /** Where the peer's window ends. */
  private long edge;

  /** A send has found no room, and hears of it. */
  private boolean foundFull;

  private int retransmits;
  private long srtt;
  private long sampleEnd;
  private long sampleAt;

  /** When the last acknowledgement came, or when somebody began to owe one. */
  private long ackedAt;

  private Time.@Nullable Event timer;

  TcpSender(TcpSocket socket) {
    this.socket = socket;
  }

  private Time time() {
    return socket.machine.time();
  }

  // ---- establishment ---------------------------------------------------------------------------

  /** Chooses the first number. */
  void begin() {
    acked = socket.machine.sim().network(1 << 30);
    next = acked + 1;
    end = next;
    ackedAt = time().now();
  }

  /** Sends a SYN again and again, with an ACK if {@code answer}. */
  void sendSyn(boolean answer) {
    sendSynOnce(answer);
    int most = answer ? SYN_ACK_RETRIES : SYN_RETRIES;
    long wait = FIRST_RTO << Math.min(retransmits, most);
    timer =
        time()
            .after(
                wait,
                () -> {
                  if (++retransmits > most || overdue()) {
                    socket.fail(Errno.ETIMEDOUT);
                  } else {
                    sendSyn(answer);
                  }
                });
  }

  void sendSynOnce(boolean answer) {
    socket.send(Segment.SYN | (answer ? Segment.ACK : 0), acked, Segment.NOTHING);
  }

  /** Nobody will answer. */
  void failAfter(long nanos, int errno) {
    timer = time().after(nanos, () -> socket.fail(errno));
  }

  /** The window of a peer that has acknowledged no SYN yet. */
  void firstWindow(Segment segment) {
    edge = next + segment.window();
  }

  /** The SYN is acknowledged. */
  void establish(Segment segment) {
    acked = segment.ack();
    edge = segment.ack() + segment.window();
    stop();
    retransmits = 0;
    ackedAt = time().now();
  }

  void stop() {
    Time.Event armed = timer;
    if (armed != null) {
      armed.cancel();
      timer = null;
    }
  }

  // ---- what is written -------------------------------------------------------------------------

  long next() {
    return next;
  }

  /** Bytes that are not acknowledged. */
  int unacknowledged() {
    return out.size();
  }

  /** Whether all that was sent is acknowledged. */
  boolean idle() {
    return acked == next;
  }

  int room() {
    return socket.get(Option.SEND_BUFFER) - out.size();
  }

  /** The next send that finds no room hears of it when there is some. */
  void wantRoom() {
    foundFull = true;
  }

  /** As many of the bytes as there is room for. */
  int write(byte[] buf, int off, int len) {
    int n = Math.min(len, room());
    if (n <= 0 && len > 0) {
      wantRoom();
      return -Errno.EAGAIN;
    }
    if (out.size() == 0) {
      ackedAt = time().now(); // from here on somebody owes an answer
    }
    out.add(buf, off, n);
    end += n;
    transmit();
    return n;
  }

  /** Whether a FIN stands behind all that was written. */
  boolean finished() {
    return finished;
  }

  /** Puts it there. */
  void finish() {
    finished = true;
    if (out.size() == 0) {
      ackedAt = time().now();
    }
  }

  boolean finAcked() {
    return finished && acked > end;
  }

  /** What was written and not acknowledged is lost. */
  void clear() {
    out.clear();
  }

  // ---- acknowledgements ------------------------------------------------------------------------

  /** Takes the acknowledgement and the window; false for one of no use. */
  boolean acknowledged(Segment segment) {
    long ack = segment.ack();
    if (ack > next || ack < acked) {
      return false;
    }
    edge = Math.max(edge, ack + segment.window());
    if (ack > acked) {
      advance(ack);
    } else if (segment.length() == 0 && retransmits > 0 && next == acked) {
      retransmits = 0; // the answer to a probe of a shut window
    }
    return true;
  }

  private void advance(long ack) {
    if (sampleEnd != 0 && ack >= sampleEnd) {
      long sample = time().now() - sampleAt;
      srtt = srtt == 0 ? sample : (7 * srtt + sample) / 8;
      sampleEnd = 0;
    }
    out.drop((int) (Math.min(ack, end) - acked));
    acked = ack;
    ackedAt = time().now();
    retransmits = 0;
    stop();
    if (foundFull && socket.room() >= out.size() / 2 && socket.room() > 0) {
      foundFull = false; // sk_stream_is_writeable
      socket.tell(Readiness.WRITE);
    }
  }

  // ---- out -------------------------------------------------------------------------------------

  /** Sends what the peer's window lets out. */
  void transmit() {
    if (!socket.established()) {
      return;
    }
    Sim sim = socket.machine.sim();
    while (next < end) {
      long room = edge - next;
      int most = sim.chance(0.1) ? 1 + sim.network(1460) : SEGMENT;
      int n = (int) Math.min(Math.min(end - next, most), room);
      if (n <= 0 || (n < 1460 && !socket.on(Option.NO_DELAY) && next > acked && !finished)) {
        break; // a shut window; or Nagle, who has small ones wait while others are under way
      }
      if (sampleEnd == 0) {
        sampleEnd = next + n;
        sampleAt = time().now();
      }
      byte[] data = out.peek((int) (next - acked), n);
      next += n;
      socket.send(Segment.ACK, next - n, data);
    }
    if (finished && next == end) {
      next++;
      socket.send(Segment.FIN | Segment.ACK, end, Segment.NOTHING);
    }
    if (timer == null && (acked < next || next < end)) {
      arm();
    }
  }

  /** Whether the peer is there: a segment before all that it knows, which it answers. */
  void probe() {
    socket.send(Segment.ACK, acked - 1, Segment.NOTHING);
  }

  private long rto() {
    long first = srtt == 0 ? FIRST_RTO / 5 : Math.max(SHORTEST_RTO, 3 * srtt);
    return Math.min(first << Math.min(retransmits, 20), LONGEST_RTO);
  }

  private void arm() {
    long wait = rto();
    int limit = socket.get(Option.USER_TIMEOUT);
    if (limit > 0) {
      wait = Math.max(1, Math.min(wait, ackedAt + limit * 1_000_000L - time().now()));
    }
    timer = time().after(wait, this::retransmit);
  }

  private boolean overdue() {
    int limit = socket.get(Option.USER_TIMEOUT);
    return limit > 0 && time().now() >= ackedAt + limit * 1_000_000L;
  }

  private void retransmit() {
    timer = null;
    if (++retransmits > (socket.orphan() ? ORPHAN_RETRIES : RETRIES) || overdue()) {
      socket.fail(Errno.ETIMEDOUT);
      return;
    }
    sampleEnd = 0; // Karn: nobody knows which of the two is acknowledged
    if (acked == next) {
      probe(); // the window is shut
    } else if (acked >= end) {
      socket.send(Segment.FIN | Segment.ACK, end, Segment.NOTHING);
    } else {
      int n = (int) Math.min(Math.min(end, next) - acked, SEGMENT);
      boolean last = finished && acked + n == end && next > end;
      socket.send(Segment.ACK | (last ? Segment.FIN : 0), acked, out.peek(0, n));
    }
    arm();
  }
}

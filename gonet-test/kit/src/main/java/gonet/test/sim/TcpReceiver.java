package gonet.test.sim;

import gonet.internal.backend.Option;
import gonet.internal.backend.Readiness;
import java.util.TreeMap;

/**
 * The half of a {@link TcpSocket} that receives: which number comes next, what came before its
 * turn, what nobody has read yet, and how much room the peer is told of. Confined to the carrier.
 */
final class TcpReceiver {
  private final TcpSocket socket;
  private final ByteQueue in = new ByteQueue();

  /** Came before its turn, by its first number. */
  private final TreeMap<Long, Segment> ahead = new TreeMap<>();

  /** The number that comes next. */
  private long next;

  /** Where the window ends that the peer was told of last. */
  private long edge;

  private boolean ended;
  private boolean shut;

  TcpReceiver(TcpSocket socket) {
    this.socket = socket;
  }

  /** The peer's SYN has come. */
  void begin(Segment syn) {
    next = syn.end();
  }

  long next() {
    return next;
  }

  /** Bytes that nobody has read. */
  int size() {
    return in.size();
  }

  /** The peer's FIN has come, and all that was before it. */
  boolean ended() {
    return ended;
  }

  /** Whether a receive finds bytes or the end, as far as this half knows. */
  boolean readable() {
    return in.size() > 0 || atEnd();
  }

  /** Whether nothing comes any more behind the bytes that are there. */
  boolean atEnd() {
    return ended || shut;
  }

  /** What comes from now on is dropped. */
  void shut() {
    shut = true;
  }

  /** How many of the bytes there are. */
  int take(byte[] buf, int off, int len) {
    int n = in.take(buf, off, len);
    if (n > 0) {
      openWindow();
    }
    return n;
  }

  // ---- the window ------------------------------------------------------------------------------

  private int window() {
    return Math.max(0, socket.get(Option.RECEIVE_BUFFER) - in.size());
  }

  /** The window, for a segment that is about to tell the peer of it. */
  int advertise() {
    int window = window();
    edge = next + window;
    return window;
  }

  /** Whether the number is one of the window, the next one not counted. */
  boolean isAhead(long number) {
    return number > next && number <= edge;
  }

  /** Bytes were read: the peer hears of the room when it is worth a segment. */
  private void openWindow() {
    int now = window();
    long known = edge - next;
    int worth = Math.min(socket.get(Option.RECEIVE_BUFFER) / 2, 2 * TcpSender.SEGMENT);
    if (socket.established() && now - known >= worth) {
      socket.acknowledge();
    }
  }

  // ---- segments --------------------------------------------------------------------------------

  /** A segment with bytes or a FIN has come. */
  void arrived(Segment segment) {
    if (segment.seq() > next) {
      if (segment.seq() < next + window()) {
        ahead.put(segment.seq(), segment);
      }
    } else if (segment.end() > next) {
      accept(segment);
      while (!ahead.isEmpty() && ahead.firstKey() <= next) {
        accept(ahead.pollFirstEntry().getValue());
      }
    }
  }

  private void accept(Segment segment) {
    int skip = (int) (next - segment.seq());
    int fresh = segment.data().length - skip;
    if (fresh > 0) {
      int n = Math.min(fresh, window());
      if (!shut) {
        in.add(segment.data(), skip, n);
      }
      next += n;
      if (n > 0) {
        socket.tell(Readiness.READ);
      }
      if (n < fresh) {
        return; // the window is shut; it comes again
      }
    }
    if (segment.has(Segment.FIN) && !ended && segment.end() == next + 1) {
      next++;
      ended = true;
      socket.peerEnded();
    }
  }
}

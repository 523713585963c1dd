package gonet;

import gonet.internal.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tries addresses one after the other. Go: {@code sysDialer.dialSerial}.
 *
 * @param limit a moment of the clock, or none
 */
record DialSerial(
    SocketSettings settings, String network, @Nullable TcpAddr localAddr, long limit) {

  /** Below this a share of the time is too short for a handshake over the world. */
  private static final long SANE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** As {@link #dial(List, Attempt)}, for a dial that nobody but its own thread ends. */
  TcpConn dial(List<TcpAddr> addresses) throws IOException {
    return dial(addresses, new Attempt());
  }

  /**
   * The first connection that stands.
   *
   * @throws NetInterruptedException if the thread is interrupted, or another thread has ended the
   *     attempt
   * @throws IOException the first address' failure, with those of the others suppressed in it
   */
  TcpConn dial(List<TcpAddr> addresses, Attempt attempt) throws IOException {
    IOException first = null;
    for (int i = 0; i < addresses.size(); i++) {
      TcpAddr remote = addresses.get(i);
      try {
        long now = Clock.now();
        if (limit != Clock.NONE && limit <= now) { // no socket for an attempt that has no time
          throw OpErrors.timeout(new Op(Op.DIAL, network, localAddr, remote), 0);
        }
        long share = share(now, limit, addresses.size() - i);
        return TcpSockets.connect(settings, network, localAddr, remote, share, attempt);
      } catch (IOException e) {
        if (e instanceof NetInterruptedException) {
          // What the caller must see; what went wrong before it hangs below.
          if (first != null) {
            e.addSuppressed(first);
          }
          throw e;
        }
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
        if (limit != Clock.NONE && limit <= Clock.now()) {
          break;
        }
      }
    }
    if (first == null) {
      throw new IllegalArgumentException("no address to dial");
    }
    throw first;
  }

  /**
   * The deadline of the next attempt: an even share of what is left, at least two seconds where
   * there are. Go: {@code partialDeadline}.
   */
  static long share(long now, long limit, int addressesLeft) {
    if (limit == Clock.NONE || limit <= now) {
      return limit;
    }
    long left = limit - now;
    long share = Math.max(left / addressesLeft, Math.min(left, SANE_NANOS));
    return now + share;
  }
}

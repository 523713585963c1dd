package gonet.internal.dial;

import gonet.internal.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Tries addresses one after the other. Go: {@code sysDialer.dialSerial}.
 *
 * @param limit a moment of the clock, or none
 */
public record DialSerial<A, C>(Connector<A, C> connector, long limit) {

  /** Below this a share of the time is too short for a handshake over the world. */
  private static final long SANE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** As {@link #dial(List, Attempt)}, for a dial that nobody but its own thread ends. */
  public C dial(List<A> addresses) throws IOException {
    return dial(addresses, new Attempt());
  }

  /**
   * The first connection that stands.
   *
   * @throws IOException the first address' failure, with those of the others suppressed in it;
   *     {@linkplain Connector#canceled canceled} if the thread is interrupted, or another thread
   *     has ended the attempt
   */
  C dial(List<A> addresses, Attempt attempt) throws IOException {
    IOException first = null;
    for (int i = 0; i < addresses.size(); i++) {
      A remote = addresses.get(i);
      try {
        long now = Clock.now();
        if (limit != Clock.NONE && limit <= now) { // no socket for an attempt that has no time
          throw connector.timedOut(remote);
        }
        long share = share(now, limit, addresses.size() - i);
        return connector.connect(remote, share, attempt);
      } catch (IOException e) {
        if (connector.isCanceled(e)) {
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
  public static long share(long now, long limit, int addressesLeft) {
    if (limit == Clock.NONE || limit <= now) {
      return limit;
    }
    long left = limit - now;
    long share = Math.max(left / addressesLeft, Math.min(left, SANE_NANOS));
    return now + share;
  }
}

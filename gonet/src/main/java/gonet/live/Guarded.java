package gonet.live;

import gonet.Conn;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A read or a write that wakes up at moments of a guard's own, without its caller noticing: in
 * parts, each under the earliest of the caller's limits and the guard's next moment. Whose time was
 * over is told by the failure, so nothing of the connection is moved.
 */
final class Guarded {
  private Guarded() {}

  /** What wakes a call up. Any thread; calls of one connection may share a guard. */
  interface Guard {

    /** When to wake up next, asked before each part; null for never. */
    @Nullable TimeLimit nextMoment() throws IOException;

    /** A part was done after so long: {@code bytes}, −1 for the end of the stream. */
    void done(int bytes, long nanos);

    /** A part ended by a limit, this guard's or another, after so long. */
    void waited(long nanos);

    /**
     * The moment has come in a part that moved so many bytes. May throw, to end the call.
     *
     * @param before what the parts before it moved
     */
    void momentCame(int bytes, long before) throws IOException;
  }

  /** One part, after so many bytes that earlier parts have moved. */
  @FunctionalInterface
  interface Part {
    int run(long before, @Nullable TimeLimit limit) throws IOException;
  }

  /**
   * Runs the parts.
   *
   * @param conn for the text of failures
   * @param timeout the connection's for each call, which counts from here; null for none
   * @param limit the caller's; null for none
   * @return what the last part did
   */
  static int run(
      String op,
      Conn conn,
      Guard guard,
      @Nullable Duration timeout,
      @Nullable TimeLimit limit,
      Part part)
      throws IOException {
    TimeLimit own = timeout == null ? null : TimeLimit.after(timeout);
    TimeLimit callers = TimeLimit.earlier(limit, own);
    long moved = 0;
    for (; ; ) {
      TimeLimit moment = guard.nextMoment();
      long begin = Clock.now();
      try {
        int n = part.run(moved, TimeLimit.earlier(callers, moment));
        guard.done(n, Clock.now() - begin);
        return n;
      } catch (SocketTimeoutException e) {
        guard.waited(Clock.now() - begin);
        TimeLimit struck = struck(e, moment);
        if (struck == null || struck != moment) {
          moved += e.bytesTransferred;
          throw struck != null && struck == own
              ? NetFailure.timeout(op, conn, moved)
              : NetFailure.withBytesTransferred(e, moved);
        }
        guard.momentCame(e.bytesTransferred, moved);
        moved += e.bytesTransferred;
      } catch (IOException e) {
        throw moved == 0 ? e : NetFailure.withBytesTransferred(e, moved + transferred(e));
      }
    }
  }

  /** Whose limit was over; null for the connection's own. */
  private static @Nullable TimeLimit struck(SocketTimeoutException e, @Nullable TimeLimit moment) {
    if (e instanceof NetTimeoutException net) {
      return net.limit();
    }
    return moment != null && moment.isOver() ? moment : null; // a stranger's does not tell
  }

  private static long transferred(IOException e) {
    return e instanceof NetFailure net ? net.bytesTransferred() : 0;
  }
}

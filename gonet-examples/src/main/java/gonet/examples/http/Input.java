package gonet.examples.http;

import gonet.NetTimeoutException;
import gonet.server.ServerConn;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/** What has come and is not used up, and the patience with what is still to come. */
final class Input {
  private static final int FIRST_BYTES = 2 * 1024;

  private final ServerConn conn;
  private final Limits limits;

  byte[] buf = new byte[FIRST_BYTES];
  int pos;
  int limit;

  /** While a message is under way: when it began and what has come of it since. */
  private long since;

  private long received;
  private boolean timed;

  Input(ServerConn conn, Limits limits) throws IOException {
    this.conn = conn;
    this.limits = limits;
    conn.setReadTimeout(limits.idle());
  }

  /**
   * Waits for the first bytes of a message.
   *
   * @return false at the end of the stream, when none came for too long, and when the server ends
   */
  boolean await() throws IOException {
    try {
      return conn.awaitRequest() && fill();
    } catch (NetTimeoutException e) {
      return false;
    }
  }

  /** Waits for more of a head, which must be whole within a time from its first bytes on. */
  boolean awaitHead() throws IOException, HttpException {
    if (!timed) {
      timed = true;
      conn.setReadDeadline(Instant.now().plus(limits.head()));
    }
    return fillInTime();
  }

  /** Waits for more of a body, which must keep up a rate. */
  boolean awaitBody() throws IOException, HttpException {
    long now = System.nanoTime();
    if (!timed) {
      timed = true;
      since = now;
      received = 0;
    }
    Duration passed = Duration.ofNanos(now - since);
    Duration allowed =
        limits.body().plusMillis(received * 1000 / limits.bodyBytesPerSecond()).minus(passed);
    conn.setReadDeadline(Instant.now().plus(allowed));
    int before = limit - pos;
    boolean more = fillInTime();
    received += limit - pos - before;
    return more;
  }

  /** The message, or this part of it, is whole. */
  void endTimed() throws IOException {
    if (timed) {
      timed = false;
      conn.setReadDeadline(null);
    }
  }

  private boolean fillInTime() throws IOException, HttpException {
    try {
      return fill();
    } catch (NetTimeoutException e) {
      throw new HttpException(408, "too slow");
    }
  }

  private boolean fill() throws IOException {
    if (pos == limit) {
      pos = 0;
      limit = 0;
    } else if (limit == buf.length && pos > 0) {
      System.arraycopy(buf, pos, buf, 0, limit - pos);
      limit -= pos;
      pos = 0;
    } else if (limit == buf.length) {
      buf = Arrays.copyOf(buf, 2 * limit); // heads are limited, and bodies do not stay here
    }
    int n = conn.read(buf, limit, buf.length - limit);
    if (n < 0) {
      return false;
    }
    limit += n;
    return true;
  }
}

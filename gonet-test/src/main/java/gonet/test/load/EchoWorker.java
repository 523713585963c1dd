package gonet.test.load;

import gonet.Conn;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Requests and their echoes, several in flight if so asked; closed loop, or by a schedule. */
final class EchoWorker extends Worker {
  private final byte[] request;
  private final byte[] buf;
  private final @Nullable Schedule schedule;

  /** Moments from which the latencies of the requests in flight count, oldest first, in a ring. */
  private final long[] fromNanos;

  private int oldest;
  private int inFlight;

  EchoWorker(Settings settings, Measurements measurements, @Nullable Schedule schedule) {
    super(settings, measurements);
    this.schedule = schedule;
    this.request = new byte[settings.sizeBytes() * settings.depth()];
    this.buf = new byte[Math.max(request.length, 16 * 1024)];
    this.fromNanos = new long[settings.depth()];
  }

  @Override
  void use(Conn conn) throws IOException {
    oldest = 0;
    inFlight = 0;
    int got = 0;
    while (!isStopped()) {
      if (!fill(conn)) {
        return;
      }
      got += read(conn, buf, 0, buf.length);
      for (long now = System.nanoTime(); got >= settings().sizeBytes() && inFlight > 0; ) {
        got -= settings().sizeBytes();
        measurements().latency(now - fromNanos[oldest]);
        oldest = (oldest + 1) % fromNanos.length;
        inFlight--;
      }
    }
  }

  /** Sends until as many requests are in flight as may be; false if the run ended meanwhile. */
  private boolean fill(Conn conn) throws IOException {
    if (schedule == null) {
      int free = fromNanos.length - inFlight;
      long now = System.nanoTime();
      for (int i = 0; i < free; i++) {
        add(now);
      }
      if (free > 0) {
        write(conn, request, free * settings().sizeBytes());
      }
      return true;
    }
    // A connection waits for the answers it has asked for before it waits for its next moment.
    while (inFlight == 0) {
      long due = schedule.nextDueNanos();
      if (!awaitMoment(due)) {
        return false;
      }
      add(due);
      write(conn, request, settings().sizeBytes());
    }
    return true;
  }

  private void add(long from) {
    fromNanos[(oldest + inFlight) % fromNanos.length] = from;
    inFlight++;
  }

  private boolean awaitMoment(long due) {
    for (long left; (left = due - System.nanoTime()) > 0 && !isStopped(); ) {
      // Not longer, or the end of the run would not be seen.
      LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
    }
    return !isStopped();
  }
}

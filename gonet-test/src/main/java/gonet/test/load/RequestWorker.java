package gonet.test.load;

import gonet.Conn;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Requests and their answers, several in flight if so asked; closed loop, or by a schedule. */
final class RequestWorker extends Worker {
  private final Exchange exchange;

  /** As many of them as may be in flight. */
  private final byte[] requests;

  private final byte[] buf;
  private final @Nullable Schedule schedule;

  /** Moments from which the latencies of the requests in flight count, oldest first, in a ring. */
  private final long[] fromNanos;

  private int oldest;
  private int inFlight;

  RequestWorker(
      Settings settings,
      Measurements measurements,
      Exchange exchange,
      @Nullable Schedule schedule) {
    super(settings, measurements);
    this.exchange = exchange;
    this.schedule = schedule;
    byte[] one = exchange.request();
    this.requests = new byte[one.length * settings.depth()];
    for (int at = 0; at < requests.length; at += one.length) {
      System.arraycopy(one, 0, requests, at, one.length);
    }
    this.buf = new byte[Math.max(requests.length, 16 * 1024)];
    this.fromNanos = new long[settings.depth()];
  }

  @Override
  void use(Conn conn) throws IOException {
    oldest = 0;
    inFlight = 0;
    exchange.begin();
    while (!isStopped() && !exchange.isOver()) {
      if (!fill(conn)) {
        return;
      }
      int answered = exchange.answers(buf, 0, read(conn, buf, 0, buf.length));
      for (long now = System.nanoTime(); answered > 0 && inFlight > 0; answered--) {
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
        write(conn, requests, free * exchange.request().length);
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
      write(conn, requests, exchange.request().length);
    }
    return true;
  }

  private void add(long from) {
    fromNanos[(oldest + inFlight) % fromNanos.length] = from;
    inFlight++;
  }
}

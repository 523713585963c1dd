package gonet.test.load;

import gonet.Conn;
import java.io.EOFException;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One connection after the other, until the time is over: what fails is counted and dialled again,
 * at first at once, then ever slower.
 */
abstract class Worker {
  private static final long FIRST_PAUSE_NANOS = 20_000_000;
  private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

  private final Settings settings;
  private final Measurements measurements;

  /** Set by the thread that ends the run; see {@link #stop}. */
  private volatile boolean stopped;

  private volatile @Nullable Conn conn;

  Worker(Settings settings, Measurements measurements) {
    this.settings = settings;
    this.measurements = measurements;
  }

  Settings settings() {
    return settings;
  }

  Measurements measurements() {
    return measurements;
  }

  /** Uses a connection until it fails or the run is over. */
  abstract void use(Conn conn) throws IOException;

  /** The work of the thread. */
  final void run() {
    long pause = FIRST_PAUSE_NANOS;
    while (!stopped) {
      long begun = System.nanoTime();
      try {
        connectAndUse();
      } catch (IOException e) {
        if (stopped) {
          return; // its connection was closed for that
        }
        measurements.error(Failures.name(e));
        boolean worked = System.nanoTime() - begun > LONGEST_PAUSE_NANOS;
        pause = worked ? FIRST_PAUSE_NANOS : Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        LockSupport.parkNanos(pause);
      }
    }
  }

  private void connectAndUse() throws IOException {
    long start = System.nanoTime();
    try (Conn dialled = settings.target().dial(settings.connectTimeout())) {
      conn = dialled;
      measurements.opened();
      if (!settings.target().isDatagrams()) {
        measurements.reached();
      }
      try {
        if (!stopped) { // or else stop() did not see this connection
          connected(start);
          use(dialled);
        }
      } finally {
        measurements.closed();
        conn = null;
      }
    }
  }

  /** Told when a connection stands; the moment is that before its dial. */
  void connected(long startNanos) {}

  final boolean isStopped() {
    return stopped;
  }

  /** Ends the run; by any thread. */
  final void stop() {
    stopped = true;
    Conn current = conn;
    if (current != null) {
      current.close();
    }
  }

  /** A read with the deadline that was asked for. */
  final int read(Conn from, byte[] buf, int off, int len) throws IOException {
    if (settings.deadline().isPositive()) {
      from.setReadDeadline(Instant.now().plus(settings.deadline()));
    }
    int n = from.read(buf, off, len);
    if (n < 0) {
      throw new EOFException();
    }
    measurements.received(n);
    return n;
  }

  final void write(Conn to, byte[] buf, int len) throws IOException {
    to.write(buf, 0, len);
    measurements.sent(len);
  }

  /** False if the run ended before. */
  final boolean awaitMoment(long due) {
    for (long left; (left = due - System.nanoTime()) > 0 && !stopped; ) {
      // Not longer, or the end of the run would not be seen.
      LockSupport.parkNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(100)));
    }
    return !stopped;
  }
}

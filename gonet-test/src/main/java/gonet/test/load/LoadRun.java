package gonet.test.load;

import gonet.Net;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** A run from its first connection to its last. Used by one thread. */
final class LoadRun {
  private static final long TICK_NANOS = 1_000_000_000;

  /** Every connection has tried so often, and none has ever stood: there is nobody. */
  private static final int VAIN_DIALS = 3;

  /** Hears of every second that counted. */
  @FunctionalInterface
  interface Listener {
    void interval(double done, double elapsedSeconds, double seconds, Histogram latencies);
  }

  private final Settings settings;
  private final Measurements measurements;
  private final List<Worker> workers = new ArrayList<>();

  LoadRun(Settings settings, Measurements measurements) {
    this.settings = settings;
    this.measurements = measurements;
  }

  /**
   * Runs to the end, or until the thread is interrupted, or until it is clear that there is nobody.
   *
   * @return the seconds that counted
   */
  double run(Listener listener) throws InterruptedException {
    long start = System.nanoTime();
    if (settings.warmUp().isZero()) {
      measurements.begin(); // the first connection counts
    }
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < settings.connections(); i++) {
      Worker worker = worker(start, i);
      workers.add(worker);
      threads.add(Net.go(worker::run));
    }
    long begun = start;
    long now = start;
    try {
      Thread.sleep(settings.warmUp());
      measurements.begin();
      begun = System.nanoTime();
      now = begun;
      long end = begun + settings.duration().toNanos();
      while (now < end && !Thread.currentThread().isInterrupted() && !isInVain()) {
        long before = now;
        long next = Math.min(before + TICK_NANOS, end);
        while ((now = System.nanoTime()) < next && !Thread.currentThread().isInterrupted()) {
          LockSupport.parkNanos(next - now);
        }
        listener.interval(
            (double) (now - begun) / (end - begun),
            (now - begun) / 1e9,
            (now - before) / 1e9,
            measurements.takeInterval());
      }
    } finally {
      workers.forEach(Worker::stop);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return (now - begun) / 1e9;
  }

  private boolean isInVain() {
    return !measurements.hasReached()
        && measurements.errorCount() >= (long) VAIN_DIALS * settings.connections();
  }

  private Worker worker(long start, int number) {
    Schedule schedule =
        settings.isOpenLoop()
            ? new Schedule(start, settings.rate(), number, settings.connections())
            : null;
    return switch (settings.mode()) {
      case ECHO, PINGPONG, PIPELINED ->
          settings.target().isDatagrams()
              ? new DatagramWorker(settings, measurements, schedule)
              : new RequestWorker(
                  settings, measurements, settings.exchange(measurements::error), schedule);
      case CHURN -> new ChurnWorker(settings, measurements, settings.exchange(measurements::error));
      case IDLE -> new IdleWorker(settings, measurements);
      case BULK -> new BulkWorker(settings, measurements);
    };
  }
}

package gonet.server;

import java.util.concurrent.atomic.AtomicLongArray;

/** A {@link LatencyHistogram} that grows. Any thread; an addition takes no lock and no memory. */
final class Latencies {
  private final AtomicLongArray counts = new AtomicLongArray(LatencyHistogram.classes() + 1);

  /** Behind the classes: the sum, in microseconds. */
  private static final int SUM = LatencyHistogram.classes();

  void add(long micros) {
    long taken = Math.max(0, micros);
    counts.getAndIncrement(LatencyHistogram.classOf(taken));
    counts.getAndAdd(SUM, taken);
  }

  LatencyHistogram snapshot() {
    long[] all = new long[SUM];
    for (int i = 0; i < SUM; i++) {
      all[i] = counts.get(i);
    }
    return new LatencyHistogram(all, counts.get(SUM));
  }
}

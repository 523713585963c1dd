package gonet.test.load;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What the workers found. Any thread may add; one thread takes intervals. Nothing counts before
 * {@link #begin}, so that a warm-up leaves no trace.
 */
final class Measurements {
  private static final int DIGITS = 3;

  /** Longer stalls than that count as that. */
  private static final long HIGHEST_NANOS = 3_600_000_000_000L;

  private final Recorder recorder = new Recorder(HIGHEST_NANOS, DIGITS);
  private final Histogram total = new Histogram(HIGHEST_NANOS, DIGITS);
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final Map<String, LongAdder> errors = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final long expectedIntervalNanos;
  private volatile boolean counts;
  private volatile boolean reached;

  /**
   * Empty.
   *
   * @param expectedIntervalNanos a latency longer than that also stands for the requests that were
   *     not sent meanwhile, HdrHistogram's correction; 0 for no such correction
   */
  Measurements(long expectedIntervalNanos) {
    this.expectedIntervalNanos = expectedIntervalNanos;
  }

  /** From now on everything counts, and the first interval begins. No effect the second time. */
  void begin() {
    if (counts) {
      return;
    }
    var _ = recorder.getIntervalHistogram(); // it would begin with the warm-up
    counts = true;
  }

  void latency(long nanos) {
    if (counts) {
      recorder.recordValueWithExpectedInterval(
          Math.clamp(nanos, 0, HIGHEST_NANOS), expectedIntervalNanos);
    }
  }

  void sent(int bytes) {
    if (counts) {
      sentBytes.add(bytes);
    }
  }

  void received(int bytes) {
    if (counts) {
      receivedBytes.add(bytes);
    }
  }

  /** Counts in the warm-up, too: what goes wrong there is no less wrong. */
  void error(String name) {
    errors.computeIfAbsent(name, n -> new LongAdder()).increment();
  }

  void opened() {
    open.incrementAndGet();
  }

  /** There is somebody. */
  void reached() {
    reached = true;
  }

  /** Whether a connection has ever stood, or a datagram come back. */
  boolean hasReached() {
    return reached;
  }

  void closed() {
    open.decrementAndGet();
  }

  int open() {
    return open.get();
  }

  /** The latencies since the last call; they are part of {@link #total} from now on. */
  Histogram takeInterval() {
    Histogram interval = recorder.getIntervalHistogram();
    total.add(interval);
    return interval;
  }

  /** All latencies of the intervals that were taken. */
  Histogram total() {
    return total;
  }

  long sentBytes() {
    return sentBytes.sum();
  }

  long receivedBytes() {
    return receivedBytes.sum();
  }

  /** How often each thing went wrong, by name. */
  Map<String, Long> errors() {
    Map<String, Long> sums = new TreeMap<>();
    errors.forEach((name, count) -> sums.put(name, count.sum()));
    return sums;
  }

  long errorCount() {
    return errors().values().stream().mapToLong(Long::longValue).sum();
  }
}

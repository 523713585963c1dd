package gonet.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * How long something took, counted in classes of time. A snapshot; immutable and safe for any
 * thread. The counts of one snapshot were read one after the other, while more came in.
 *
 * @since 0.1
 */
public final class LatencyHistogram {
  private static final long[] BOUNDS_MICROS = {
    50,
    100,
    250,
    500,
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    60_000_000
  };

  private static final List<Duration> BOUNDS =
      Arrays.stream(BOUNDS_MICROS).mapToObj(LatencyHistogram::ofMicros).toList();

  private final long[] counts;
  private final Duration sum;

  LatencyHistogram(long[] counts, long sumMicros) {
    this.counts = counts;
    this.sum = ofMicros(sumMicros);
  }

  private static Duration ofMicros(long micros) {
    return Duration.ofNanos(micros * 1000);
  }

  static int classes() {
    return BOUNDS_MICROS.length + 1;
  }

  /** The first class whose bound is not below {@code micros}; the last one has no bound. */
  static int classOf(long micros) {
    int index = 0;
    while (index < BOUNDS_MICROS.length && micros > BOUNDS_MICROS[index]) {
      index++;
    }
    return index;
  }

  /** The upper bounds of the classes, each part of its class, ascending. Unmodifiable. */
  public static List<Duration> bounds() {
    return BOUNDS;
  }

  /**
   * How many took at most so long: all classes up to this one.
   *
   * @param bound the index of a bound, from 0 to {@code bounds().size() - 1}
   * @throws IndexOutOfBoundsException if there is no such bound
   */
  public long upTo(int bound) {
    int last = Objects.checkIndex(bound, BOUNDS_MICROS.length);
    long all = 0;
    for (int i = 0; i <= last; i++) {
      all += counts[i];
    }
    return all;
  }

  /** How many there were, those beyond the last bound included. */
  public long count() {
    long all = 0;
    for (long each : counts) {
      all += each;
    }
    return all;
  }

  /** How long they took together. */
  public Duration sum() {
    return sum;
  }

  /** Count and sum. */
  @Override
  public String toString() {
    return "LatencyHistogram[count " + count() + ", sum " + sum + "]";
  }
}

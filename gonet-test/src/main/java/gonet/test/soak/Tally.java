package gonet.test.soak;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/** What has happened so far. Any thread. */
final class Tally {
  /** So that a fault that repeats does not fill the memory. */
  private static final int KEPT = 20;

  private final Map<Manner, LongAdder> clients = new EnumMap<>(Manner.class);
  private final LongAdder failed = new LongAdder();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  /** Bytes that came back and were right. */
  final LongAdder rightBytes = new LongAdder();

  final LongAdder interrupts = new LongAdder();
  final LongAdder shutdowns = new LongAdder();

  Tally() {
    for (Manner manner : Manner.values()) {
      clients.put(manner, new LongAdder());
    }
  }

  void ended(Manner manner) {
    Objects.requireNonNull(clients.get(manner)).increment();
  }

  void failed(String what) {
    failed.increment();
    if (failed.sum() <= KEPT) {
      failures.add(what);
    }
  }

  long failures() {
    return failed.sum();
  }

  Iterable<String> firstFailures() {
    return failures;
  }

  @Override
  public String toString() {
    long sum = clients.values().stream().mapToLong(LongAdder::sum).sum();
    return sum
        + " clients "
        + clients
        + ", "
        + rightBytes.sum() / 1_000_000
        + " MB right, "
        + interrupts.sum()
        + " interrupts, "
        + shutdowns.sum()
        + " shutdowns, "
        + failed.sum()
        + " failures";
  }
}

package gonet.internal.flight;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A counter that many threads advance at the same time, and that loses none for want of memory: a
 * {@link LongAdder} takes some when threads meet, and one that gets none has added nothing.
 */
public final class Count {
  private final LongAdder adder = new LongAdder();
  private final AtomicLong withoutMemory = new AtomicLong();

  Count() {}

  void increment() {
    add(1);
  }

  void add(long n) {
    try {
      adder.add(n);
    } catch (OutOfMemoryError e) {
      var _ = withoutMemory.addAndGet(n);
    }
  }

  /** What was counted before; what is counted meanwhile may be in it. */
  public long sum() {
    return adder.sum() + withoutMemory.get();
  }
}

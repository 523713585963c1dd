package gonet.test.sim;

import java.util.function.LongSupplier;

/** The real clocks. {@link TimeAgent} leaves this class as it is. */
final class RealTime {
  private RealTime() {}

  static long nanos() {
    return System.nanoTime();
  }

  /** What the redirected {@link System#nanoTime} answers. */
  record Monotonic() implements LongSupplier {
    @Override
    public long getAsLong() {
      return VirtualThreads.carrier() instanceof Carrier carrier
          ? carrier.nanos()
          : System.nanoTime();
    }
  }

  /** What the redirected {@link System#currentTimeMillis} answers, in nanoseconds. */
  record Wall() implements LongSupplier {
    @Override
    public long getAsLong() {
      if (VirtualThreads.carrier() instanceof Carrier carrier) {
        return carrier.wallNanos();
      }
      // Not from java.time, which is redirected to here.
      return System.currentTimeMillis() * 1_000_000L;
    }
  }
}

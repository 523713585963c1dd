package gonet.internal.poll;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where acceptors pause that found no descriptor, or no memory, for a connection. Each close of one
 * of gonet's own descriptors wakes them, so that a server at its limit serves the next client when
 * one leaves, and not up to a second later. What others give back, only the end of a pause finds.
 *
 * <p>Safe for any thread.
 */
final class Shortage {
  static final long FIRST_PAUSE_NANOS = 5_000_000;
  static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

  private static final Set<ParkSlot> PAUSING = ConcurrentHashMap.newKeySet();

  private static final AtomicInteger CLOSED = new AtomicInteger();

  private Shortage() {}

  /** How many descriptors have been closed, modulo 2^32. To be asked before the try that fails. */
  static int closed() {
    return CLOSED.get();
  }

  private record ClosedSince(int closed) implements BooleanSupplier {
    @Override
    public boolean getAsBoolean() {
      return CLOSED.get() != closed;
    }
  }

  /** A descriptor has been closed. */
  static void close() {
    CLOSED.incrementAndGet();
    if (!PAUSING.isEmpty()) { // no iterator for each close
      for (ParkSlot slot : PAUSING) {
        slot.ready();
      }
    }
  }

  /**
   * Waits until a descriptor has been closed since {@code closed} was asked, or {@code until}.
   *
   * @return null when it is worth to try again, otherwise why the wait ended early
   */
  static FDException.@Nullable Kind pause(ParkSlot slot, int closed, long until) {
    // Whoever closes counts before it looks here: it sees this slot, or the slot sees the count.
    PAUSING.add(slot);
    try {
      return slot.pause(until, new ClosedSince(closed));
    } finally {
      PAUSING.remove(slot);
    }
  }
}

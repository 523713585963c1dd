package gonet.internal.carrier;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Carriers that have no processor: a Treiber stack, so that the one used last is used next. Any
 * carrier pushes itself; only the watcher pops, which is why a carrier that comes back between the
 * popper's look and its CAS cannot confuse it: nobody else could have taken it away before.
 */
final class Spares {
  private final AtomicReference<@Nullable Carrier> top = new AtomicReference<>();
  private final AtomicInteger size = new AtomicInteger();

  void push(Carrier carrier) {
    size.incrementAndGet();
    Carrier below;
    do {
      below = top.get();
      carrier.below = below;
    } while (!top.compareAndSet(below, carrier));
  }

  /** The watcher only. */
  @Nullable Carrier pop() {
    for (; ; ) {
      Carrier carrier = top.get();
      if (carrier == null) {
        return null;
      }
      if (top.compareAndSet(carrier, carrier.below)) {
        carrier.below = null;
        size.decrementAndGet();
        return carrier;
      }
    }
  }

  int size() {
    return size.get();
  }
}

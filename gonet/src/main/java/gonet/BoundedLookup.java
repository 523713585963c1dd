package gonet;

import gonet.netip.Addr;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Bounds in time a resolver that knows no time limit. */
final class BoundedLookup {
  private BoundedLookup() {}

  static List<Addr> run(Resolver resolver, String host, Duration timeout) throws IOException {
    long timeoutNanos = LookupWait.nanos(timeout);
    LookupWait.requireTime(host, timeoutNanos);
    FutureTask<List<Addr>> lookup = new FutureTask<>(() -> resolver.lookup(host));
    Thread.ofVirtual().name("gonet-lookup").inheritInheritableThreadLocals(false).start(lookup);
    try {
      return LookupWait.get(() -> lookup.get(timeoutNanos, TimeUnit.NANOSECONDS), host);
    } finally {
      // Ends a lookup that nobody waits for any more; no effect on one that has ended.
      lookup.cancel(true);
    }
  }
}

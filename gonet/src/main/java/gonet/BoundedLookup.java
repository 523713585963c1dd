package gonet;

import gonet.netip.Addr;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Bounds in time a resolver that may not look at the time it has. */
final class BoundedLookup {
  private BoundedLookup() {}

  /**
   * Asks the resolver, and waits no longer than the request allows.
   *
   * @throws java.net.SocketTimeoutException {@code lookup HOST: i/o timeout} when the time is up
   */
  static List<Addr> run(Resolver resolver, LookupRequest request) throws IOException {
    if (request.timeLeft() == null || resolver instanceof SystemResolver) { // which keeps to it
      return resolver.lookup(request);
    }
    long nanos = LookupWait.nanos(request.timeLeft());
    LookupWait.requireTime(request.host(), nanos);
    FutureTask<List<Addr>> lookup = new FutureTask<>(() -> resolver.lookup(request));
    Thread.ofVirtual().name("gonet-lookup").inheritInheritableThreadLocals(false).start(lookup);
    try {
      return LookupWait.get(() -> lookup.get(nanos, TimeUnit.NANOSECONDS), request.host());
    } finally {
      // Ends a lookup that nobody waits for any more; no effect on one that has ended.
      lookup.cancel(true);
    }
  }
}

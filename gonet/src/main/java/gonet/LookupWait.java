package gonet;

import gonet.internal.time.Daemons;
import gonet.netip.Addr;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for a lookup that runs on another thread, and speaks of its failures as a lookup's. */
final class LookupWait {
  /** Waits for the result of a lookup, as long as the caller has time. */
  interface Waiting<T> {
    T get() throws InterruptedException, ExecutionException, TimeoutException;
  }

  private LookupWait() {}

  /**
   * Asks a resolver that may not look at the time it has, and waits no longer than the request
   * allows.
   *
   * @throws SocketTimeoutException {@code lookup HOST: i/o timeout} when the time is up
   */
  static List<Addr> bounded(Resolver resolver, LookupRequest request) throws IOException {
    TimeLimit limit = request.limit();
    if (limit == null || resolver instanceof SystemResolver || resolver instanceof DnsResolver) {
      // These keep to it.
      return resolver.lookup(request);
    }
    long nanos = nanos(limit.left());
    requireTime(request.host(), nanos);
    FutureTask<List<Addr>> lookup = new FutureTask<>(new Question(resolver, request));
    Thread thread =
        Thread.ofVirtual()
            .name("gonet-lookup")
            .inheritInheritableThreadLocals(false)
            .unstarted(lookup);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader()); // user's code
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      if (Daemons.isWantOfThreads(e)) { // for the first carrier, for instance
        throw DnsException.unanswered(
            request.host(), "cannot start thread gonet-lookup: " + e.getMessage());
      }
      throw e;
    }
    try {
      return get(new Answer(lookup, nanos), request.host());
    } finally {
      // Ends a lookup that nobody waits for any more; no effect on one that has ended.
      lookup.cancel(true);
    }
  }

  // No lambdas: one that is linked at the end of a stack stays broken.

  private record Question(Resolver resolver, LookupRequest request)
      implements Callable<List<Addr>> {
    @Override
    public List<Addr> call() throws IOException {
      return resolver.lookup(request);
    }
  }

  private record Answer(FutureTask<List<Addr>> lookup, long nanos) implements Waiting<List<Addr>> {
    @Override
    public List<Addr> get() throws InterruptedException, ExecutionException, TimeoutException {
      return lookup.get(nanos, TimeUnit.NANOSECONDS);
    }
  }

  /** Returns the time in nanoseconds, at most {@link Long#MAX_VALUE}, where no wait ever ends. */
  static long nanos(Duration timeout) {
    return TimeUnit.NANOSECONDS.convert(timeout);
  }

  /** Fails as a lookup that ran out of time if there is none, before anything is started. */
  static void requireTime(String host, long timeoutNanos) throws SocketTimeoutException {
    if (timeoutNanos <= 0) {
      throw timedOut(host, "", null);
    }
  }

  /**
   * A lookup that ran out of time.
   *
   * @param server which was asked last; empty if nobody knows
   */
  static SocketTimeoutException timedOut(String host, String server, @Nullable String why) {
    return new SocketTimeoutException(
        DnsException.prefix(host, server)
            + OpErrors.TIMEOUT
            + (why == null ? "" : " (" + why + ")"));
  }

  /**
   * Returns the result. The exception of the lookup itself is thrown as it is, with the stack of
   * the thread that ran it.
   */
  static <T> T get(Waiting<T> lookup, String host) throws IOException {
    try {
      return lookup.get();
    } catch (TimeoutException e) {
      throw timedOut(host, "", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("lookup " + host + ": " + OpErrors.CANCELED);
    } catch (ExecutionException e) {
      throw asIoException(e.getCause());
    }
  }

  private static IOException asIoException(@Nullable Throwable failure) {
    if (failure instanceof IOException e) {
      return e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    return new IOException(failure);
  }
}

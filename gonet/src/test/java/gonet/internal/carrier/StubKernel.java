package gonet.internal.carrier;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A readiness whose reports are whatever the test wants to run inside of a poll. */
final class StubKernel implements Readiness {
  private final ConcurrentLinkedQueue<Runnable> reports = new ConcurrentLinkedQueue<>();
  private final Semaphore bell = new Semaphore(0);

  volatile int registered;

  final AtomicInteger polls = new AtomicInteger();
  final AtomicInteger waits = new AtomicInteger();
  final AtomicInteger failures = new AtomicInteger();

  /** Runs in place of the next poll without limit. */
  final AtomicReference<Runnable> inPlaceOfWait = new AtomicReference<>();

  void report(Runnable report) {
    reports.add(report);
    bell.release();
  }

  @Override
  public int poll(long timeoutNanos) {
    polls.incrementAndGet();
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException("the test says so");
    }
    Runnable instead = timeoutNanos < 0 ? inPlaceOfWait.getAndSet(null) : null;
    if (instead != null) {
      instead.run();
      return 0;
    }
    if (timeoutNanos != 0) {
      waits.incrementAndGet();
      try {
        if (timeoutNanos < 0) {
          bell.acquire();
        } else {
          var _ = bell.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      } finally {
        waits.decrementAndGet();
      }
    }
    int count = 0;
    for (Runnable report; (report = reports.poll()) != null; count++) {
      report.run();
    }
    return count;
  }

  @Override
  public void wake() {
    bell.release();
  }

  @Override
  public void register(Descriptor descriptor, Sink sink) {}

  @Override
  public void deregister(Descriptor descriptor) {}

  @Override
  public void arm(Descriptor descriptor, int mode) {}

  @Override
  public int registered() {
    return registered;
  }

  @Override
  public void close() {}
}

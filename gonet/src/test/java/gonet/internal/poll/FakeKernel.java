package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Sleepable;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A readiness with the manners of epoll, for a lane to poll and to sleep on; may be told to fail.
 */
final class FakeKernel implements Sleepable {
  private final Map<Descriptor, Sink> sinks = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Runnable> reports = new ConcurrentLinkedQueue<>();
  private final Semaphore bell = new Semaphore(0);
  private volatile boolean armed;

  /** How many of the next polls and sleeps throw. */
  final AtomicInteger failingPolls = new AtomicInteger();

  final AtomicInteger failingSleeps = new AtomicInteger();

  /** Calls of {@link #poll}. */
  final AtomicInteger polls = new AtomicInteger();

  /** The threads that called it. */
  final Set<Thread> pollers = ConcurrentHashMap.newKeySet();

  /** From the first to the last poll of each thread that another one replaced, in nanoseconds. */
  final Queue<Long> turns = new ConcurrentLinkedQueue<>();

  // The present turn. Guarded by their being one poller; the sleeper may spoil one turn.
  private volatile Thread polling = Thread.currentThread();
  private volatile long firstPoll;
  private volatile long lastPoll;

  /** Whether there is always something to report. */
  volatile boolean busy;

  void edge(Descriptor descriptor, int events) {
    Sink sink = Objects.requireNonNull(sinks.get(descriptor), "not registered");
    reports.add(() -> sink.ready(events));
    bell.release();
  }

  @Override
  public int poll(long timeoutNanos) {
    polls.incrementAndGet();
    pollers.add(Thread.currentThread());
    turn(Thread.currentThread());
    failIfTold(failingPolls, "poll");
    if (timeoutNanos != 0 && reports.isEmpty()) {
      ring(timeoutNanos);
    }
    int count = busy ? 1 : 0;
    for (Runnable report; (report = reports.poll()) != null; count++) {
      report.run();
    }
    return count;
  }

  private void turn(Thread self) {
    long now = System.nanoTime();
    if (!polling.equals(self)) {
      if (polling.isVirtual() && self.isVirtual()) {
        turns.add(lastPoll - firstPoll);
      }
      polling = self;
      firstPoll = now;
    }
    lastPoll = now;
  }

  @Override
  public void armSleeper() {
    armed = true;
    bell.release();
  }

  @Override
  public boolean sleep(long timeoutNanos) {
    failIfTold(failingSleeps, "sleep");
    long end = System.nanoTime() + timeoutNanos;
    for (; ; ) {
      if (armed && !reports.isEmpty()) {
        armed = false;
        return true;
      }
      long left = timeoutNanos < 0 ? -1 : end - System.nanoTime();
      if (timeoutNanos >= 0 && left <= 0) {
        return false;
      }
      ring(left);
    }
  }

  private void ring(long timeoutNanos) {
    try {
      if (timeoutNanos < 0) {
        bell.acquire();
      } else {
        var _ = bell.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      // As a system call would be: over, and nothing has happened.
    }
  }

  private static void failIfTold(AtomicInteger failures, String call) {
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException(call + " fails because the test says so");
    }
  }

  @Override
  public void register(Descriptor descriptor, Sink sink) {
    sinks.put(descriptor, sink);
  }

  @Override
  public void deregister(Descriptor descriptor) {
    sinks.remove(descriptor);
    bell.release(); // as a selector's poll ends when a key has gone
  }

  @Override
  public void arm(Descriptor descriptor, int mode) {}

  @Override
  public void wake() {
    bell.release();
  }

  @Override
  public int registered() {
    return sinks.size();
  }

  @Override
  public void close() {}
}

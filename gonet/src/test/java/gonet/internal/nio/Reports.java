package gonet.internal.nio;

import static org.awaitility.Awaitility.await;

import gonet.internal.backend.Readiness;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a sink was told, for each direction. */
final class Reports implements Readiness.Sink {
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();

  @Override
  public void ready(int events) {
    if ((events & Readiness.READ) != 0) {
      reads.incrementAndGet();
    }
    if ((events & Readiness.WRITE) != 0) {
      writes.incrementAndGet();
    }
  }

  int reads() {
    return reads.get();
  }

  int writes() {
    return writes.get();
  }

  void awaitReads(int count) {
    await().pollInterval(Duration.ofMillis(1)).until(() -> reads.get() >= count);
  }

  void awaitWrites(int count) {
    await().pollInterval(Duration.ofMillis(1)).until(() -> writes.get() >= count);
  }
}

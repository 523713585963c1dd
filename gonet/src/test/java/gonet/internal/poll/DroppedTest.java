package gonet.internal.poll;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that finds forgotten connections is there as long as there are connections. */
@Timeout(180)
@Proves("sys-dropped")
class DroppedTest {
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Poller poller = new ThreadLane(new FakeKernel());
  private final Dropped dropped = new Dropped(IDLE_NANOS);

  private FD fd() {
    return new FD(new FakeDescriptor(), poller, true);
  }

  private Thread thread() {
    return Objects.requireNonNull(dropped.thread());
  }

  @Test
  @Timeout(300)
  void whatWasForgottenIsClosed() {
    List<FD> forgotten = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      FD fd = fd();
      forgotten.add(fd);
      dropped.add(new Object(), fd, "connection from", i);
    }
    await()
        .atMost(Duration.ofMinutes(4)) // a hundred collections may take a slow machine long
        .until(
            () -> {
              System.gc();
              return forgotten.stream().allMatch(FD::closed);
            });
    Thread thread = dropped.thread();
    await().until(() -> thread == null || !thread.isAlive());
  }

  @Test
  void itsThreadEndsWithTheLastObjectAndStartsWithTheNext() {
    for (int i = 0; i < 5; i++) {
      Object first = new Object();
      Object second = new Object();
      Cleaner.Cleanable one = dropped.add(first, fd(), "connection from", 1);
      Cleaner.Cleanable two = dropped.add(second, fd(), "connection from", 2);
      Thread thread = thread();
      assertTrue(thread.isDaemon());
      one.clean();
      one.clean();
      await().during(Duration.ofNanos(10 * IDLE_NANOS)).until(thread::isAlive);
      two.clean();
      await().until(() -> !thread.isAlive());
      assertEquals(null, dropped.thread());
    }
  }

  /** In whatever order, each leaves the list once and takes nobody along. */
  @Test
  void whatIsClosedIsNotWatchedAnyMore() {
    List<Object> owners = new ArrayList<>();
    List<FD> fds = new ArrayList<>();
    List<Cleaner.Cleanable> watches = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      owners.add(new Object());
      fds.add(fd());
      watches.add(dropped.add(owners.get(i), fds.get(i), "connection from", i));
    }
    for (int i : new int[] {2, 0, 4}) {
      fds.get(i).close();
      watches.get(i).clean();
    }
    owners.set(1, "forgotten");
    await()
        .until(
            () -> {
              System.gc();
              return fds.get(1).closed();
            });
    assertFalse(fds.get(3).closed());
    watches.get(3).clean();
    Thread thread = dropped.thread();
    await().until(() -> thread == null || !thread.isAlive());
    assertEquals(5, owners.size());
  }
}

package gonet.internal.carrier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sleepable;
import gonet.internal.backend.Sockets;
import gonet.internal.backend.SyscallException;
import gonet.internal.nio.NioBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads of another scheduler wait by a lane of their own, and by the carriers' without it. */
@Timeout(180)
class StrangersTest {
  private final Limited backend = new Limited();

  @Test
  void atTheLimitOfDescriptorsAStrangerIsServedByTheCarriers() throws Exception {
    CarrierLane lane = assertNotNullLane();
    backend.left = 0;
    Descriptor first = new NioBackend().sockets().openTcp(Sockets.Family.INET4);
    lane.register(first, events -> {});
    assertEquals(1, backend.registered.get());
    assertEquals(1, lane.registered());
    backend.left = 1;
    Descriptor second = new NioBackend().sockets().openTcp(Sockets.Family.INET4);
    lane.register(second, events -> {});
    assertEquals(2, backend.opened);
    lane.deregister(first);
    lane.deregister(second);
    assertEquals(0, lane.registered());
    first.close();
    second.close();
  }

  /** Whatever a descriptor is asked of, it may be in either set. */
  @Test
  void theSetOfTheStrangersIsAskedToo() throws Exception {
    CarrierLane lane = assertNotNullLane();
    Descriptor stranger = new NioBackend().sockets().openTcp(Sockets.Family.INET4);
    backend.left = 1;
    lane.register(stranger, events -> {});
    assertEquals(2, backend.sets.size());
    Quiet set = backend.sets.getLast();
    lane.arm(stranger, Readiness.WRITE);
    lane.disarm(stranger);
    assertEquals(List.of("arm 2", "disarm"), set.calls);
    assertEquals(0, lane.failure());
    set.failure = Errno.EBADF;
    assertEquals(Errno.EBADF, lane.failure());
    lane.deregister(stranger);
    assertEquals(0, lane.registered());
    stranger.close();
  }

  private CarrierLane assertNotNullLane() throws SyscallException {
    CarrierLane lane = CarrierLane.open(backend);
    assertNotNull(lane);
    return lane;
  }

  /** Opens so many sets, and then the process is at its limit. */
  private static final class Limited implements Backend {
    final AtomicInteger registered = new AtomicInteger();
    final List<Quiet> sets = new ArrayList<>();
    int left = 1;
    int opened;

    @Override
    public String name() {
      return "limited";
    }

    @Override
    public Sockets sockets() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Readiness openReadiness() throws SyscallException {
      if (left-- <= 0) {
        throw new SyscallException("epoll_create1", Errno.EMFILE);
      }
      opened++;
      sets.add(new Quiet(registered));
      return sets.getLast();
    }
  }

  /** Nothing is ever ready. */
  private static final class Quiet implements Sleepable {
    private final AtomicInteger all;
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile int failure;
    private int own;

    Quiet(AtomicInteger all) {
      this.all = all;
    }

    @Override
    public void register(Descriptor descriptor, Sink sink) {
      own++;
      all.incrementAndGet();
    }

    @Override
    public void deregister(Descriptor descriptor) {
      own = Math.max(0, own - 1);
    }

    @Override
    public int registered() {
      return own;
    }

    @Override
    public int poll(long timeoutNanos) {
      if (timeoutNanos != 0) {
        LockSupport.parkNanos(10_000_000);
      }
      return 0;
    }

    @Override
    public boolean sleep(long timeoutNanos) {
      LockSupport.parkNanos(10_000_000);
      return false;
    }

    @Override
    public void arm(Descriptor descriptor, int mode) {
      calls.add("arm " + mode);
    }

    @Override
    public void disarm(Descriptor descriptor) {
      calls.add("disarm");
    }

    @Override
    public int failure() {
      return failure;
    }

    @Override
    public void armSleeper() {}

    @Override
    public void wake() {}

    @Override
    public void close() {}
  }
}

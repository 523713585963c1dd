package gonet.internal.poll;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.SyscallException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Reports an edge when the test says so, in the test's own thread. */
final class FakeReadiness implements Readiness {
  private final Map<Descriptor, Sink> sinks = new ConcurrentHashMap<>();
  private final AtomicInteger registrations = new AtomicInteger();

  /** The modes asked for by {@link #arm}, in order. */
  final List<Integer> armed = new CopyOnWriteArrayList<>();

  /** How often {@link #disarm} was called. */
  final AtomicInteger disarmed = new AtomicInteger();

  /** Runs inside the next {@link #arm}, in the thread that is about to park. */
  volatile @Nullable Runnable duringArm;

  /** Runs inside the next {@link #register}. */
  volatile @Nullable Runnable duringRegister;

  /** Runs at the end of the next {@link #register}, when edges are reported already. */
  volatile @Nullable Runnable afterRegister;

  /** What the next registrations fail with; zero lets them in. */
  volatile int refusal;

  /** What {@link #failure} answers. */
  volatile int failure;

  @Override
  public int failure() {
    return failure;
  }

  void edge(Descriptor descriptor, int events) {
    Objects.requireNonNull(sinks.get(descriptor), "not registered").ready(events);
  }

  private static void run(@Nullable Runnable what) {
    if (what != null) {
      what.run();
    }
  }

  int registrations() {
    return registrations.get();
  }

  @Override
  public void register(Descriptor descriptor, Sink sink) throws SyscallException {
    Runnable what = duringRegister;
    duringRegister = null;
    run(what);
    if (refusal != 0) {
      throw new SyscallException("epoll_ctl", refusal);
    }
    registrations.incrementAndGet();
    sinks.put(descriptor, sink);
    what = afterRegister;
    afterRegister = null;
    run(what);
  }

  @Override
  public void deregister(Descriptor descriptor) {
    if (((FakeDescriptor) descriptor).close.calls() != 0) {
      ((FakeDescriptor) descriptor).misuse.add("deregistered after close");
    }
    sinks.remove(descriptor);
  }

  @Override
  public void arm(Descriptor descriptor, int mode) {
    armed.add(mode);
    Runnable what = duringArm;
    duringArm = null;
    run(what);
  }

  @Override
  public void disarm(Descriptor descriptor) {
    disarmed.incrementAndGet();
  }

  @Override
  public int poll(long timeoutNanos) {
    return 0;
  }

  @Override
  public void wake() {}

  @Override
  public int registered() {
    return sinks.size();
  }

  @Override
  public void close() {}
}

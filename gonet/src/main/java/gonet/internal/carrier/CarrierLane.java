package gonet.internal.carrier;

import gonet.internal.backend.Backend;
import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.backend.Sleepable;
import gonet.internal.backend.SyscallException;
import gonet.internal.poll.Poller;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads on carriers that poll between tasks: a thread that waits for a descriptor is
 * woken by the carrier that runs it next.
 *
 * <p>That helps threads of this lane alone. A descriptor that a stranger is the first to wait for,
 * a platform thread or a virtual one of the default scheduler, is registered with a second
 * readiness of a lane that suits strangers. Where a descriptor is registered never changes, and
 * anybody may wait for it.
 */
public final class CarrierLane extends Poller {
  private final Group group;
  private final Backend backend;

  /** The lane of strangers; null until the first waits. Written once, under this monitor. */
  private volatile @Nullable Poller strangers;

  private CarrierLane(Readiness readiness, Backend backend, Settings settings) {
    super(readiness);
    this.group = new Group(readiness, settings, this::endedIf);
    this.backend = backend;
  }

  /** Why this JVM has no such lane, in words; null if it has. */
  public static @Nullable String missing() {
    if (!JavaLang.opened()) {
      return "java.lang is not open to gonet";
    }
    return JavaLang.available() ? null : "this JDK's virtual threads take no scheduler";
  }

  /**
   * Makes the lane over a backend whose readiness several threads can poll.
   *
   * @return null if the backend's cannot be
   * @throws SyscallException when the kernel refuses
   */
  public static @Nullable CarrierLane open(Backend backend) throws SyscallException {
    Readiness readiness = backend.openReadiness();
    if (!(readiness instanceof Sleepable)) {
      readiness.close();
      return null;
    }
    return new CarrierLane(readiness, backend, Settings.read());
  }

  @Override
  public String lane() {
    return "carrier";
  }

  @Override
  protected void start() {
    group.start();
  }

  @Override
  public Thread.Builder.OfVirtual threads() {
    return JavaLang.builder(group);
  }

  @Override
  public void register(Descriptor descriptor, Readiness.Sink sink) throws SyscallException {
    if (group.runsCurrentThread()) {
      super.register(descriptor, sink);
    } else {
      Poller lane = strangers();
      if (lane != null) {
        lane.register(descriptor, sink);
      } else {
        super.register(descriptor, sink);
      }
    }
  }

  @Override
  public void deregister(Descriptor descriptor) {
    super.deregister(descriptor); // harmless where it is not registered
    Poller lane = strangers;
    if (lane != null) {
      lane.deregister(descriptor);
    }
  }

  @Override
  public void arm(Descriptor descriptor, int mode) {
    super.arm(descriptor, mode); // harmless where it is not registered
    Poller lane = strangers;
    if (lane != null) {
      lane.arm(descriptor, mode);
    }
  }

  @Override
  public void disarm(Descriptor descriptor) {
    super.disarm(descriptor);
    Poller lane = strangers;
    if (lane != null) {
      lane.disarm(descriptor);
    }
  }

  @Override
  public int failure() {
    Poller lane = strangers;
    int failure = super.failure();
    return failure != 0 || lane == null ? failure : lane.failure();
  }

  @Override
  public void newConnection() {
    Poller lane = strangers;
    if (lane != null) {
      lane.newConnection();
    }
  }

  /** One who yields stands behind all who wait for this lane's carriers, and behind a poll. */
  @Override
  public boolean yieldIsFair() {
    return group.runsCurrentThread();
  }

  @Override
  public int registered() {
    Poller lane = strangers;
    return super.registered() + (lane == null ? 0 : lane.registered());
  }

  @Override
  public @Nullable Thread sleeper() {
    return group.watcher.thread();
  }

  /** Null while there are no descriptors for it: then strangers are served as all others are. */
  private @Nullable Poller strangers() {
    Poller lane = strangers;
    if (lane == null) {
      synchronized (this) {
        lane = strangers;
        if (lane == null) {
          try {
            lane = Poller.over(backend.openReadiness());
          } catch (SyscallException e) {
            return null;
          }
          strangers = lane;
        }
      }
    }
    return lane;
  }

  /** Carriers that wait for a processor. */
  public int spares() {
    return group.watcher.spares();
  }

  /** Processors taken from carriers that were stuck in a task, since the start. */
  public long handOvers() {
    return group.watcher.handOvers();
  }

  /** Times that a stuck carrier kept its processor, because there were no more spares. */
  public long refusals() {
    return group.watcher.refusals();
  }

  @Override
  public String toString() {
    return group.toString();
  }
}

package gonet.internal.poll;

import gonet.internal.backend.Readiness;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Persistent;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that waits and wakes. Every wake-up crosses from it to a carrier, which costs
 * two context switches; it is what remains where a poller cannot sleep apart from its polling, as
 * with {@link java.nio.channels.Selector}.
 */
final class ThreadLane extends Poller {

  private final long idleNanos;

  /** Null when it has ended. Written under the monitor that guards the start. */
  private volatile @Nullable Thread thread;

  ThreadLane(Readiness readiness) {
    this(readiness, Daemons.IDLE_NANOS);
  }

  /** For tests that cannot wait for so long until an idle thread ends. */
  ThreadLane(Readiness readiness, long idleNanos) {
    super(readiness);
    this.idleNanos = idleNanos;
  }

  @Override
  public String lane() {
    return "thread";
  }

  @Override
  protected void start() {
    Thread t = daemon("gonet-poller", new Persistent(this::loop));
    thread = t;
    Daemons.start(t);
  }

  @Override
  public @Nullable Thread sleeper() {
    return thread;
  }

  private void rest() {
    thread = null;
    readiness.rest();
  }

  private void loop() {
    for (; ; ) {
      try {
        if (readiness.registered() > 0) {
          readiness.poll(-1);
          continue;
        }
        // The last one that left has woken the poll above.
        long end = Clock.after(idleNanos);
        readiness.poll(idleNanos);
        if (Clock.now() >= end && ended(this::rest)) {
          return;
        }
      } catch (Throwable t) {
        failed("poller", t);
      }
    }
  }
}

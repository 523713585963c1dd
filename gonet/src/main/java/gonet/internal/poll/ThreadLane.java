package gonet.internal.poll;

import gonet.internal.backend.Readiness;
import gonet.internal.time.Persistent;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that waits and wakes. Every wake-up crosses from it to a carrier, which costs
 * two context switches; it is what remains where a poller cannot sleep apart from its polling, as
 * with {@link java.nio.channels.Selector}.
 */
final class ThreadLane extends Poller {

  /** Written once, under the monitor that guards the start. */
  private volatile @Nullable Thread thread;

  ThreadLane(Readiness readiness) {
    super(readiness);
  }

  @Override
  public String lane() {
    return "thread";
  }

  @Override
  protected void start() {
    Thread t = daemon("gonet-poller", () -> Persistent.run(this::loop));
    thread = t;
    t.start();
  }

  @Override
  public @Nullable Thread sleeper() {
    return thread;
  }

  @SuppressWarnings("InfiniteLoopStatement")
  private void loop() {
    for (; ; ) {
      try {
        readiness.poll(-1);
      } catch (Throwable t) {
        failed("poller", t);
      }
    }
  }
}

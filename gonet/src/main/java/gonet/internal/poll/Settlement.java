package gonet.internal.poll;

import gonet.internal.time.Clock;
import gonet.internal.time.Timer;

/**
 * Looks after a descriptor that was closed without anybody waiting for the end of it, while
 * somebody was still inside. If an Error keeps the last one from giving the descriptor back, this
 * does.
 *
 * <p>Called by the timer thread, which must not wait; giving a descriptor back may. So it is done
 * on a thread made for it.
 */
final class Settlement extends Timer {
  private final OpenDescriptor fd;

  Settlement(OpenDescriptor fd) {
    this.fd = fd;
  }

  private record Settle(OpenDescriptor fd) implements Runnable {
    @Override
    public void run() {
      fd.settle();
    }
  }

  @Override
  protected long fire(long now) {
    if (fd.destroyed()) {
      return Clock.NONE;
    }
    if (fd.owes()) {
      Poller.daemon("gonet-close", new Settle(fd)).start();
    }
    return Clock.plus(now, FDMutex.LOOK_NANOS);
  }
}

package gonet.internal.nio;

import java.nio.channels.SelectableChannel;
import java.util.concurrent.locks.LockSupport;

/** A thread that waits until the selector has let go of a channel. */
final class NioDeparture {
  private final SelectableChannel channel;
  private final Thread waiter = Thread.currentThread();
  private volatile boolean done;

  NioDeparture(SelectableChannel channel) {
    this.channel = channel;
  }

  /** Whether the selector still holds the channel, which keeps its socket from being closed. */
  boolean pending() {
    return channel.isRegistered();
  }

  boolean done() {
    return done;
  }

  /** Lets the waiter go. */
  void complete() {
    done = true;
    LockSupport.unpark(waiter);
  }

  /** Parks the waiter, who looks at {@link #done} again: a park may end for no reason. */
  void park() {
    LockSupport.park(this);
  }
}

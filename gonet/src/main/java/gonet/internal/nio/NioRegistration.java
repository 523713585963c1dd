package gonet.internal.nio;

import gonet.internal.backend.Readiness;
import gonet.internal.backend.Readiness.Sink;
import java.nio.channels.SelectionKey;

/** What a selection key carries: whom to tell, and what the select in progress found. */
final class NioRegistration {
  private final Sink sink;

  /** Collected by a select and not yet delivered. Guarded by {@code NioReadiness.polling}. */
  private int readyOps;

  private volatile boolean gone;

  NioRegistration(Sink sink) {
    this.sink = sink;
  }

  void collect(int ops) {
    readyOps = ops;
  }

  /** Sends whoever waits to look why nothing is reported any more. */
  void fail() {
    if (!gone) {
      sink.ready(Readiness.READ | Readiness.WRITE);
    }
  }

  /** Ends the reports; one that is under way on the polling thread still arrives. */
  void leave() {
    gone = true;
  }

  void deliver() {
    int ops = readyOps;
    readyOps = 0;
    if (!gone) {
      int events = 0;
      if ((ops & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
        events |= Readiness.READ;
      }
      if ((ops & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
        events |= Readiness.WRITE;
      }
      sink.ready(events);
    }
  }
}

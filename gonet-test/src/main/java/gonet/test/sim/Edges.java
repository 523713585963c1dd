package gonet.test.sim;

import gonet.internal.backend.Readiness;
import org.jspecify.annotations.Nullable;

/** What is told of one socket, as epoll does it: queued until it is polled. On the carrier. */
final class Edges {
  private final Machine machine;
  private Readiness.@Nullable Sink sink;
  private int news;

  Edges(Machine machine) {
    this.machine = machine;
  }

  /** Registers, or ends it: what is true by now is told as well. */
  void watch(Readiness.@Nullable Sink newSink, int level) {
    sink = newSink;
    tell(level);
  }

  void tell(int events) {
    if (sink == null || events == 0) {
      return;
    }
    boolean queued = news != 0;
    news |= events;
    if (!queued) {
      machine.time().after(machine.sim().network(2_000), this::report);
    }
  }

  private void report() {
    Readiness.Sink listener = sink;
    int events = news;
    news = 0;
    if (listener != null && !machine.gone()) {
      machine.sim().scheduler().at(machine, () -> listener.ready(events));
    }
  }
}

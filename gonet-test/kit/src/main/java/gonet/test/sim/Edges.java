package gonet.test.sim;

import gonet.internal.backend.Readiness;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is told of one socket, as epoll does it: queued until it is polled, to each descriptor of it
 * that is registered. On the carrier.
 */
final class Edges {
  private final Machine machine;
  private final List<Watch> watches = new ArrayList<>(1);

  Edges(Machine machine) {
    this.machine = machine;
  }

  /** Registers, or ends it: what is true by now is told as well. */
  @SuppressWarnings("ReferenceEquality") // a descriptor is equal to itself alone
  void watch(SimDescriptor who, Readiness.@Nullable Sink sink, int level) {
    if (sink != null) {
      Watch made = new Watch(who, sink);
      watches.add(made);
      made.tell(level);
      return;
    }
    for (Watch each : watches) {
      if (each.who == who) {
        each.ended = true;
      }
    }
    watches.removeIf(each -> each.ended);
  }

  /** Nobody is told any more. */
  void end() {
    for (Watch each : watches) {
      each.ended = true;
    }
    watches.clear();
  }

  void tell(int events) {
    for (Watch each : watches) {
      each.tell(events);
    }
  }

  private final class Watch {
    final SimDescriptor who;
    private final Readiness.Sink sink;
    private int news;
    boolean ended;

    Watch(SimDescriptor who, Readiness.Sink sink) {
      this.who = who;
      this.sink = sink;
    }

    void tell(int events) {
      if (events == 0) {
        return;
      }
      boolean queued = news != 0;
      news |= events;
      if (!queued) {
        machine.time().after(machine.sim().network(2_000), this::report);
      }
    }

    private void report() {
      int events = news;
      news = 0;
      HostProcess process = who.process;
      if (!ended && !process.gone()) {
        machine.sim().scheduler().at(process, () -> sink.ready(events));
      }
    }
  }
}

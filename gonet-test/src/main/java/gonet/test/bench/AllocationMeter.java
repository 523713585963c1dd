package gonet.test.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a request allocates in a server that runs in a JVM: between two moments of one run, so that
 * neither opening the connections nor compiling the code is in it.
 */
final class AllocationMeter {
  private final LoadProcess load;
  private final Plan plan;

  AllocationMeter(LoadProcess load, Plan plan) {
    this.load = load;
    this.plan = plan;
  }

  /**
   * What was counted at one moment.
   *
   * @param events requests, or whatever the server counts instead
   */
  record Mark(long events, long allocatedBytes) {}

  Sample measure(Case which, ServerProcess server) throws IOException, InterruptedException {
    // Until the last method is compiled by C2: only then the figure stands still.
    double warm = 2 * plan.compileSeconds();
    double seconds = 2 * plan.seconds();
    List<Mark> marks = new ArrayList<>();
    if (server.stats().containsKey("turns")) {
      // It has no clients, and counts for itself.
      Thread.sleep((long) (warm * 1000));
      marks.add(mark(server));
      Thread.sleep((long) (seconds * 1000));
      marks.add(mark(server));
      return new Sample(perEvent(marks), LoadResult.none());
    }
    LoadResult run =
        load.run(
            which,
            server,
            warm,
            seconds,
            requests -> marks.add(new Mark(requests, number("allocated", server.stats()))));
    return new Sample(perEvent(marks), run);
  }

  /** Of the first mark and the last one. */
  static double perEvent(List<Mark> marks) {
    Mark first = marks.getFirst();
    Mark last = marks.getLast();
    return (double) (last.allocatedBytes() - first.allocatedBytes())
        / (last.events() - first.events());
  }

  private static Mark mark(ServerProcess server) throws IOException, InterruptedException {
    Map<String, String> stats = server.stats();
    return new Mark(number("turns", stats), number("allocated", stats));
  }

  private static long number(String name, Map<String, String> stats) throws IOException {
    String number = stats.get(name);
    if (number == null) {
      throw new IOException("the server does not tell " + name + ": " + stats);
    }
    return Long.parseLong(number);
  }
}

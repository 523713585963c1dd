package gonet.test.bench;

import java.io.IOException;
import java.util.Map;

/**
 * What a request allocates in a server that runs in a JVM. Two runs of different length open the
 * same connections, so the difference is what the additional requests cost and nothing else.
 */
final class AllocationMeter {
  private final LoadProcess load;
  private final Plan plan;

  AllocationMeter(LoadProcess load, Plan plan) {
    this.load = load;
    this.plan = plan;
  }

  Sample measure(Case which, ServerProcess server) throws IOException, InterruptedException {
    if (server.stats().containsKey("turns")) {
      return alone(server);
    }
    // Until the last method is compiled by C2: only then the figure stands still.
    load.run(which, server, 2 * plan.compileSeconds(), plan.seconds());
    long before = allocated(server);
    LoadResult shorter = load.run(which, server, 0, plan.seconds());
    long between = allocated(server);
    LoadResult longer = load.run(which, server, 0, 3 * plan.seconds());
    long after = allocated(server);
    return new Sample(perRequest(before, shorter, between, longer, after), longer);
  }

  static double perRequest(
      long before, LoadResult shorter, long between, LoadResult longer, long after) {
    long bytes = after - between - (between - before);
    return (double) bytes / (longer.requests() - shorter.requests());
  }

  /** Of what has no clients but counts for itself. */
  private Sample alone(ServerProcess server) throws IOException, InterruptedException {
    pause(2 * plan.compileSeconds());
    Map<String, String> before = server.stats();
    pause(plan.seconds());
    Map<String, String> after = server.stats();
    double bytes = number("allocated", after) - number("allocated", before);
    double turns = number("turns", after) - number("turns", before);
    return new Sample(bytes / turns, LoadResult.none());
  }

  private static void pause(double seconds) throws InterruptedException {
    Thread.sleep((long) (seconds * 1000));
  }

  private static long allocated(ServerProcess server) throws IOException, InterruptedException {
    return number("allocated", server.stats());
  }

  private static long number(String name, Map<String, String> stats) throws IOException {
    String number = stats.get(name);
    if (number == null) {
      throw new IOException("the server does not tell " + name + ": " + stats);
    }
    return Long.parseLong(number);
  }
}

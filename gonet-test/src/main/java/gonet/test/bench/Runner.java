package gonet.test.bench;

import gonet.test.report.Figures;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs servers in turn, A B C A B C, so that whatever the machine does to one of them it does to
 * its rivals as well. Each visit starts the server anew.
 */
final class Runner {
  private final List<Rival> rivals;
  private final Plan plan;
  private final LoadProcess load;
  private final Path c;
  private final Path logs;
  private final Results results;
  private final Progress progress;

  /**
   * Over everything that takes part.
   *
   * @param c the server in C, which is also what a proxy carries bytes to
   * @param logs a folder for what servers print on standard error
   */
  Runner(
      List<Rival> rivals,
      Plan plan,
      LoadProcess load,
      Path c,
      Path logs,
      Results results,
      Progress progress) {
    this.rivals = rivals;
    this.plan = plan;
    this.load = load;
    this.c = c;
    this.logs = logs;
    this.results = results;
    this.progress = progress;
  }

  /** How many runs of the load generator a number of rounds needs. */
  static int steps(List<Case> cases, List<Rival> rivals, int rounds) {
    int steps = 0;
    for (Case which : cases) {
      for (Rival rival : rivals) {
        steps += rival.modes().contains(which.mode()) ? rounds : 0;
      }
    }
    return steps;
  }

  /** One round of all cases. */
  void round(int number) throws InterruptedException {
    // Each round begins with another server, for whoever is first may find a cooler machine.
    List<Rival> order = new ArrayList<>(rivals);
    Collections.rotate(order, -number);
    for (List<Case> group : groups()) {
      for (Rival rival : order) {
        if (rival.modes().contains(group.getFirst().mode())) {
          visit(rival, group, number);
        }
      }
    }
  }

  /** Cases that one server process may see one after the other. */
  private List<List<Case>> groups() {
    Map<String, List<Case>> groups = new LinkedHashMap<>();
    for (Case which : plan.cases()) {
      String key =
          plan.sharesServers()
              ? which.mode() + which.placement() + which.targetMode()
              : which.name();
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(which);
    }
    return List.copyOf(groups.values());
  }

  private void visit(Rival rival, List<Case> group, int round) throws InterruptedException {
    Case first = group.getFirst();
    int done = 0;
    try (Target target = Target.of(first, c, logs);
        ServerProcess server =
            ServerProcess.start(rival.name(), command(rival, first, target), logs)) {
      Optional<String> otherLane = otherLane(rival, server);
      if (otherLane.isPresent()) {
        skip(rival.name(), "the server ran on " + otherLane.get());
      } else {
        for (Case which : group) {
          measure(which, rival, server, round, done == 0);
          done++;
        }
      }
    } catch (IOException e) {
      skip(group.get(done).name() + " " + rival.name(), String.valueOf(e.getMessage()));
    }
    for (; done < group.size(); done++) {
      progress.ended(rival.name() + " takes no part in " + group.get(done).name());
    }
  }

  private static List<String> command(Rival rival, Case which, Target target) {
    List<String> command = new ArrayList<>(rival.command().apply(which.mode()));
    command.addAll(target.arguments());
    return which.placement().server(command);
  }

  /** The lane that it runs on, if that is not the one that its row would claim. */
  private static Optional<String> otherLane(Rival rival, ServerProcess server)
      throws IOException, InterruptedException {
    if (!rival.obeys()) {
      return Optional.empty();
    }
    Map<String, String> stats = server.stats();
    String lane = stats.get("backend") + "/" + stats.get("lane");
    return lane.equals(rival.lane()) ? Optional.empty() : Optional.of(lane);
  }

  private void measure(Case which, Rival rival, ServerProcess server, int round, boolean fresh)
      throws IOException, InterruptedException {
    String what = "round " + (round + 1) + ", " + which.name() + ", " + rival.name();
    progress.begins(what);
    Sample sample =
        switch (which.metric()) {
          case MEMORY_PER_CONN -> {
            if (which.isOfTls() && rival.compiles()) {
              // Classes and compiled code are no part of what a connection costs.
              Case busy = which.shakingHands();
              var _ = load.run(busy, server, 0, busy.leastCompileSeconds());
            }
            yield new MemoryMeter(load).measure(which, rival, server);
          }
          case ALLOCATED_PER_REQUEST -> new AllocationMeter(load, plan).measure(which, server);
          default -> {
            LoadResult run = run(which, server, rival.compiles() && fresh);
            yield new Sample(which.metric().of(run), run);
          }
        };
    if (!Double.isFinite(sample.value())) {
      throw new IOException("nothing was measured");
    }
    results.add(which, rival, sample);
    progress.ended("%s: %s %s".formatted(what, Figures.of(sample.value()), which.metric().unit()));
  }

  private LoadResult run(Case which, ServerProcess server, boolean compiles)
      throws IOException, InterruptedException {
    double warm = plan.warmSeconds();
    if (compiles && which.compilesNothing()) {
      var _ = load.run(which.busy(), server, 0, plan.compileSeconds());
      if (which.isPaced()) {
        var _ = load.run(which.drowsy(), server, 0, plan.compileSeconds());
      }
    } else if (compiles) {
      warm = Math.max(plan.compileSeconds(), which.leastCompileSeconds());
    }
    double seconds = which.metric() == Metric.CPU_IDLE ? plan.quietSeconds() : plan.seconds();
    return load.run(which, server, warm, seconds);
  }

  private void skip(String what, String why) {
    if (!results.skipped().containsKey(what)) {
      progress.say("without " + what + ": " + why);
    }
    results.skip(what, why);
  }
}

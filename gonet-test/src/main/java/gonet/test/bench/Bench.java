package gonet.test.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code bin/bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures gonet beside C, Go, Netty, Node and the JDK's own sockets.")
public final class Bench implements Callable<Integer> {
  private static final int ROUNDS = 7;

  /**
   * Servers that no goal names: three minutes are too short for them, unless they are asked for.
   */
  private static final Set<String> ONLY_FULL = Set.of("jdk-selector", "node", "gonet-nio");

  /**
   * Cases that a short run leaves out as well: a goal of a few percent needs many rounds, and three
   * minutes have no room for everything.
   */
  private static final Set<String> ONLY_FULL_CASES =
      Set.of("P15", "P16", "P17", "U1", "U2", "T1", "T2", "T3", "T4");

  private static final String NO_OPENSSL = "OpenSSL's headers are missing, which its load needs";

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--short",
      description = "One round of the servers that goals name, in about three minutes.")
  private boolean brief;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds; 7 if not given.")
  private int rounds;

  @Option(
      names = "--case",
      paramLabel = "CASE",
      split = ",",
      description = "These cases only, such as P1,P3/64.")
  private List<String> cases = List.of();

  @Option(
      names = "--peer",
      paramLabel = "PEER",
      split = ",",
      description = "These servers only, such as go,gonet-shared.")
  private List<String> peers = List.of();

  @Option(
      names = "--placement",
      paramLabel = "SPLIT|FREE",
      description = "Where server and load run, instead of what each case says.")
  private @Nullable Placement placement;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where bench.json and bench.html go; ${DEFAULT-VALUE} if not given.")
  private Path out = Path.of("target/bench");

  @Option(
      names = "--sources",
      paramLabel = "FOLDER",
      description = "Where the servers' sources are; ${DEFAULT-VALUE} if not given.")
  private Path sources = Path.of("gonet-test/peers");

  @Option(
      names = "--guard",
      paramLabel = "CLASSES",
      description =
          "Whether gonet is slower than an earlier version, whose classes are in this folder;"
              + " bin/bench --guard [REVISION] makes them. Status 1 if it is.")
  private @Nullable Path guard;

  @Option(names = "--list", description = "Lists cases and servers and ends.")
  private boolean list;

  private Bench() {}

  /** Runs the command; status 2 for wrong arguments, 1 if nothing could be measured. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Plan plan = plan();
    if (list && peers.isEmpty()) {
      plan.cases().forEach(which -> System.out.printf("%-12s %s%n", which.name(), which.title()));
      return 0;
    }
    Path work = Files.createDirectories(out.resolve("work")).toAbsolutePath();
    Builds builds = new Builds(sources.toAbsolutePath(), work);
    Rivals rivals =
        guard == null
            ? Rivals.find(sources.toAbsolutePath(), builds)
            : Rivals.guard(sources.toAbsolutePath(), builds, guard.toAbsolutePath());
    List<Rival> chosen = chosen(rivals);
    LoadProcess load = LoadProcess.build(builds, work);
    List<Case> impossible = plan.cases().stream().filter(which -> !load.canRun(which)).toList();
    plan = plan.without(impossible);
    Results results = new Results(plan.cases(), chosen);
    rivals.missing().forEach(results::skip);
    impossible.forEach(which -> results.skip(which.name(), NO_OPENSSL));
    int steps = Runner.steps(plan.cases(), chosen, plan.rounds());
    Progress progress = Progress.on(System.out, steps);
    results.skipped().forEach((name, why) -> progress.say("without " + name + ": " + why));
    Runner runner = new Runner(chosen, plan, load, builds.c("echo"), work, results, progress);
    boolean met = false;
    for (int round = 0; round < plan.rounds() && !met; round++) {
      Optional<OtherWork> others = OtherWork.begin();
      runner.round(round);
      if (others.isPresent()) {
        results.addOthers(others.get().end());
        results.warning(round).ifPresent(progress::say);
      }
      // After each round, so that a run that is stopped has told what it knew.
      Files.writeString(out.resolve("bench.json"), JsonReport.text(results, plan));
      Files.writeString(out.resolve("bench.html"), new HtmlReport(results, plan).text());
      met = guard != null && round + 1 >= Guard.LEAST_ROUNDS && Guard.isMet(results, plan.cases());
    }
    progress.say("");
    System.out.print(new TableReport(results).text());
    System.out.println("see " + out.resolve("bench.html") + " and " + out.resolve("bench.json"));
    if (guard != null) {
      System.out.println(met ? "not slower" : "SLOWER by more than " + Guard.PERCENT + " %");
    }
    return results.cases().isEmpty() || guard != null && !met ? 1 : 0;
  }

  private Plan plan() {
    if (rounds < 0) {
      throw wrong("--rounds wants a positive number, not " + rounds);
    }
    List<Case> chosen = new ArrayList<>();
    List<Case> all = Cases.all(Machine.cores(), brief);
    if (guard != null) {
      all = Guard.cases(all);
    }
    for (Case which : all) {
      boolean wanted =
          cases.isEmpty()
              ? !(brief && ONLY_FULL_CASES.contains(which.id()))
              : cases.stream().anyMatch(which::isMeantBy);
      if (wanted) {
        chosen.add(placement == null ? which : which.at(placement));
      }
    }
    for (String name : cases) {
      if (all.stream().noneMatch(which -> which.isMeantBy(name))) {
        throw wrong("there is no case " + name + "; --list tells which there are");
      }
    }
    if (guard != null) {
      return Plan.full(chosen, rounds == 0 ? Guard.MOST_ROUNDS : rounds);
    }
    return brief
        ? Plan.brief(chosen, rounds == 0 ? 1 : rounds)
        : Plan.full(chosen, rounds == 0 ? ROUNDS : rounds);
  }

  private List<Rival> chosen(Rivals rivals) {
    for (String peer : peers) {
      if (rivals.found().stream().noneMatch(rival -> rival.name().equals(peer))) {
        String why = rivals.missing().get(peer);
        throw wrong(why == null ? "there is no server " + peer : "no " + peer + " here: " + why);
      }
    }
    return rivals.found().stream().filter(this::isChosen).toList();
  }

  private boolean isChosen(Rival rival) {
    return peers.isEmpty()
        ? !(brief && ONLY_FULL.contains(rival.name()))
        : peers.contains(rival.name());
  }

  private ParameterException wrong(String message) {
    CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException(message);
    }
    return new ParameterException(known.commandLine(), message);
  }
}

package gonet.test.load;

import static java.util.Locale.ROOT;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code bin/load}. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Puts load on a server and measures it.",
      "",
      "Without --rate the loop is closed: each connection sends its next request when the one before"
          + " was answered. With --rate it is open: requests are due at fixed moments, and a latency"
          + " counts from that moment, so a server that stalls cannot hide it."
    })
public final class Load implements Callable<Integer> {
  private static final int DEFAULT_CONNECTIONS = 64;
  private static final int BLOCK_BYTES = 64 * 1024;
  private static final int MOST_BYTES = 1 << 24;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SERVER",
      description =
          "HOST:PORT, tls:HOST:PORT, unix:PATH, udp:HOST:PORT: it has to echo, unless the mode says"
              + " otherwise; or http://HOST[:PORT][/PATH], https://….")
  private @Nullable String target;

  @Option(
      names = {"-m", "--mode"},
      description = "One of ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} if not given.")
  private Mode mode = Mode.ECHO;

  @Option(
      names = {"-c", "--connections"},
      paramLabel = "N",
      description = "Connections at a time; 64, for PINGPONG 1.")
  private @Nullable Integer connections;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Such as 30s or 2m; 10s if not given.")
  private Duration duration = Duration.ofSeconds(10);

  @Option(
      names = "--warm-up",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "Load before anything counts; 1s, for IDLE 0s.")
  private @Nullable Duration warmUp;

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "N",
      description = "Requests a second over all connections: an open loop.")
  private @Nullable Double rate;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      description =
          "Of a request, 128; for BULK of a write, 65536; of the body of HTTP's POST, 0 for GET.")
  private @Nullable Integer size;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "Requests in flight on a connection; 1, for PIPELINED 16.")
  private @Nullable Integer depth;

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "Sets a read deadline that far ahead before every read; 1s for udp, where it tells what"
              + " is lost.")
  private @Nullable Duration deadline;

  @Option(
      names = "--connect-timeout",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "5s if not given.")
  private Duration connectTimeout = Duration.ofSeconds(5);

  @Option(
      names = "--expected-interval",
      paramLabel = "TIME",
      converter = Durations.class,
      description =
          "Corrects the latencies of a closed loop as if each connection had meant to send that"
              + " often.")
  private Duration expectedInterval = Duration.ZERO;

  @Option(names = "--json", paramLabel = "FILE", description = "Writes the summary as JSON.")
  private @Nullable Path json;

  @Option(
      names = "--hlog",
      paramLabel = "FILE",
      description = "Writes each second's latencies for HdrHistogram's tools.")
  private @Nullable Path hlog;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Writes a page for people: rates and latencies over time, errors.")
  private @Nullable Path html;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Certificates to trust under TLS, as PEM; the JDK's if not given.")
  private @Nullable Path authorities;

  @Option(names = "--trust-anybody", description = "Takes any certificate for any name: for tests.")
  private boolean trustAnybody;

  @Option(
      names = "--merge",
      arity = "1..*",
      paramLabel = "HLOG",
      description =
          "Runs nothing: one report from the logs of several machines that put load on one server"
              + " at the same time, whose clocks agree to a part of a second.")
  private List<Path> merged = List.of();

  @Option(
      names = "--compare",
      arity = "2",
      paramLabel = "HLOG",
      description =
          "Runs nothing: compares two logs, the older first, with intervals of 95 %% by resampling"
              + " their seconds.")
  private List<Path> compared = List.of();

  private final PrintStream out;

  private Load(PrintStream out) {
    this.out = out;
  }

  /** Runs the command: status 2 for wrong arguments, 1 if not one request was answered. */
  public static void main(String[] args) {
    System.exit(commandLine(System.out).execute(args));
  }

  static CommandLine commandLine(PrintStream out) {
    return new CommandLine(new Load(out)).setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    int jobs = (target == null ? 0 : 1) + (merged.isEmpty() ? 0 : 1) + (compared.isEmpty() ? 0 : 1);
    if (jobs != 1) {
      throw wrong("want one of: a server, --merge, --compare");
    }
    requireFolder("--json", json);
    requireFolder("--hlog", hlog);
    requireFolder("--html", html);
    if (!merged.isEmpty()) {
      return merge();
    }
    return compared.isEmpty() ? run() : compare();
  }

  private int run() throws IOException, InterruptedException {
    Settings settings = settings();
    String title = settings.mode() + " to " + settings.target().text();
    Measurements measurements = new Measurements(settings.expectedInterval().toNanos());
    History history = new History();
    Status status = Status.on(out);
    double seconds;
    try (IntervalLog log =
        hlog == null ? null : new IntervalLog(hlog, title, System.currentTimeMillis())) {
      seconds =
          new LoadRun(settings, measurements)
              .run(
                  (done, elapsed, second, interval) -> {
                    if (log != null) {
                      log.add(interval);
                    }
                    history.add(elapsed, second, interval, measurements);
                    status.show(done, elapsed, second, interval, measurements);
                  });
    }
    status.end();
    Summary summary = new Summary(settings, measurements, seconds);
    out.print(summary.text());
    if (json != null) {
      Files.writeString(json, summary.json());
    }
    if (html != null) {
      Files.writeString(
          html,
          new RunPage(title, settings.words())
              .figures(measurements.total(), seconds)
              .history(history)
              .percentiles(Map.of("all", measurements.total()))
              .errors(measurements.errors())
              .text());
    }
    return measurements.total().getTotalCount() > 0 ? 0 : 1;
  }

  private int merge() throws IOException {
    LoggedRun run = logged("--merge", merged);
    out.print(Summary.of(run));
    if (hlog != null) {
      Histogram first = run.seconds().getFirst().latencies();
      try (IntervalLog log =
          new IntervalLog(hlog, "merged from " + merged.size(), first.getStartTimeStamp())) {
        run.seconds().forEach(second -> log.add(second.latencies()));
      }
    }
    if (html != null) {
      Files.writeString(
          html,
          new RunPage("load of " + merged.size() + " logs", names(merged))
              .figures(run.total(), run.length())
              .history(run.history())
              .percentiles(Map.of("all", run.total()))
              .text());
    }
    return 0;
  }

  private int compare() throws IOException {
    LoggedRun before = logged("--compare", compared.subList(0, 1));
    LoggedRun after = logged("--compare", compared.subList(1, 2));
    Comparison comparison = new Comparison(before, after);
    out.print(comparison.text());
    if (html != null) {
      Map<String, Histogram> runs = new LinkedHashMap<>();
      runs.put("before", before.total());
      runs.put("after", after.total());
      Files.writeString(
          html,
          new RunPage("before and after", names(compared))
              .comparison(comparison)
              .percentiles(runs)
              .text());
    }
    return 0;
  }

  private LoggedRun logged(String option, List<Path> files) {
    try {
      return LoggedRun.read(files);
    } catch (IOException e) {
      throw wrong(option + ": " + e.getMessage());
    }
  }

  private static String names(List<Path> files) {
    return files.stream().map(file -> file.getFileName().toString()).collect(joining(", "));
  }

  private Settings settings() {
    Target to = target();
    boolean requests = mode == Mode.ECHO || mode == Mode.PINGPONG || mode == Mode.PIPELINED;
    if (rate != null && (!requests || !(rate > 0 && rate < 1e9))) {
      throw wrong(
          requests ? "--rate wants a positive number" : "--rate is for echo, pingpong, pipelined");
    }
    if (rate != null && expectedInterval.isPositive()) {
      throw wrong("--expected-interval is for a closed loop; with --rate nothing needs correction");
    }
    if (to.isDatagrams() && mode != Mode.ECHO && mode != Mode.PINGPONG) {
      throw wrong("the modes of udp are echo and pingpong, not " + mode.name().toLowerCase(ROOT));
    }
    if (to.isHttp() && mode == Mode.BULK) {
      throw wrong("--mode bulk is for a stream without requests");
    }
    return new Settings(
        to,
        mode,
        within(
            "--connections", connections, mode == Mode.PINGPONG ? 1 : DEFAULT_CONNECTIONS, 1 << 20),
        positive("--duration", duration),
        warmUp == null ? Duration.ofSeconds(mode == Mode.IDLE ? 0 : 1) : warmUp,
        rate == null ? 0 : rate,
        sizeBytes(to),
        within("--depth", depth, mode == Mode.PIPELINED ? 16 : 1, to.isDatagrams() ? 1 : 1024),
        deadline == null ? Duration.ofSeconds(to.isDatagrams() ? 1 : 0) : deadline,
        positive("--connect-timeout", connectTimeout),
        expectedInterval);
  }

  /** Before a run of minutes, and not behind it. */
  private void requireFolder(String option, @Nullable Path file) {
    if (file != null) {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(file)) {
        throw wrong(option + ": " + file + " cannot be written: no such folder, or a folder");
      }
    }
  }

  private Target target() {
    if (target == null) {
      throw new IllegalStateException("no target");
    }
    try {
      return Target.parse(target, new Target.Trust(authorities, trustAnybody), connectTimeout);
    } catch (IOException e) {
      throw wrong("the server " + target + ": " + e.getMessage());
    }
  }

  private int sizeBytes(Target to) {
    if (to.isHttp()) {
      return within("--size", size, 0, 0, MOST_BYTES);
    }
    if (to.isDatagrams()) {
      return within("--size", size, 128, DatagramWorker.LEAST_BYTES, DatagramWorker.MOST_BYTES);
    }
    return within("--size", size, mode == Mode.BULK ? BLOCK_BYTES : 128, MOST_BYTES);
  }

  private int within(String name, @Nullable Integer given, int otherwise, int most) {
    return within(name, given, otherwise, 1, most);
  }

  private int within(String name, @Nullable Integer given, int otherwise, int least, int most) {
    int value = given == null ? otherwise : given;
    if (value < least || value > most) {
      throw wrong(name + " wants a number from " + least + " to " + most + ", not " + value);
    }
    return value;
  }

  private Duration positive(String name, Duration given) {
    if (!given.isPositive()) {
      throw wrong(name + " wants more than no time");
    }
    return given;
  }

  private ParameterException wrong(String message) {
    CommandSpec known = spec;
    if (known == null) {
      throw new IllegalStateException(message);
    }
    return new ParameterException(known.commandLine(), message);
  }
}

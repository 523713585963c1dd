package gonet.test.load;

import gonet.HostPort;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
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
      "Puts load on a TCP server and measures it.",
      "",
      "Without --rate the loop is closed: each connection sends its next request when the one before"
          + " was answered. With --rate it is open: requests are due at fixed moments, and a latency"
          + " counts from that moment, so a server that stalls cannot hide it."
    })
public final class Load implements Callable<Integer> {
  private static final int DEFAULT_CONNECTIONS = 64;
  private static final int BLOCK_BYTES = 64 * 1024;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "HOST:PORT", description = "The server.")
  private String target = "";

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
  private double rate;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      description = "Of a request, 128; for BULK of a write, 65536.")
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
      description = "Sets a read deadline that far ahead before every read.")
  private Duration deadline = Duration.ZERO;

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
    Settings settings = settings();
    Measurements measurements = new Measurements(settings.expectedInterval().toNanos());
    Status status = Status.on(out);
    double seconds;
    try (IntervalLog log = hlog == null ? null : new IntervalLog(hlog, settings)) {
      seconds =
          new LoadRun(settings, measurements)
              .run(
                  (done, elapsed, second, interval) -> {
                    if (log != null) {
                      log.add(interval);
                    }
                    status.show(done, elapsed, second, interval, measurements);
                  });
    }
    status.end();
    Summary summary = new Summary(settings, measurements, seconds);
    out.print(summary.text());
    if (json != null) {
      Files.writeString(json, summary.json());
    }
    return measurements.total().getTotalCount() > 0 ? 0 : 1;
  }

  private Settings settings() {
    try {
      var _ = HostPort.split(target);
    } catch (IOException e) {
      throw wrong("the server: " + e.getMessage());
    }
    boolean requests = mode == Mode.ECHO || mode == Mode.PINGPONG || mode == Mode.PIPELINED;
    if (rate < 0 || Double.isNaN(rate) || (rate > 0 && !requests)) {
      throw wrong(
          requests ? "--rate wants a positive number" : "--rate is for echo, pingpong, pipelined");
    }
    if (rate > 0 && expectedInterval.isPositive()) {
      throw wrong("--expected-interval is for a closed loop; with --rate nothing needs correction");
    }
    return new Settings(
        target,
        mode,
        within(
            "--connections", connections, mode == Mode.PINGPONG ? 1 : DEFAULT_CONNECTIONS, 1 << 20),
        positive("--duration", duration),
        warmUp == null ? Duration.ofSeconds(mode == Mode.IDLE ? 0 : 1) : warmUp,
        rate,
        within("--size", size, mode == Mode.BULK ? BLOCK_BYTES : 128, 1 << 24),
        within("--depth", depth, mode == Mode.PIPELINED ? 16 : 1, 1024),
        deadline,
        positive("--connect-timeout", connectTimeout),
        expectedInterval);
  }

  private int within(String name, @Nullable Integer given, int otherwise, int most) {
    int value = given == null ? otherwise : given;
    if (value < 1 || value > most) {
      throw wrong(name + " wants a number from 1 to " + most + ", not " + value);
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

package gonet.test.sim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A seed gives the same run in other JVMs, and as far as one machine can show it on other machines:
 * with other processors, other hash codes, another order of {@code Set.of}, another language,
 * clock, charset, user, folder and environment.
 */
@NeedsSim
@Proves("sim-same")
class SimElsewhereTest {
  private static final int SEEDS = Integer.getInteger("gonet.sim.elsewhereSeeds", 3);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir Path folder;

  private static String expected = "";

  /** Prints the logs of some seeds: in a JVM of its own. */
  static final class Print {
    private Print() {}

    public static void main(String[] args) {
      System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
      PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, UTF_8);
      out.print(logs(Integer.parseInt(args[0])));
      out.flush();
    }
  }

  private static String logs(int seeds) {
    StringBuilder logs = new StringBuilder();
    for (int seed = 1; seed <= seeds; seed++) {
      logs.append(Sim.attempt(seed, SimDeterminismTest::echo, true).log());
      logs.append(Sim.attempt(seed, SimDeterminismTest::waits, true).log());
      logs.append(Sim.attempt(seed, SimHandOverTest::succeed, true).log());
    }
    return logs.toString();
  }

  /**
   * Where a program may run.
   *
   * @param flags of the JVM
   * @param environment beside nothing else, not even PATH
   */
  record Elsewhere(List<String> flags, Map<String, String> environment) {
    static Elsewhere flags(String... flags) {
      return new Elsewhere(List.of(flags), Map.of());
    }

    /** A machine that has nothing of this one. */
    static Elsewhere far(String language, String country, String zone, String... flags) {
      List<String> all =
          new ArrayList<>(
              List.of(
                  "-Duser.language=" + language,
                  "-Duser.country=" + country,
                  "-Duser.timezone=" + zone,
                  "-Duser.name=somebody",
                  "-Duser.home=/nowhere",
                  "-XX:+UnlockExperimentalVMOptions"));
      all.addAll(Arrays.asList(flags));
      return new Elsewhere(
          all, Map.of("LANG", "C", "LC_ALL", "C", "TZ", zone, "HOME", "/nowhere", "A", "b"));
    }

    @Override
    public String toString() {
      return String.join(" ", flags);
    }
  }

  /** Each has much that is different, so that few are enough. */
  static Stream<Elsewhere> some() {
    return Stream.of(
        Elsewhere.flags("-XX:+UseSerialGC"),
        Elsewhere.flags("-XX:+UseParallelGC", "-XX:TieredStopAtLevel=1"),
        Elsewhere.far("ar", "EG", "Asia/Kathmandu", "-XX:ActiveProcessorCount=1", "-XX:hashCode=0"),
        Elsewhere.far(
            "tr",
            "TR",
            "America/St_Johns",
            "-XX:ActiveProcessorCount=16",
            "-XX:hashCode=3",
            "-Xshare:off",
            "-Dfile.encoding=COMPAT"));
  }

  /** What is different one by one, and with each collector. */
  static Stream<Elsewhere> many() {
    Stream<Elsewhere> alone =
        Stream.of(
                "-XX:ActiveProcessorCount=1",
                "-XX:ActiveProcessorCount=2",
                "-XX:ActiveProcessorCount=3",
                "-XX:ActiveProcessorCount=64",
                "-Xint",
                "-Xcomp",
                "-XX:TieredStopAtLevel=1",
                "-XX:-TieredCompilation",
                "-Xshare:off",
                "-Xmx128m",
                "-Xmx3g",
                "-Xms1g",
                "-XX:-UseCompressedOops",
                "-XX:+UseCompactObjectHeaders",
                "-Duser.language=fa",
                "-Duser.language=hi",
                "-Duser.timezone=Pacific/Chatham",
                "-Dfile.encoding=COMPAT",
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=0")
            .map(Elsewhere::flags);
    Stream<Elsewhere> hashes =
        Stream.of(0, 2, 3, 4).map(kind -> Elsewhere.far("de", "CH", "UTC", "-XX:hashCode=" + kind));
    Stream<Elsewhere> collectors =
        Stream.of("Serial", "Parallel", "G1", "Z", "Shenandoah")
            .map(
                name ->
                    Elsewhere.far(
                        "th", "TH", "Asia/Bangkok", "-XX:+Use" + name + "GC", "-Xshare:off"));
    return Stream.of(some(), alone, hashes, collectors).flatMap(each -> each);
  }

  @BeforeAll
  static void runHere() {
    expected = logs(SEEDS);
    assertTrue(expected.lines().count() > 1000);
  }

  @ParameterizedTest
  @MethodSource("some")
  void aRunLogsTheSame(Elsewhere there) throws Exception {
    Path away = Files.createDirectories(folder.resolve("of-another-length").resolve("t"));
    List<String> arguments = new ArrayList<>(there.flags());
    arguments.addAll(
        List.of(
            "-Djava.io.tmpdir=" + away,
            "-Djdk.attach.allowAttachSelf=true",
            "-XX:+EnableDynamicAgentLoading",
            "-Xlog:disable",
            "-cp",
            absolute(System.getProperty("java.class.path")),
            Print.class.getName(),
            Integer.toString(SEEDS)));
    ChildJvm.Result child =
        ChildJvm.run(
            LIMIT,
            arguments,
            builder -> {
              builder.directory(away.toFile());
              if (!there.environment().isEmpty()) {
                builder.environment().clear();
                builder.environment().putAll(there.environment());
              }
            });
    assertEquals(0, child.exitCode(), child.output());
    assertLinesMatch(expected.lines(), child.output().lines());
    assertEquals(expected, child.output());
    assertNothingIsLeft(away);
  }

  private static String absolute(String classPath) {
    return Stream.of(classPath.split(":"))
        .map(each -> Path.of(each).toAbsolutePath().toString())
        .reduce((a, b) -> a + ":" + b)
        .orElseThrow();
  }

  /** The agent's jar may stay; a run's folder may not. */
  private static void assertNothingIsLeft(Path away) throws IOException {
    try (Stream<Path> left = Files.list(away)) {
      assertEquals(
          List.of(),
          left.filter(each -> each.getFileName().toString().startsWith("gonet-sim-")).toList());
    }
  }

  /** For hours of quiet: each JVM takes some seconds, those without a compiler more. */
  @ParameterizedTest
  @MethodSource("many")
  @EnabledIfSystemProperty(
      named = "gonet.sim.elsewhere",
      matches = "true",
      disabledReason = "some minutes: docs/testing.md")
  void aRunLogsTheSameWhereverItRuns(Elsewhere there) throws Exception {
    aRunLogsTheSame(there);
  }
}

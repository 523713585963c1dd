package gonet.test.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final long START_MILLIS = 1_700_000_000_000L;

  @TempDir private Path folder;

  /** A log of so many seconds, with requests a second around a rate and latencies around a mean. */
  private Path log(
      String name, int seconds, int rate, double meanNanos, long startMillis, long seed)
      throws IOException {
    Path file = folder.resolve(name);
    Random random = new Random(seed);
    try (IntervalLog log = new IntervalLog(file, name, startMillis)) {
      for (int second = 0; second < seconds; second++) {
        Histogram interval = new Histogram(3);
        // A second as a whole is slower or faster, and so is each request.
        double slow = 0.9 + 0.2 * random.nextDouble();
        for (int i = 0; i < rate * (0.95 + 0.1 * random.nextDouble()); i++) {
          interval.recordValue((long) (meanNanos * slow * -Math.log(1 - random.nextDouble())));
        }
        interval.setStartTimeStamp(startMillis + second * 1000L);
        interval.setEndTimeStamp(startMillis + second * 1000L + 1000);
        log.add(interval);
      }
    }
    return file;
  }

  private static Map<String, Comparison.Line> compare(Path before, Path after) throws IOException {
    return new Comparison(LoggedRun.read(List.of(before)), LoggedRun.read(List.of(after)))
        .lines().stream().collect(Collectors.toMap(Comparison.Line::name, Function.identity()));
  }

  @Test
  void aChangeThatIsThereIsShown() throws Exception {
    Map<String, Comparison.Line> lines =
        compare(
            log("before", 30, 100, 1e6, START_MILLIS, 1),
            log("after", 30, 120, 0.8e6, START_MILLIS, 2));
    assertEquals("better", lines.get("rate").verdict());
    assertEquals("better", lines.get("mean").verdict());
    assertEquals("better", lines.get("p50").verdict());
    assertEquals(1.2, lines.get("rate").ratio(), 0.05);
    assertEquals(0.8, lines.get("mean").ratio(), 0.05);
    for (Comparison.Line line : lines.values()) {
      assertTrue(line.low() <= line.ratio() && line.ratio() <= line.high(), line.toString());
    }
    Map<String, Comparison.Line> back = compare(folder.resolve("after"), folder.resolve("before"));
    assertEquals("worse", back.get("rate").verdict());
    assertEquals("worse", back.get("mean").verdict());
  }

  @Test
  void theIntervalHoldsTheTruthAboutAsOftenAsItSays() throws Exception {
    int held = 0;
    int pairs = 40;
    for (int i = 0; i < pairs; i++) {
      Path before = log("b" + i, 20, 50, 1e6, START_MILLIS, 1000 + i);
      Path after = log("a" + i, 20, 50, 1e6, START_MILLIS, 2000 + i);
      Comparison.Line mean = compare(before, after).get("mean");
      held += mean.low() <= 1 && mean.high() >= 1 ? 1 : 0;
    }
    // 95 of 100 are promised; resampling gives some less with 20 seconds. Seeds make it one figure.
    assertTrue(held >= 0.85 * pairs && held < pairs, held + " of " + pairs);
  }

  @Test
  void theSameLogsGiveTheSameAnswer() throws Exception {
    Path before = log("before", 12, 100, 1e6, START_MILLIS, 1);
    Path after = log("after", 12, 100, 1e6, START_MILLIS, 2);
    assertEquals(compare(before, after), compare(before, after));
    for (Comparison.Line line : compare(before, before).values()) {
      assertEquals(1, line.ratio());
      assertEquals("no difference shown", line.verdict());
    }
  }

  @Test
  void logsOfSeveralMachinesAreLaidOverEachOther() throws Exception {
    Path one = log("one", 10, 100, 1e6, START_MILLIS, 1);
    Path two = log("two", 10, 200, 1e6, START_MILLIS + 300, 2); // its clock, or its start
    LoggedRun alone = LoggedRun.read(List.of(two));
    LoggedRun both = LoggedRun.read(List.of(one, two));
    assertEquals(10, both.seconds().size());
    assertEquals(
        alone.total().getTotalCount() + LoggedRun.read(List.of(one)).total().getTotalCount(),
        both.total().getTotalCount());
    assertEquals(10, both.length(), 1e-9);
    assertEquals(300, both.total().getTotalCount() / both.length(), 30);
    List<History.Point> points = both.history().points();
    assertEquals(10, points.getLast().atSeconds(), 1e-9);
    assertEquals(300, points.getLast().perSecond(), 30);
  }

  @Test
  void aFileThatIsNoLogIsNamed() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "no log\nat all\n");
    Path empty = Files.writeString(folder.resolve("empty"), "");
    Path idle = log("idle", 3, 0, 1e6, START_MILLIS, 1);
    Path missing = folder.resolve("missing");
    for (Path file : List.of(text, empty, idle, missing)) {
      IOException e = assertThrows(IOException.class, () -> LoggedRun.read(List.of(file)));
      assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }
  }
}

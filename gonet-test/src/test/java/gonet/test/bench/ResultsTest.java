package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static final Rival GO = rival("go");
  private static final Rival CARRIER = rival("gonet-carrier");
  private static final Case COST =
      new Case(
          "P1",
          "",
          "cost",
          "echo",
          Metric.CPU_PER_REQUEST,
          Placement.FREE,
          List.of(),
          Goals.of(Map.of("go", 0.9)));
  private static final Case THROUGHPUT =
      new Case(
          "P8",
          "1",
          "bulk",
          "echo",
          Metric.BYTES_PER_CPU,
          Placement.FREE,
          List.of(),
          Goals.of(Map.of("go", 1.1)));

  private final Results results = new Results(List.of(COST, THROUGHPUT), List.of(GO, CARRIER));

  private static Rival rival(String name) {
    return new Rival(name, Set.of("echo"), mode -> List.of(), "", false);
  }

  private void add(Case which, Rival rival, double... values) {
    for (double value : values) {
      LoadResult run = new LoadResult(1, 1, 1, 1, 1, 0, new Histogram(3));
      results.add(which, rival, new Sample(value, run));
    }
  }

  private Row row(Case which, Rival rival) {
    return results.row(which, rival.name()).orElseThrow();
  }

  private Optional<Boolean> met(Case which) {
    return results.met(which, row(which, CARRIER), row(which, GO));
  }

  @Test
  void ofACostTheBestIsTheLowest() {
    add(COST, GO, 5, 3, 9, 4, 8);
    assertEquals(3, row(COST, GO).best().value());
    assertEquals(5, row(COST, GO).median().value());
  }

  @Test
  void ofAThroughputTheBestIsTheHighest() {
    add(THROUGHPUT, GO, 5, 3, 9, 4);
    assertEquals(9, row(THROUGHPUT, GO).best().value());
    assertEquals(4, row(THROUGHPUT, GO).median().value(), "of an even number the worse one");
  }

  @Test
  void aGoalIsJudgedOnTheBestRoundsOfBoth() {
    add(COST, GO, 10, 20);
    add(COST, CARRIER, 9, 30);
    assertEquals(0.9, row(COST, CARRIER).ratioTo(row(COST, GO)));
    assertEquals(Optional.of(true), met(COST));
    add(COST, GO, 9.9);
    assertEquals(Optional.of(false), met(COST));
  }

  @Test
  void aGoalOfThroughputIsALowerLimit() {
    add(THROUGHPUT, GO, 10);
    add(THROUGHPUT, CARRIER, 10.9);
    assertEquals(Optional.of(false), met(THROUGHPUT));
    add(THROUGHPUT, CARRIER, 11.1);
    assertEquals(Optional.of(true), met(THROUGHPUT));
  }

  @Test
  void aGoalMayStandBetweenTwoOfGonetsOwn() {
    Goals goals = Goals.between("gonet-shared-server", "gonet-shared", 1.03);
    assertEquals(1.03, goals.ratio("gonet-shared-server", "gonet-shared"));
    assertEquals(Double.NaN, goals.ratio("gonet-shared", "gonet-shared-server"));
    assertEquals(Double.NaN, goals.ratio("gonet-shared", "jdk-virtual"));
  }

  @Test
  void theTableShowsFiguresRatiosAndMissedGoals() {
    add(COST, GO, 10);
    add(COST, CARRIER, 9.5);
    results.skip("netty", "not built");
    String text = new TableReport(results).text();
    assertTrue(text.contains("0.95 (0.90)"), text);
    assertTrue(text.contains("without netty: not built"), text);
    assertFalse(text.contains("P8"), "what was not measured has no table");
  }
}

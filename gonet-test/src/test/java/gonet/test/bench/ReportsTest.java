package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static final Rival GO = new Rival("go", Set.of("echo"), mode -> List.of(), "", false);
  private static final Rival SHARED =
      new Rival("gonet-shared", Set.of("echo"), mode -> List.of(), "epoll/shared", true);
  private static final Case ECHO =
      new Case(
          "P1",
          "",
          "echo of <128> bytes",
          "echo",
          Metric.CPU_PER_REQUEST,
          Placement.FREE,
          List.of(),
          Goals.of(Map.of()).shared(Map.of("go", 0.95)));

  private final Results results = new Results(List.of(ECHO), List.of(GO, SHARED));
  private final Plan plan = Plan.full(List.of(ECHO), 2);

  @BeforeEach
  void measure() {
    add(GO, 10, 11);
    add(SHARED, 9, 12);
    results.skip("netty", "a \"quoted\" reason\nin two lines");
  }

  private void add(Rival rival, double... values) {
    for (double value : values) {
      Histogram latencies = new Histogram(3);
      for (int i = 1; i <= 1000; i++) {
        latencies.recordValue(i * 10_000L);
      }
      LoadResult run = new LoadResult(2, 1_000_000_000, 1, 1000, 128_000, 0, latencies);
      results.add(ECHO, rival, new Sample(value, run));
    }
  }

  @Test
  void theJsonParsesBackToTheFigures() throws Exception {
    JsonNode all = new ObjectMapper().readTree(JsonReport.text(results, plan));
    JsonNode echo = all.get("cases").get(0);
    assertEquals("echo of <128> bytes", echo.get("title").asText());
    assertTrue(echo.get("limit").isNull(), "what is not there is null and not NaN");
    JsonNode shared = echo.get("servers").get(1);
    assertEquals("gonet-shared", shared.get("name").asText());
    assertEquals(9.0, shared.get("best").asDouble());
    assertEquals(12.0, shared.get("rounds").get(1).get("value").asDouble());
    JsonNode latency = shared.get("rounds").get(0).get("latencyMicros");
    assertEquals(5000, latency.get("p50").asDouble(), 10);
    assertEquals(10_000, latency.get("p100").asDouble(), 10);
    assertEquals("a \"quoted\" reason\nin two lines", all.get("skipped").get("netty").asText());
  }

  @Test
  void aRoundThatOthersHaveDisturbedIsMarkedEverywhere() throws Exception {
    results.addOthers(new OtherWork.Found(0.25, 0.05));
    results.addOthers(new OtherWork.Found(3.5, 0.8));
    JsonNode others = new ObjectMapper().readTree(JsonReport.text(results, plan)).get("others");
    assertFalse(others.get(0).get("disturbed").asBoolean());
    assertTrue(others.get(1).get("disturbed").asBoolean());
    assertEquals(3.5, others.get(1).get("loadAverageBefore").asDouble());
    for (String report :
        List.of(new HtmlReport(results, plan).text(), new TableReport(results).text())) {
      assertTrue(report.contains("round 2 is disturbed"), report);
      assertFalse(report.contains("round 1 is disturbed"), report);
    }
  }

  @Test
  void thePageNeedsNothingFromOutside() {
    String page = new HtmlReport(results, plan).text();
    for (String outside : List.of("http:", "https:", "src=", "url(", "@import", "<script")) {
      assertFalse(page.contains(outside), outside);
    }
  }

  @Test
  void thePageShowsBarsCurvesAndGoals() {
    String page = new HtmlReport(results, plan).text();
    assertTrue(page.contains("echo of &lt;128&gt; bytes"), "titles are escaped");
    assertEquals(2, page.split("class='bar ").length - 1);
    assertEquals(4, page.split("class='round ").length - 1);
    assertEquals(2, page.split("class='curve ").length - 1);
    assertTrue(page.contains("<td class='met'>0.90<small>≤ 0.95</small></td>"), page);
  }

  @Test
  void allocationIsCountedBetweenTheFirstMarkAndTheLast() {
    List<AllocationMeter.Mark> marks =
        List.of(
            new AllocationMeter.Mark(0, 5_000_000), // connections and compiling were before
            new AllocationMeter.Mark(1000, 5_040_000),
            new AllocationMeter.Mark(3000, 5_096_000));
    assertEquals(32, AllocationMeter.perEvent(marks));
  }
}

package gonet.test.bench;

import gonet.test.report.Figures;
import gonet.test.report.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results as JSON, every round of them. */
final class JsonReport {
  private JsonReport() {}

  static String text(Results results, Plan plan) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", Machine.description());
    all.put("rounds", plan.rounds());
    all.put("secondsPerRound", plan.seconds());
    all.put("others", results.others().stream().map(JsonReport::describe).toList());
    List<Object> cases = new ArrayList<>();
    for (Case which : results.cases()) {
      cases.add(describe(which, results));
    }
    all.put("cases", cases);
    all.put("skipped", results.skipped());
    return Json.of(all);
  }

  /** Of one round. */
  private static Map<String, Object> describe(OtherWork.Found others) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("loadAverageBefore", others.loadAverageBefore());
    map.put("cores", others.cores());
    map.put("disturbed", others.disturbs());
    return map;
  }

  private static Map<String, Object> describe(Case which, Results results) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", which.name());
    map.put("title", which.title());
    map.put("unit", which.metric().unit());
    map.put("lowerIsBetter", which.metric().lowerIsBetter());
    map.put("placement", which.placement() == Placement.SPLIT ? "one core each" : "free");
    map.put("goals", which.goals().ratios());
    map.put("limit", which.goals().limit());
    List<Object> servers = new ArrayList<>();
    for (Row row : results.rows(which)) {
      servers.add(describe(row));
    }
    map.put("servers", servers);
    return map;
  }

  private static Map<String, Object> describe(Row row) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", row.rival().name());
    map.put("best", row.best().value());
    map.put("median", row.median().value());
    List<Object> rounds = new ArrayList<>();
    for (Sample sample : row.samples()) {
      rounds.add(describe(sample));
    }
    map.put("rounds", rounds);
    return map;
  }

  private static Map<String, Object> describe(Sample sample) {
    LoadResult run = sample.run();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("value", sample.value());
    map.put("seconds", run.seconds());
    map.put("requests", run.requests());
    map.put("bytes", run.bytes());
    map.put("errors", run.errors());
    map.put("serverCores", run.serverCores());
    map.put("loadCores", run.loadCores());
    Map<String, Object> latency = new LinkedHashMap<>();
    for (double percentile : new double[] {50, 90, 99, 99.9, 100}) {
      latency.put("p" + Figures.plain(percentile), run.latencyNanos(percentile) / 1e3);
    }
    map.put("latencyMicros", latency);
    return map;
  }
}

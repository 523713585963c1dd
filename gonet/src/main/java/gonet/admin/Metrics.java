package gonet.admin;

import gonet.Net;
import gonet.NetStats;
import gonet.server.Drop;
import gonet.server.LatencyHistogram;
import gonet.server.ServerState;
import gonet.server.ServerStats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The numbers as a monitoring system reads them: OpenMetrics 1.0, or the text format 0.0.4 of
 * Prometheus, which differs in the names of counters in comments and in its end.
 */
final class Metrics {
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder text = new StringBuilder(10_000);
  private final boolean open;

  private Metrics(boolean open) {
    this.open = open;
  }

  static AdminResponse answer(@Nullable String accept, Watched watched) {
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    return AdminResponse.of(200, open ? OPEN_METRICS : PROMETHEUS, new Metrics(open).all(watched));
  }

  private String all(Watched watched) {
    NetStats net = Net.stats();
    family("gonet_lane", "gauge", "the backend and the lane that polls");
    sample("gonet_lane", "backend=\"" + net.backend() + "\",lane=\"" + net.lane() + "\"", 1);
    gauge("gonet_open", "connections that are open", net.open());
    gauge("gonet_registered", "descriptors that the poller watches", net.registered());
    gauge("gonet_armed_timers", "deadlines that the timer thread will look at", net.armedTimers());
    counter("gonet_accepted", "connections that listeners accepted", net.accepted());
    counter("gonet_dialed", "dials that succeeded", net.dialed());
    counter("gonet_dial_failures", "dials that failed", net.dialFailures());
    counter("gonet_adopted", "connections made of descriptors", net.adopted());
    counter("gonet_closed", "connections closed on this side", net.closed());
    counter("gonet_dropped", "connections that the program forgot to close", net.dropped());
    counter("gonet_deadlines", "operations whose time was over", net.deadlines());
    counter("gonet_poller_batches", "polls that found descriptors ready", net.pollerBatches());
    counter("gonet_ready", "descriptors that these polls found ready", net.readyDescriptors());
    gauge("gonet_spare_carriers", "carriers that wait beside those that run", net.spareCarriers());
    counter(
        "gonet_hand_overs", "times that a spare carrier went on for a stuck one", net.handOvers());
    counter("gonet_refused_hand_overs", "times that there was no spare", net.refusedHandOvers());
    servers(watched);
    if (open) {
      text.append("# EOF\n");
    }
    return text.toString();
  }

  /** All samples of a family have to stand together, so servers are asked once, before. */
  private void servers(Watched watched) {
    List<String> labels = new ArrayList<>();
    List<ServerStats> stats = new ArrayList<>();
    watched
        .all()
        .forEach(
            (name, server) -> {
              labels.add("server=\"" + escaped(name) + "\"");
              stats.add(server.stats());
            });
    if (stats.isEmpty()) {
      return;
    }
    family("gonet_server_running", "gauge", "1 while the server neither drains nor is closed");
    each(labels, stats, "gonet_server_running", s -> s.state() == ServerState.RUNNING ? 1 : 0);
    family("gonet_server_open", "gauge", "connections open now");
    each(labels, stats, "gonet_server_open", ServerStats::open);
    counters(labels, stats, "accepted", "connections admitted", ServerStats::accepted);
    counters(labels, stats, "ended", "admitted connections that have ended", ServerStats::ended);
    counters(labels, stats, "failed", "times that a handler threw", ServerStats::failed);
    counters(labels, stats, "idle", "connections that the idle limit ended", ServerStats::idle);
    counters(labels, stats, "read_bytes", "bytes that handlers have read", ServerStats::bytesRead);
    counters(
        labels,
        stats,
        "written_bytes",
        "bytes that the kernel has taken from handlers",
        ServerStats::bytesWritten);
    familyOfCounter("gonet_server_dropped", "connections that were not admitted, by reason");
    for (int i = 0; i < stats.size(); i++) {
      for (Map.Entry<Drop.Reason, Long> each : stats.get(i).dropped().entrySet()) {
        String reason = each.getKey().name().toLowerCase(Locale.ROOT);
        sample(
            "gonet_server_dropped_total",
            labels.get(i) + ",reason=\"" + reason + "\"",
            each.getValue());
      }
    }
    histograms(
        labels, stats, "first_read", "from accept to the first byte read", ServerStats::firstReads);
    histograms(
        labels,
        stats,
        "first_write",
        "from accept to the first byte written",
        ServerStats::firstWrites);
  }

  private void counters(
      List<String> labels,
      List<ServerStats> stats,
      String name,
      String help,
      Function<ServerStats, Number> value) {
    familyOfCounter("gonet_server_" + name, help);
    each(labels, stats, "gonet_server_" + name + "_total", value);
  }

  private void histograms(
      List<String> labels,
      List<ServerStats> stats,
      String what,
      String help,
      Function<ServerStats, LatencyHistogram> of) {
    String name = "gonet_server_" + what + "_seconds";
    family(name, "histogram", help);
    List<Duration> bounds = LatencyHistogram.bounds();
    for (int i = 0; i < stats.size(); i++) {
      LatencyHistogram histogram = of.apply(stats.get(i));
      for (int b = 0; b < bounds.size(); b++) {
        String bound = seconds(bounds.get(b)).toString();
        sample(name + "_bucket", labels.get(i) + ",le=\"" + bound + "\"", histogram.upTo(b));
      }
      sample(name + "_bucket", labels.get(i) + ",le=\"+Inf\"", histogram.count());
      sample(name + "_sum", labels.get(i), seconds(histogram.sum()));
      sample(name + "_count", labels.get(i), histogram.count());
    }
  }

  private static Double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private void each(
      List<String> labels,
      List<ServerStats> stats,
      String name,
      Function<ServerStats, Number> value) {
    for (int i = 0; i < stats.size(); i++) {
      sample(name, labels.get(i), value.apply(stats.get(i)));
    }
  }

  private void gauge(String name, String help, long value) {
    family(name, "gauge", help);
    sample(name, "", value);
  }

  private void counter(String name, String help, long value) {
    familyOfCounter(name, help);
    sample(name + "_total", "", value);
  }

  private void familyOfCounter(String name, String help) {
    family(open ? name : name + "_total", "counter", help);
  }

  private void family(String name, String type, String help) {
    text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    text.append("# HELP ").append(name).append(' ').append(help).append(".\n");
  }

  private void sample(String name, String labels, Number value) {
    text.append(name);
    if (!labels.isEmpty()) {
      text.append('{').append(labels).append('}');
    }
    text.append(' ').append(value).append('\n');
  }

  private static String escaped(String label) {
    return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}

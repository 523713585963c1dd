package gonet.admin;

import gonet.Net;
import gonet.NetStats;
import gonet.server.LatencyHistogram;
import gonet.server.Server;
import gonet.server.ServerStats;
import java.time.Duration;
import java.util.Map;

/** The numbers for the page, which makes rates of them. */
final class StatsReport {
  private StatsReport() {}

  static AdminResponse answer(Watched watched) {
    Json json = new Json().begin('{');
    json.name("timeMillis").value(System.nanoTime() / 1_000_000);
    json.name("pid").value(ProcessHandle.current().pid());
    net(json, Net.stats());
    json.name("latencyBoundsMicros").begin('[');
    for (Duration bound : LatencyHistogram.bounds()) {
      var _ = json.value(bound.toNanos() / 1000);
    }
    json.end(']').name("servers").begin('[');
    for (Map.Entry<String, Server> each : watched.all().entrySet()) {
      server(json, each.getKey(), each.getValue());
    }
    return AdminResponse.of(200, AdminResponse.JSON, json.end(']').end('}').toString());
  }

  private static void net(Json json, NetStats net) {
    json.name("net").begin('{');
    json.name("backend").value(net.backend()).name("lane").value(net.lane());
    json.name("open").value(net.open()).name("registered").value(net.registered());
    json.name("armedTimers").value(net.armedTimers());
    json.name("accepted").value(net.accepted()).name("dialed").value(net.dialed());
    json.name("dialFailures").value(net.dialFailures()).name("adopted").value(net.adopted());
    json.name("closed").value(net.closed()).name("dropped").value(net.dropped());
    json.name("deadlines").value(net.deadlines());
    json.name("pollerBatches").value(net.pollerBatches());
    json.name("readyDescriptors").value(net.readyDescriptors());
    json.name("spareCarriers").value(net.spareCarriers());
    json.name("handOvers").value(net.handOvers());
    json.name("refusedHandOvers").value(net.refusedHandOvers()).end('}');
  }

  private static void server(Json json, String name, Server server) {
    ServerStats stats = server.stats();
    json.begin('{').name("name").value(name).name("addresses").begin('[');
    server.addrs().forEach(addr -> json.value(addr.toString()));
    json.end(']').name("state").value(stats.state().toString());
    json.name("open").value(stats.open()).name("accepted").value(stats.accepted());
    json.name("ended").value(stats.ended()).name("failed").value(stats.failed());
    json.name("idle").value(stats.idle());
    json.name("bytesRead").value(stats.bytesRead());
    json.name("bytesWritten").value(stats.bytesWritten());
    json.name("dropped").begin('{');
    stats.dropped().forEach((reason, count) -> json.name(reason.name()).value(count));
    json.end('}');
    histogram(json.name("firstReads"), stats.firstReads());
    histogram(json.name("firstWrites"), stats.firstWrites());
    json.end('}');
  }

  /** How many took at most each bound, and all. */
  private static void histogram(Json json, LatencyHistogram histogram) {
    json.begin('[');
    for (int i = 0; i < LatencyHistogram.bounds().size(); i++) {
      json.value(histogram.upTo(i));
    }
    json.value(histogram.count()).end(']');
  }
}

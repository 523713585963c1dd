package gonet.test.bench;

import java.util.Map;

/**
 * What gonet has to reach in a case.
 *
 * @param carrier highest, or for throughput lowest, ratio of the carrier lane to the server of that
 *     name
 * @param shared the same for the shared lane
 * @param limit what either lane has to stay below, in the metric's unit; NaN for none
 */
record Goals(Map<String, Double> carrier, Map<String, Double> shared, double limit) {
  /** The shared lane must never be behind the JDK's own sockets on virtual threads. */
  private static final Map<String, Double> NOT_BEHIND_THE_JDK = Map.of("jdk-virtual", 1.0);

  static Goals of(Map<String, Double> carrier) {
    return new Goals(carrier, NOT_BEHIND_THE_JDK, Double.NaN);
  }

  static Goals below(double limit) {
    return new Goals(Map.of(), NOT_BEHIND_THE_JDK, limit);
  }

  Goals shared(Map<String, Double> ratios) {
    return new Goals(carrier, ratios, limit);
  }

  /** The goal of one of gonet's lanes against a server, NaN for none. */
  double ratio(String gonet, String server) {
    return switch (gonet) {
      case "gonet-carrier" -> carrier.getOrDefault(server, Double.NaN);
      case "gonet-shared" -> shared.getOrDefault(server, Double.NaN);
      default -> Double.NaN;
    };
  }
}

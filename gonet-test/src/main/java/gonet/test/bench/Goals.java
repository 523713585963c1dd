package gonet.test.bench;

import java.util.HashMap;
import java.util.Map;

/**
 * What gonet has to reach in a case.
 *
 * @param ratios highest, or for throughput lowest, ratios: of one of gonet's rows, to the row of
 *     that name
 * @param limit what gonet has to stay below, in the metric's unit; NaN for none
 */
record Goals(Map<String, Map<String, Double>> ratios, double limit) {
  private static final String CARRIER = "gonet-carrier";
  private static final String SHARED = "gonet-shared";

  /** The shared lane must never be behind the JDK's own sockets on virtual threads. */
  private static final Map<String, Double> NOT_BEHIND_THE_JDK = Map.of("jdk-virtual", 1.0);

  /** Of the carrier lane to servers by name. */
  static Goals of(Map<String, Double> carrier) {
    return new Goals(Map.of(CARRIER, carrier, SHARED, NOT_BEHIND_THE_JDK), Double.NaN);
  }

  static Goals below(double limit) {
    return new Goals(Map.of(SHARED, NOT_BEHIND_THE_JDK), limit);
  }

  /** Of one row to one other. */
  static Goals between(String gonet, String server, double ratio) {
    return new Goals(Map.of(gonet, Map.of(server, ratio)), Double.NaN);
  }

  /** The same with other goals for the shared lane. */
  Goals shared(Map<String, Double> others) {
    Map<String, Map<String, Double>> all = new HashMap<>(ratios);
    all.put(SHARED, others);
    return new Goals(Map.copyOf(all), limit);
  }

  /** The goal of one of gonet's rows against another, NaN for none. */
  double ratio(String gonet, String server) {
    return ratios.getOrDefault(gonet, Map.of()).getOrDefault(server, Double.NaN);
  }
}

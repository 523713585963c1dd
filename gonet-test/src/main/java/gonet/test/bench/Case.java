package gonet.test.bench;

import java.util.List;
import java.util.Locale;

/**
 * One comparison.
 *
 * @param id such as {@code P3}
 * @param variant tells apart what stands under one id; empty for none
 * @param title for people
 * @param mode what the servers do
 * @param metric what they are compared by
 * @param placement of server and load
 * @param load arguments of the load generator, less port, process and times
 * @param goals what gonet has to reach
 */
record Case(
    String id,
    String variant,
    String title,
    String mode,
    Metric metric,
    Placement placement,
    List<String> load,
    Goals goals) {

  /** Id and variant. */
  String name() {
    return variant.isEmpty() ? id : id + "/" + variant;
  }

  /** Whether a name on the command line means it: {@code P3} or {@code P3/64}, in any case. */
  boolean isMeantBy(String given) {
    String lower = given.toLowerCase(Locale.ROOT);
    return id.toLowerCase(Locale.ROOT).equals(lower)
        || name().toLowerCase(Locale.ROOT).equals(lower);
  }

  /**
   * What the target of a proxy does: the load generator talks to it as if there were no proxy.
   * Empty for all other servers.
   */
  String targetMode() {
    if (!mode.equals("proxy")) {
      return "";
    }
    return load.contains("mode=source") ? "source" : "echo";
  }

  /** Whether it is of datagrams, which have a load generator of their own. */
  boolean isOfDatagrams() {
    return Datagrams.MODES.contains(mode);
  }

  /** Whether it is of TLS, which has a load generator of its own as well. */
  boolean isOfTls() {
    return TlsCases.MODES.contains(mode);
  }

  /** Whether each request has a handshake of its own. */
  private boolean shakesHands() {
    return load.contains("mode=handshake");
  }

  /**
   * How long a JVM that was just started needs at least, in seconds, until its code is compiled: a
   * handshake runs through much code, and seldom.
   */
  double leastCompileSeconds() {
    return shakesHands() ? 70 : isOfTls() ? 8 : 0;
  }

  /** Whether the server falls asleep between any two requests. */
  boolean isPaced() {
    return load.contains("mode=paced");
  }

  /** Whether the load asks so little that a JVM would still be compiling while it is measured. */
  boolean compilesNothing() {
    return isPaced() || load.contains("mode=hog") || load.contains("mode=quiet");
  }

  /** The same server under a load that has it compiled soon. */
  Case busy() {
    return under("mode=echo", "conns=64");
  }

  /** The same server under a load that has compiled what it does when it falls asleep and wakes. */
  Case drowsy() {
    return under("mode=paced", "conns=64", "rate=5000");
  }

  /** The same server with many handshakes. */
  Case shakingHands() {
    return under("mode=handshake", "conns=16");
  }

  private Case under(String... otherLoad) {
    return new Case(id, variant, title, mode, metric, placement, List.of(otherLoad), goals);
  }

  Case with(Goals others) {
    return new Case(id, variant, title, mode, metric, placement, load, others);
  }

  Case at(Placement other) {
    return new Case(id, variant, title, mode, metric, other, load, goals);
  }
}

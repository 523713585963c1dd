package gonet.test.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All rounds of one server in one case. Used by one thread. */
final class Row {
  private final Case of;
  private final Rival rival;
  private final List<Sample> samples = new ArrayList<>();

  Row(Case of, Rival rival) {
    this.of = of;
    this.rival = rival;
  }

  void add(Sample sample) {
    samples.add(sample);
  }

  Rival rival() {
    return rival;
  }

  List<Sample> samples() {
    return samples;
  }

  boolean isEmpty() {
    return samples.isEmpty();
  }

  /**
   * The round that counts: noise of a machine only ever adds to the cost, so the goals are judged
   * on the best.
   */
  Sample best() {
    return sorted().getFirst();
  }

  /** Of an even number the worse one of the two in the middle. */
  Sample median() {
    List<Sample> sorted = sorted();
    return sorted.get(sorted.size() / 2);
  }

  /** This server's best divided by the other one's. */
  double ratioTo(Row other) {
    return best().value() / other.best().value();
  }

  private List<Sample> sorted() {
    Comparator<Sample> order = Comparator.comparingDouble(Sample::value);
    return samples.stream().sorted(of.metric().lowerIsBetter() ? order : order.reversed()).toList();
  }
}

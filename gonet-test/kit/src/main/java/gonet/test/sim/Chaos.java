package gonet.test.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Faults that the seed draws: how many of each sort at most, and in which span of time. Each one is
 * undone after a while, at the end of the span at the latest, so that what a program promises for a
 * network that works again can be asked then. Made by {@link Sim#chaos}.
 */
public final class Chaos {
  private final Sim sim;
  private final Randomness random;
  private final long spanNanos;
  private final List<Host> hosts;
  private final List<Fault> drawn = new ArrayList<>();

  Chaos(Sim sim, Randomness random, Duration span, List<Host> hosts) {
    this.sim = sim;
    this.random = random;
    this.spanNanos = span.toNanos();
    this.hosts = List.copyOf(hosts);
  }

  /** Up to {@code most} times a link between two of the hosts is cut. */
  public Chaos cuts(int most) {
    return links(most, "cut", Link::cut, Link::mend);
  }

  /** Up to {@code most} times one direction of a link is cut. */
  public Chaos oneWayCuts(int most) {
    int times = random.below(most + 1);
    for (int i = 0; i < times; i++) {
      Host sender = hosts.get(random.below(hosts.size()));
      Link link = sim.link(sender, otherThan(sender));
      plan(link + " cut from " + sender, () -> link.cut(sender), link::mend);
    }
    return this;
  }

  /** Up to {@code most} times a host loses all its links. */
  public Chaos isolations(int most) {
    int times = random.below(most + 1);
    for (int i = 0; i < times; i++) {
      Host alone = hosts.get(random.below(hosts.size()));
      plan(alone + " isolated", () -> around(alone, Link::cut), () -> around(alone, Link::mend));
    }
    return this;
  }

  private void around(Host alone, Consumer<Link> change) {
    for (Host other : hosts) {
      if (other != alone) {
        change.accept(sim.link(alone, other));
      }
    }
  }

  /** Up to {@code most} times a link loses a third of its segments. */
  public Chaos losses(int most) {
    return links(most, "losing a third", link -> link.loss(0.33), link -> link.loss(0));
  }

  /**
   * Up to {@code most} times a link doubles a third of its datagrams, and has a third overtaken.
   */
  public Chaos disorders(int most) {
    return links(
        most,
        "in disorder",
        link -> link.duplicates(0.33).reorder(0.33),
        link -> link.duplicates(0).reorder(0));
  }

  /** Up to {@code most} times a link is slow, by a second. */
  public Chaos delays(int most) {
    return links(
        most,
        "slow",
        link -> link.latency(Duration.ofSeconds(1)),
        link -> link.latency(Duration.ofNanos(200_000)));
  }

  /** Up to {@code most} times a host crashes, and starts again. */
  public Chaos crashes(int most) {
    int times = random.below(most + 1);
    for (int i = 0; i < times; i++) {
      Host victim = hosts.get(random.below(hosts.size()));
      plan(
          victim + " down",
          victim::crash,
          () -> {
            if (!victim.up()) {
              victim.restart();
            }
          });
    }
    return this;
  }

  private Chaos links(int most, String what, Consumer<Link> begin, Consumer<Link> end) {
    int times = random.below(most + 1);
    for (int i = 0; i < times; i++) {
      Host one = hosts.get(random.below(hosts.size()));
      Link link = sim.link(one, otherThan(one));
      plan(link + " " + what, () -> begin.accept(link), () -> end.accept(link));
    }
    return this;
  }

  private Host otherThan(Host one) {
    if (hosts.size() < 2) {
      throw new IllegalArgumentException("no link: there is one host");
    }
    int index = hosts.indexOf(one);
    return hosts.get((index + 1 + random.below(hosts.size() - 1)) % hosts.size());
  }

  private void plan(String what, Runnable begin, Runnable end) {
    long from = random.upTo(spanNanos);
    long until = from + 1 + random.upTo(spanNanos - from);
    long now = sim.time().now();
    Fault fault =
        new Fault(
            sim.nextFault(), what, Duration.ofNanos(now + from), Duration.ofNanos(now + until));
    drawn.add(fault);
    sim.plan(fault, from, begin, until, end);
  }

  /** What has been drawn so far, in this order; also what a shrinker leaves out. */
  public List<Fault> faults() {
    return List.copyOf(drawn);
  }
}

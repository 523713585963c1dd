package gonet.test.sim;

import java.time.Duration;

/**
 * The way between two hosts, the same in both directions unless {@link #cut} says otherwise. What
 * is changed holds for all that is sent from then on.
 *
 * <p>Defaults: 200 µs of latency, up to 100 µs more by chance, no limit of bandwidth, no loss,
 * duplicates or reordering. Confined to threads of the simulation.
 */
public final class Link {
  private final Sim sim;
  private final Host one;
  private final Host other;
  private long latencyNanos = 200_000;
  private long jitterNanos = 100_000;
  private long bytesPerSecond;
  private double loss;
  private double duplicates;
  private double reorder;
  private boolean cutForth;
  private boolean cutBack;
  private long freeForth;
  private long freeBack;
  private long lastForth;
  private long lastBack;

  Link(Sim sim, Host one, Host other) {
    this.sim = sim;
    this.one = one;
    this.other = other;
  }

  /** How long a segment is under way at least. */
  public Link latency(Duration latency) {
    latencyNanos = positive("latency", latency);
    return this;
  }

  /** How much longer it may be under way, by chance. Segments of TCP stay in order. */
  public Link jitter(Duration jitter) {
    jitterNanos = positive("jitter", jitter);
    return this;
  }

  /** Bytes per second in each direction; 0 for no limit. */
  public Link bandwidth(long limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("negative bandwidth: " + limit);
    }
    bytesPerSecond = limit;
    return this;
  }

  /** The part of all segments that never arrives, 0 to 1. TCP sends them again. */
  public Link loss(double part) {
    loss = part("loss", part);
    return this;
  }

  /** The part of all datagrams that arrives twice, 0 to 1. TCP's segments do not. */
  public Link duplicates(double part) {
    duplicates = part("duplicates", part);
    return this;
  }

  /**
   * The part of all datagrams that later ones overtake, 0 to 1: they are up to ten times the
   * latency later. TCP's segments stay in order.
   */
  public Link reorder(double part) {
    reorder = part("reorder", part);
    return this;
  }

  private static double part(String what, double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new IllegalArgumentException(what + " is not from 0 to 1: " + part);
    }
    return part;
  }

  /** Nothing comes through in either direction any more. */
  public Link cut() {
    cutForth = true;
    cutBack = true;
    sim.note(this + " is cut");
    return this;
  }

  /** Nothing from {@code sender} comes through any more; the other direction stays as it is. */
  public Link cut(Host sender) {
    if (forth(sender)) {
      cutForth = true;
    } else {
      cutBack = true;
    }
    sim.note(this + " is cut from " + sender.name());
    return this;
  }

  /** All comes through again. */
  public Link mend() {
    cutForth = false;
    cutBack = false;
    sim.note(this + " is mended");
    return this;
  }

  private boolean forth(Host sender) {
    if (sender != one && sender != other) {
      throw new IllegalArgumentException(sender + " is at no end of " + this);
    }
    return sender == one;
  }

  private static long positive(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("negative " + what + ": " + value);
    }
    return value.toNanos();
  }

  /** How often a datagram that is sent now arrives, if nothing is lost. */
  int copies(Randomness random) {
    return random.chance(duplicates) ? 2 : 1;
  }

  /** How much later a datagram arrives for others to overtake it. */
  long overtaken(Randomness random) {
    return random.chance(reorder) ? 1 + random.upTo(10 * latencyNanos) : 0;
  }

  /** When a segment that is sent now arrives; −1 for never. */
  long arrival(Host sender, int bytes, Time time, Randomness random) {
    boolean forth = forth(sender);
    boolean lost = random.chance(loss);
    long late = random.upTo(jitterNanos);
    if (lost || (forth ? cutForth : cutBack)) {
      return -1;
    }
    long begin = time.now();
    if (bytesPerSecond > 0) {
      begin = Math.max(begin, forth ? freeForth : freeBack);
      begin += Math.round(bytes * 1e9 / bytesPerSecond);
      if (forth) {
        freeForth = begin;
      } else {
        freeBack = begin;
      }
    }
    long at = Math.max(begin + latencyNanos + late, (forth ? lastForth : lastBack) + 1);
    if (forth) {
      lastForth = at;
    } else {
      lastBack = at;
    }
    return at;
  }

  @Override
  public String toString() {
    return "link " + one.name() + "-" + other.name();
  }
}

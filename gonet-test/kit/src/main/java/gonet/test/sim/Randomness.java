package gonet.test.sim;

/**
 * Numbers that depend on a seed alone: SplitMix64 (Steele, Lea, Flood 2014). A stream for each
 * purpose, so that a fault that is left out, for instance, does not move what all others draw.
 */
final class Randomness {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  Randomness(long seed, int stream) {
    state = mix(seed + GOLDEN * (stream + 1L));
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** 0 to {@code bound − 1}; nothing is drawn where there is no choice. */
  int below(int bound) {
    return bound <= 1 ? 0 : (int) ((nextLong() >>> 33) % bound);
  }

  /** 0 to {@code bound}. */
  long upTo(long bound) {
    return bound <= 0 ? 0 : (nextLong() >>> 1) % (bound + 1);
  }

  boolean chance(double probability) {
    return probability > 0 && (nextLong() >>> 11) * 0x1.0p-53 < probability;
  }
}

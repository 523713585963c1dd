package gonet.test.sim;

import java.time.Duration;

/**
 * Something that {@link Chaos} does to the network.
 *
 * @param number counted from zero in each run; the same fault has the same number in each
 * @param what in words
 * @param from when it begins, since the simulation began
 * @param until when it is over
 */
public record Fault(int number, String what, Duration from, Duration until) {
  @Override
  public String toString() {
    return "#" + number + " " + what + " from " + seconds(from) + " to " + seconds(until);
  }

  private static String seconds(Duration moment) {
    return moment.toMillis() / 1000
        + "."
        + String.valueOf(1000 + moment.toMillis() % 1000).substring(1)
        + " s";
  }
}

package gonet;

import gonet.internal.time.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How the kernel probes a silent TCP connection: after {@link #idle} without a segment from the
 * peer it sends a probe, then one each {@link #interval}, and after {@link #count} probes without
 * an answer it ends the connection with ETIMEDOUT. Immutable and safe for any thread.
 *
 * <p>Probing is on by default, 15 s, 15 s, 9 times. Each of the three may be left as the system has
 * it ({@link #withSystemIdle} and its kin), which on Linux is 7200 s, 75 s and 9 unless the
 * administrator changed it.
 *
 * <p>The kernel does not probe while sent data is unacknowledged: then the rules of retransmission
 * decide, which is a matter of many minutes, unless a user timeout is set.
 *
 * <p>Go: {@code net.KeepAliveConfig}. See tcp(7), RFC 9293 section 3.8.4.
 */
public final class KeepAlive {

  /** The longest idle time and interval Linux takes, in seconds (MAX_TCP_KEEPIDLE). */
  static final int MAX_SECONDS = 32767;

  /** The most probes Linux takes (MAX_TCP_KEEPCNT). */
  static final int MAX_COUNT = 127;

  /** In place of a number: do not touch what the system has. */
  static final int SYSTEM = 0;

  private static final KeepAlive ON = new KeepAlive(true, 15, 15, 9);
  private static final KeepAlive OFF = new KeepAlive(false, SYSTEM, SYSTEM, SYSTEM);

  private final boolean enabled;

  // At least 1, or SYSTEM.
  private final int idleSeconds;
  private final int intervalSeconds;
  private final int count;

  private KeepAlive(boolean enabled, int idleSeconds, int intervalSeconds, int count) {
    this.enabled = enabled;
    this.idleSeconds = idleSeconds;
    this.intervalSeconds = intervalSeconds;
    this.count = count;
  }

  /** On, with gonet's and Go's defaults: idle 15 s, interval 15 s, 9 probes. */
  public static KeepAlive on() {
    return ON;
  }

  /** Off: no probes; the three numbers stay as the system has them. */
  public static KeepAlive off() {
    return OFF;
  }

  /**
   * On, with these numbers. Durations are rounded up to whole seconds, the kernel's unit.
   *
   * @param idle 1 s to 32767 s
   * @param interval 1 s to 32767 s
   * @param count 1 to 127 probes
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public static KeepAlive of(Duration idle, Duration interval, int count) {
    return ON.withIdle(idle).withInterval(interval).withCount(count);
  }

  /**
   * The same with another idle time, rounded up to whole seconds.
   *
   * @param idle 1 s to 32767 s
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public KeepAlive withIdle(Duration idle) {
    int seconds = Durations.seconds(idle, "keepalive idle", 1, MAX_SECONDS);
    return new KeepAlive(enabled, seconds, intervalSeconds, count);
  }

  /**
   * The same with another interval, rounded up to whole seconds.
   *
   * @param interval 1 s to 32767 s
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public KeepAlive withInterval(Duration interval) {
    int seconds = Durations.seconds(interval, "keepalive interval", 1, MAX_SECONDS);
    return new KeepAlive(enabled, idleSeconds, seconds, count);
  }

  /**
   * The same with another number of probes.
   *
   * @param count 1 to 127
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public KeepAlive withCount(int count) {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException(
          "keepalive count is " + count + ", not between 1 and " + MAX_COUNT);
    }
    return new KeepAlive(enabled, idleSeconds, intervalSeconds, count);
  }

  /** The same, with the idle time left as the system has it. Go: a negative {@code Idle}. */
  public KeepAlive withSystemIdle() {
    return new KeepAlive(enabled, SYSTEM, intervalSeconds, count);
  }

  /** The same, with the interval left as the system has it. Go: a negative {@code Interval}. */
  public KeepAlive withSystemInterval() {
    return new KeepAlive(enabled, idleSeconds, SYSTEM, count);
  }

  /**
   * The same, with the number of probes left as the system has it. Go: a negative {@code Count}.
   */
  public KeepAlive withSystemCount() {
    return new KeepAlive(enabled, idleSeconds, intervalSeconds, SYSTEM);
  }

  /** The same numbers with the probes off. */
  KeepAlive disabled() {
    return new KeepAlive(false, idleSeconds, intervalSeconds, count);
  }

  /** Whether the kernel probes at all. The {@code with} methods leave this as it is. */
  public boolean enabled() {
    return enabled;
  }

  /** The silence before the first probe, in whole seconds; empty for the system's value. */
  public Optional<Duration> idle() {
    return duration(idleSeconds);
  }

  /** The time between probes, in whole seconds; empty for the system's value. */
  public Optional<Duration> interval() {
    return duration(intervalSeconds);
  }

  /** The probes without an answer that end the connection; empty for the system's value. */
  public OptionalInt count() {
    return count == SYSTEM ? OptionalInt.empty() : OptionalInt.of(count);
  }

  /**
   * How long after its last segment a vanished peer is noticed, on a connection with nothing in
   * flight: idle + interval × count. Empty when probing is off, or when the system's value of one
   * of the three decides.
   */
  public Optional<Duration> detectionTime() {
    if (!enabled || idleSeconds == SYSTEM || intervalSeconds == SYSTEM || count == SYSTEM) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(idleSeconds + (long) intervalSeconds * count));
  }

  /** For TCP_KEEPIDLE; {@link #SYSTEM} to leave it alone. */
  int idleSeconds() {
    return idleSeconds;
  }

  /** For TCP_KEEPINTVL; {@link #SYSTEM} to leave it alone. */
  int intervalSeconds() {
    return intervalSeconds;
  }

  /** For TCP_KEEPCNT; {@link #SYSTEM} to leave it alone. */
  int probes() {
    return count;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeepAlive that
        && enabled == that.enabled
        && idleSeconds == that.idleSeconds
        && intervalSeconds == that.intervalSeconds
        && count == that.count;
  }

  @Override
  public int hashCode() {
    return ((Boolean.hashCode(enabled) * 31 + idleSeconds) * 31 + intervalSeconds) * 31 + count;
  }

  /** All four, such as {@code keepalive on, idle 15 s, interval 15 s, count 9}. */
  @Override
  public String toString() {
    return "keepalive "
        + (enabled ? "on" : "off")
        + ", idle "
        + text(idleSeconds, " s")
        + ", interval "
        + text(intervalSeconds, " s")
        + ", count "
        + text(count, "");
  }

  private static Optional<Duration> duration(int seconds) {
    return seconds == SYSTEM ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  private static String text(int value, String unit) {
    return value == SYSTEM ? "system's" : value + unit;
  }
}

package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import gonet.internal.time.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel probes a silent TCP connection: after {@link #idle} without a segment from the
 * peer it sends a probe, then one each {@link #interval}, and after {@link #count} probes without
 * an answer it ends the connection with ETIMEDOUT. Immutable and safe for any thread.
 *
 * <p>Probing is on by default, 15 s, 15 s, 9 times. Each of the three may be left as the system has
 * it, which null stands for, and which on Linux is 7200 s, 75 s and 9 unless the administrator
 * changed it.
 *
 * <p>The kernel does not probe while sent data is unacknowledged: then the rules of retransmission
 * decide, which is a matter of many minutes, unless a user timeout is set.
 *
 * <p>Go: {@code net.KeepAliveConfig}. See tcp(7), RFC 9293 section 3.8.4.
 *
 * @since 0.1
 */
public final class KeepAlive {

  /** The longest idle time and interval Linux takes, in seconds (MAX_TCP_KEEPIDLE). */
  static final int MAX_SECONDS = 32767;

  /** The most probes Linux takes (MAX_TCP_KEEPCNT). */
  static final int MAX_COUNT = 127;

  /** In place of a number: do not touch what the system has. */
  private static final int SYSTEM = 0;

  /** Apart, because this class must have no initializer: see {@link FirstUse}. */
  static final class Values {
    static final KeepAlive ON = new KeepAlive(true, 15, 15, 9);
    private static final KeepAlive OFF = new KeepAlive(false, SYSTEM, SYSTEM, SYSTEM);

    private Values() {}
  }

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
    FirstUse.prepare();
    return Values.ON;
  }

  /** Off: no probes; the three numbers stay as the system has them. */
  public static KeepAlive off() {
    FirstUse.prepare();
    return Values.OFF;
  }

  /**
   * On, with these numbers. Durations are rounded up to whole seconds, the kernel's unit; null
   * leaves a number as the system has it.
   *
   * @param idle 1 s to 32767 s, or null
   * @param interval 1 s to 32767 s, or null
   * @param count 1 to 127 probes, or null
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public static KeepAlive of(
      @Nullable Duration idle, @Nullable Duration interval, @Nullable Integer count) {
    return on().withIdle(idle).withInterval(interval).withCount(count);
  }

  /**
   * The same with another idle time, rounded up to whole seconds.
   *
   * @param idle 1 s to 32767 s; null for the system's (Go: a negative {@code Idle})
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public KeepAlive withIdle(@Nullable Duration idle) {
    return new KeepAlive(enabled, seconds(idle, "keepalive idle"), intervalSeconds, count);
  }

  /**
   * The same with another interval, rounded up to whole seconds.
   *
   * @param interval 1 s to 32767 s; null for the system's (Go: a negative {@code Interval})
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public KeepAlive withInterval(@Nullable Duration interval) {
    return new KeepAlive(enabled, idleSeconds, seconds(interval, "keepalive interval"), count);
  }

  private static int seconds(@Nullable Duration time, String name) {
    return time == null ? SYSTEM : Durations.seconds(time, name, 1, MAX_SECONDS);
  }

  /**
   * The same with another number of probes.
   *
   * @param count 1 to 127; null for the system's (Go: a negative {@code Count})
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public KeepAlive withCount(@Nullable Integer count) {
    if (count != null && (count < 1 || count > MAX_COUNT)) {
      throw new IllegalArgumentException(
          "keepalive count is " + count + ", not between 1 and " + MAX_COUNT);
    }
    return new KeepAlive(enabled, idleSeconds, intervalSeconds, count == null ? SYSTEM : count);
  }

  /** Whether the kernel probes at all. The {@code with} methods leave this as it is. */
  public boolean enabled() {
    return enabled;
  }

  /** The silence before the first probe, in whole seconds; null for the system's value. */
  public @Nullable Duration idle() {
    return duration(idleSeconds);
  }

  /** The time between probes, in whole seconds; null for the system's value. */
  public @Nullable Duration interval() {
    return duration(intervalSeconds);
  }

  /** The probes without an answer that end the connection; null for the system's value. */
  public @Nullable Integer count() {
    return count == SYSTEM ? null : Integer.valueOf(count);
  }

  /**
   * How long after its last segment a vanished peer is noticed, on a connection with nothing in
   * flight: idle + interval × count. Null when probing is off, or when the system's value of one of
   * the three decides.
   */
  public @Nullable Duration detectionTime() {
    if (!enabled || idleSeconds == SYSTEM || intervalSeconds == SYSTEM || count == SYSTEM) {
      return null;
    }
    return Duration.ofSeconds(idleSeconds + (long) intervalSeconds * count);
  }

  // ---- on a socket -----------------------------------------------------------------------------

  /** The switch comes last: the probe timer starts with the numbers that are set then. */
  void apply(Descriptor d) throws SyscallException {
    setUnlessSystem(d, Option.KEEP_IDLE, idleSeconds);
    setUnlessSystem(d, Option.KEEP_INTERVAL, intervalSeconds);
    setUnlessSystem(d, Option.KEEP_COUNT, count);
    d.setOption(Option.KEEP_ALIVE, enabled ? 1 : 0);
  }

  /** A system without one of the numbers keeps its own; the switch is everywhere. */
  private static void setUnlessSystem(Descriptor d, Option option, int value)
      throws SyscallException {
    if (value == SYSTEM) {
      return;
    }
    try {
      d.setOption(option, value);
    } catch (SyscallException e) {
      if (e.errno() != Errno.ENOPROTOOPT) {
        throw e;
      }
    }
  }

  /** What the kernel has. */
  static KeepAlive of(Descriptor d) throws SyscallException {
    return new KeepAlive(
        d.getOption(Option.KEEP_ALIVE) != 0,
        d.getOption(Option.KEEP_IDLE),
        d.getOption(Option.KEEP_INTERVAL),
        d.getOption(Option.KEEP_COUNT));
  }

  // ---- as a value ------------------------------------------------------------------------------

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

  private static @Nullable Duration duration(int seconds) {
    return seconds == SYSTEM ? null : Duration.ofSeconds(seconds);
  }

  private static String text(int value, String unit) {
    return value == SYSTEM ? "system's" : value + unit;
  }
}

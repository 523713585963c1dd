package gonet.live;

import gonet.Dialer;
import gonet.KeepAlive;
import gonet.ListenConfig;
import gonet.TcpConn;
import gonet.TcpSocketOptions;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long the kernel takes to notice that the other side of a TCP connection is gone without a
 * word: switched off, cut off or started anew. Computed from {@link KeepAlive} and the user timeout
 * ({@link TcpConn#setUserTimeout}), which Linux lets work together in ways that are not obvious.
 * Immutable and safe for any thread.
 *
 * <table>
 *   <caption>Who notices what</caption>
 *   <tr><th>the other side</th><th>noticed by</th><th>after</th><th>as</th></tr>
 *   <tr><td>vanished, nothing in flight</td><td>keepalive</td><td>{@link #idle}</td>
 *       <td>ETIMEDOUT</td></tr>
 *   <tr><td>vanished, data in flight</td><td>user timeout</td><td>{@link #inFlight}</td>
 *       <td>ETIMEDOUT</td></tr>
 *   <tr><td>keeps its window shut</td><td>user timeout</td><td>{@link #zeroWindow}</td>
 *       <td>ETIMEDOUT</td></tr>
 *   <tr><td>was started anew, nothing in flight</td><td>the first probe</td>
 *       <td>{@link #rebooted}</td><td>ECONNRESET</td></tr>
 * </table>
 *
 * <p>Each time counts from the last segment that arrived, or the first that was not acknowledged;
 * the kernel's timers and the way there add up to a second. Null means that only the system's own
 * limits remain: none at all for an idle connection without probes or for a shut window, about a
 * quarter of an hour for data in flight (tcp_retries2).
 *
 * <p>tcp(7), RFC 5482, RFC 9293 sections 3.8.4 and 3.8.6.1. With Linux' own numbers, 7200 s and 9
 * probes 75 s apart, an idle connection outlives its peer by 2 h 11 min 15 s.
 *
 * @since 0.1
 */
public final class PeerLoss {
  private static final long MIN_SECONDS = 2;

  /** The longest idle time that Linux takes (MAX_TCP_KEEPIDLE). */
  private static final long MAX_SECONDS = 32767;

  private final KeepAlive keepAlive;
  private final @Nullable Duration userTimeout;

  private PeerLoss(KeepAlive keepAlive, @Nullable Duration userTimeout) {
    this.keepAlive = keepAlive;
    this.userTimeout = userTimeout;
  }

  /**
   * By these settings.
   *
   * @param userTimeout null for the system's own
   * @throws IllegalArgumentException if {@code userTimeout} is zero or negative
   */
  public static PeerLoss of(KeepAlive keepAlive, @Nullable Duration userTimeout) {
    Objects.requireNonNull(keepAlive, "keepAlive");
    if (userTimeout != null) {
      var _ = Durations.positiveNanos(userTimeout, "user timeout");
    }
    return new PeerLoss(keepAlive, userTimeout);
  }

  /** By the settings of a connection, as its kernel has them now. */
  public static PeerLoss of(TcpConn conn) throws IOException {
    Duration userTimeout = null;
    if (conn.supportedOptions().contains(TcpSocketOptions.TCP_USER_TIMEOUT)) {
      userTimeout = conn.userTimeout();
    }
    return of(conn.keepAlive(), userTimeout);
  }

  /**
   * Settings that notice every loss within a time: three probes, if there is time for them, in its
   * later part, and a user timeout as long.
   *
   * @param longest 2 s to 32767 s, rounded down to whole seconds
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public static PeerLoss within(Duration longest) {
    long seconds = longest.toSeconds();
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException(
          "detection time is "
              + longest
              + ", not between "
              + MIN_SECONDS
              + " s and "
              + MAX_SECONDS
              + " s");
    }
    int count = (int) Math.min(3, seconds - 1);
    long interval = Math.max(1, seconds / (count + 1));
    Duration idle = Duration.ofSeconds(seconds - interval * count);
    return new PeerLoss(
        KeepAlive.of(idle, Duration.ofSeconds(interval), count), Duration.ofSeconds(seconds));
  }

  // ---- the settings ----------------------------------------------------------------------------

  /** The probes. */
  public KeepAlive keepAlive() {
    return keepAlive;
  }

  /** The user timeout; null for the system's own. */
  public @Nullable Duration userTimeout() {
    return userTimeout;
  }

  /**
   * The same listener's settings with these. To listen with a user timeout fails with ENOPROTOOPT
   * where the backend has none.
   */
  public ListenConfig on(ListenConfig config) {
    return config.withKeepAlive(keepAlive).withUserTimeout(userTimeout);
  }

  /** The same dialer's settings with these; a user timeout as with {@link #on(ListenConfig)}. */
  public Dialer on(Dialer dialer) {
    return dialer.withKeepAlive(keepAlive).withUserTimeout(userTimeout);
  }

  /**
   * Sets them on a connection.
   *
   * @throws UnsupportedOperationException if there is a user timeout and the backend has none
   */
  public void applyTo(TcpConn conn) throws IOException {
    conn.setKeepAlive(keepAlive);
    conn.setUserTimeout(userTimeout);
  }

  // ---- the times -------------------------------------------------------------------------------

  /**
   * The peer vanished while nothing was in flight: idle + interval × count. A user timeout replaces
   * the count: the connection ends at the first moment of a probe, the first one's excepted, at
   * which the silence is as long.
   */
  public @Nullable Duration idle() {
    Duration byCount = keepAlive.detectionTime();
    Duration idleTime = keepAlive.idle();
    Duration intervalTime = keepAlive.interval();
    if (userTimeout == null || byCount == null || idleTime == null || intervalTime == null) {
      return byCount;
    }
    long idle = idleTime.toSeconds();
    long interval = intervalTime.toSeconds();
    long rest = userTimeout.minusSeconds(idle).toMillis();
    long probes = Math.max(1, Math.ceilDiv(rest, interval * 1000));
    return Duration.ofSeconds(idle + probes * interval);
  }

  /** The peer vanished while data was in flight, so that no probes are sent: the user timeout. */
  public @Nullable Duration inFlight() {
    return userTimeout;
  }

  /**
   * The peer keeps its window shut, though its kernel answers: the user timeout. Its count begins
   * with the kernel's first look, a fifth of a second or more after the window closed.
   */
  public @Nullable Duration zeroWindow() {
    return userTimeout;
  }

  /** The peer's kernel has forgotten the connection, as after a reboot: the first probe's time. */
  public @Nullable Duration rebooted() {
    return keepAlive.enabled() ? keepAlive.idle() : null;
  }

  /** The settings and what follows from them. */
  @Override
  public String toString() {
    return "PeerLoss["
        + keepAlive
        + ", user timeout "
        + text(userTimeout())
        + "; idle "
        + text(idle())
        + ", in flight "
        + text(inFlight())
        + "]";
  }

  private static String text(@Nullable Duration time) {
    return time == null ? "system's" : time.toMillis() / 1000.0 + " s";
  }
}

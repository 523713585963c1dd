package gonet.live;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;

/**
 * Asks a silent peer for a sign of life, by messages of the application's own protocol: what tells
 * that the other <em>program</em> answers, not only its kernel, and what works over every kind of
 * connection. Immutable and safe for any thread.
 *
 * <p>While a thread waits to read and nothing arrives for {@link #interval}, a ping is sent, and
 * again after each {@link #timeout}. Anything that arrives is a sign of life and ends the asking,
 * the answer to a ping as well as data. When {@link #maxMissed} pings in a row had no answer within
 * the timeout, the connection is aborted and the read throws {@link PeerLostException}: {@link
 * #detectionTime} after the last sign of life.
 *
 * {@snippet :
 * Heartbeat heartbeat =
 *     Heartbeat.of(Duration.ofSeconds(15), Duration.ofSeconds(5), 3, c -> c.write(PING));
 * try (Conn c = heartbeat.over(listener.accept())) {
 *   ... // read from c as before, and drop the answers to pings
 * }
 * }
 *
 * <p>Time passes only while some thread is inside a read or {@link Conn#awaitReadable} of the
 * connection that {@link #over} gives: a program that is busy elsewhere declares nobody dead.
 *
 * @since 0.1
 */
public final class Heartbeat implements ConnLayer {

  /** Sends a message that the peer answers. */
  @FunctionalInterface
  public interface Ping {
    /**
     * Writes one ping. Runs on a virtual thread of its own, beside the program's own writes, one at
     * a time; while it cannot be written, further ones count as missed and are not tried.
     *
     * @param conn the connection under the heartbeat
     */
    void send(Conn conn) throws IOException;
  }

  final long intervalNanos;
  final long timeoutNanos;
  private final int maxMissed;
  private final Ping ping;

  private Heartbeat(long intervalNanos, long timeoutNanos, int maxMissed, Ping ping) {
    this.intervalNanos = intervalNanos;
    this.timeoutNanos = timeoutNanos;
    this.maxMissed = maxMissed;
    this.ping = ping;
  }

  /**
   * A heartbeat.
   *
   * @param interval the silence before the first ping, above zero
   * @param timeout how long each ping may go without an answer, above zero
   * @param maxMissed pings in a row without an answer that mean the end, at least 1
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public static Heartbeat of(Duration interval, Duration timeout, int maxMissed, Ping ping) {
    if (maxMissed < 1) {
      throw new IllegalArgumentException("missed pings are " + maxMissed + ", below 1");
    }
    return new Heartbeat(
        Durations.positiveNanos(interval, "heartbeat interval"),
        Durations.positiveNanos(timeout, "heartbeat timeout"),
        maxMissed,
        Objects.requireNonNull(ping, "ping"));
  }

  /**
   * The same connection under this heartbeat. From here on use the result alone. Deadlines and
   * timeouts stay those of {@code conn}: each call has a limit of its own beside them.
   */
  @Override
  public Conn over(Conn conn) {
    return new HeartbeatConn(Objects.requireNonNull(conn, "conn"), this);
  }

  /** The silence before the first ping. */
  public Duration interval() {
    return Duration.ofNanos(intervalNanos);
  }

  /** How long a ping may go without an answer. */
  public Duration timeout() {
    return Duration.ofNanos(timeoutNanos);
  }

  /** Pings in a row without an answer that mean the end. */
  public int maxMissed() {
    return maxMissed;
  }

  /**
   * How long after its last sign of life a peer is given up: interval + maxMissed × timeout, but at
   * most {@link Long#MAX_VALUE} nanoseconds, some 292 years.
   */
  public Duration detectionTime() {
    long most = Long.MAX_VALUE - intervalNanos;
    long asking = timeoutNanos > most / maxMissed ? most : timeoutNanos * maxMissed;
    return Duration.ofNanos(intervalNanos + asking);
  }

  Ping ping() {
    return ping;
  }

  /** All numbers. */
  @Override
  public String toString() {
    return "Heartbeat[interval "
        + interval()
        + ", timeout "
        + timeout()
        + ", max missed "
        + maxMissed
        + "]";
  }
}

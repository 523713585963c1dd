package gonet.live;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.internal.time.Durations;
import java.time.Duration;
import java.util.Objects;

/**
 * How slow the other side of a connection may be: at least so many bytes in each stretch of time
 * that this side spends waiting for it. Against senders that send a byte now and then, which meet
 * every timeout between two bytes, and against readers that read as slowly. Immutable and safe for
 * any thread.
 *
 * <p>Only waiting counts: not the time the program is busy between two calls, and not {@link
 * Conn#awaitReadable}, in which a connection may be idle. So wait for the beginning of a message
 * there, under an idle timeout, and read the message after that.
 *
 * {@snippet :
 * Conn c = MinRate.of(1000, Duration.ofSeconds(5)).over(listener.accept());
 * c.setReadTimeout(Duration.ofMinutes(2)); // idle
 * c.awaitReadable();
 * ... // read: StalledException below 1000 bytes in 5 s of waiting
 * }
 *
 * <p>Who is too slow is found when the time is over, so at the latest after {@link #per} of
 * waiting.
 *
 * @since 0.1
 */
public final class MinRate implements ConnLayer {
  private final int bytes;
  private final long perNanos;

  private MinRate(int bytes, long perNanos) {
    this.bytes = bytes;
    this.perNanos = perNanos;
  }

  /**
   * At least {@code bytes} in each {@code per}.
   *
   * @param bytes at least 1
   * @param per above zero
   * @throws IllegalArgumentException naming the value that is out of range
   */
  public static MinRate of(int bytes, Duration per) {
    if (bytes < 1) {
      throw new IllegalArgumentException("minimum rate is " + bytes + " bytes, below 1");
    }
    return new MinRate(bytes, Durations.positiveNanos(per, "time of the minimum rate"));
  }

  /**
   * The same connection under this limit, in both directions. From here on use the result alone.
   * Deadlines and timeouts stay those of {@code conn}: each call has a limit of its own beside
   * them.
   *
   * @return a connection whose reads and writes throw {@link StalledException} as well
   */
  @Override
  public Conn over(Conn conn) {
    return new MinRateConn(Objects.requireNonNull(conn, "conn"), this);
  }

  /** The bytes. */
  public int bytes() {
    return bytes;
  }

  /** The time. */
  public Duration per() {
    return Duration.ofNanos(perNanos);
  }

  long perNanos() {
    return perNanos;
  }

  String text() {
    return bytes + " in " + per().toMillis() / 1000.0 + " s";
  }

  /** Both numbers. */
  @Override
  public String toString() {
    return "MinRate[" + text() + "]";
  }
}

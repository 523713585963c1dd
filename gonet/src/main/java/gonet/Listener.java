package gonet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Accepts connections. Go's {@code net.Listener}.
 *
 * <p>Any thread may call any method at any time; threads that accept at the same time get different
 * connections. Deadlines and interrupts do with {@link #accept} what they do with a read of {@link
 * Conn}.
 *
 * <p>Anybody may implement this interface; {@link ForwardingListener} is the way to begin with
 * another one. Methods that later versions add have defaults.
 *
 * @since 0.1
 */
public interface Listener extends AutoCloseable {

  /**
   * Waits for the next connection. Connections that died in the queue are passed over. While the
   * process or the kernel is short of descriptors or memory, accept pauses, 5 ms first and up to a
   * second, but not beyond the close of a connection here, tries again and says so in the log once
   * in a while; it does not fail, and connections wait in the queue.
   *
   * @throws NetClosedException when the listener is closed, before or during the call
   * @throws NetTimeoutException when the deadline or the timeout has passed
   * @throws NetInterruptedException when the thread is interrupted and would have to wait; the
   *     listener stays open
   * @throws IOException when the system fails otherwise
   */
  Conn accept() throws IOException;

  /** The address it listens on, with the port that the system chose if none was asked for. */
  NetAddr addr();

  /**
   * Stops listening, wakes every thread in {@link #accept} and returns when the address is free
   * again. Connections accepted before live on; the system resets those that stand in the queue. A
   * second close has no effect. Not ended by an interrupt. Does not throw.
   */
  @Override
  void close();

  /** Whether the listener was closed. */
  boolean isClosed();

  /**
   * Moves the deadline of accept.
   *
   * @param when the moment, or null for none
   * @throws NetClosedException if the listener is closed
   */
  void setDeadline(@Nullable Instant when) throws IOException;

  /**
   * Bounds each later accept by a time of its own.
   *
   * @param each above zero, or null for none
   * @throws IllegalArgumentException if {@code each} is zero or negative
   * @throws NetClosedException if the listener is closed
   */
  void setTimeout(@Nullable Duration each) throws IOException;

  /**
   * The deadline of accept; null for none. As exact as {@link Conn#readDeadline}. After a close,
   * the last one.
   */
  @Nullable Instant deadline();

  /**
   * What {@link #setTimeout} has set, exactly, but at most 292 years; null for none. After a close,
   * the last one.
   */
  @Nullable Duration timeout();

  /** The listener that this one is a layer over; null, the default, for one that is no layer. */
  default @Nullable Listener beneath() {
    return null;
  }

  /**
   * This listener, or the first beneath it, that is of a type.
   *
   * @return null if there is none
   */
  default <T> @Nullable T find(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    Listener beneath = beneath();
    return beneath == null ? null : beneath.find(type);
  }
}

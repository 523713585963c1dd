package gonet.internal.pipe;

import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The reader's or the writer's end of one direction of a pipe: how far it is closed, and its time
 * limits. Every field is guarded by the lock of the {@link PipeHalf} it belongs to.
 */
final class PipeEnd {

  private enum Stage {
    OPEN,
    /** This direction was ended by closeRead or closeWrite. */
    SHUT,
    /** The whole connection was closed. */
    CLOSED,
    /** The whole connection was closed, and the other side is to take it for a reset. */
    RESET
  }

  private Stage stage = Stage.OPEN;

  /** The sticky deadline, {@link Clock#NONE} for none. */
  private long deadline = Clock.NONE;

  /** The time each call has for itself, zero for no limit. */
  private long timeoutNanos;

  boolean isOpen() {
    return stage == Stage.OPEN;
  }

  boolean isShut() {
    return stage == Stage.SHUT;
  }

  boolean isClosed() {
    return stage == Stage.CLOSED || stage == Stage.RESET;
  }

  void shut() {
    stage = Stage.SHUT;
  }

  boolean isReset() {
    return stage == Stage.RESET;
  }

  /** The first close decides how it looks from the other side. */
  void close(boolean reset) {
    if (!isClosed()) {
      stage = reset ? Stage.RESET : Stage.CLOSED;
    }
  }

  /** Moves the sticky deadline; null for none. */
  void deadline(@Nullable Instant when) {
    deadline = Durations.moment(when);
  }

  /** Sets the time of each later call; null for none, otherwise above zero. */
  void timeout(@Nullable Duration each) {
    timeoutNanos = each == null ? 0 : Durations.positiveNanos(each, "timeout");
  }

  long timeoutNanos() {
    return timeoutNanos;
  }

  long deadline() {
    return deadline;
  }

  /** The earlier of the sticky deadline, as it is now, and the call's own limit. */
  long limit(long callLimit) {
    return Clock.earlier(deadline, callLimit);
  }

  /** Whether that moment has come. */
  boolean expired(long callLimit) {
    return isOver(limit(callLimit));
  }

  /** Whether {@code limit}, unless it is {@link Clock#NONE}, has come. */
  static boolean isOver(long limit) {
    return limit != Clock.NONE && limit <= Clock.now();
  }
}

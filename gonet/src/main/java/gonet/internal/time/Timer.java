package gonet.internal.time;

/**
 * Something that wants to be told when a moment has come. The object is its own place in the heap,
 * so that arming allocates nothing.
 */
public abstract class Timer {

  /** {@link #when} of a timer that was never armed. Anything this late is never, too. */
  static final long UNUSED = Long.MAX_VALUE;

  /** {@link #when} of a timer that was armed once and is in no heap now; it may be firing. */
  static final long IDLE = Long.MAX_VALUE - 1;

  /** {@link #index} outside of the heap. */
  static final int OUT = -1;

  /** {@link #index} of a timer that shall never be armed again, its owner being closed. */
  static final int RETIRED = -2;

  /**
   * When the heap will fire this timer. Written under the heap's lock. Read without it by owners
   * that ask "am I armed early enough?": they publish their wish first and read this second, the
   * timer thread writes this first and reads the wish second, so one of the two sees the other.
   */
  private volatile long when = UNUSED;

  /** Position in the heap, {@link #OUT} or {@link #RETIRED}. Guarded by the heap's lock. */
  int index = OUT;

  /** Allows subclasses. */
  protected Timer() {}

  /**
   * The armed moment has come. Runs on the timer thread, outside of the heap's lock, with the timer
   * unarmed; must not block.
   *
   * @param now {@link Clock#now}, no earlier than the armed moment
   * @return the moment to fire again, or {@link Clock#NONE}
   */
  protected abstract long fire(long now);

  /** Whether it is armed for {@code moment} or earlier. */
  public final boolean armedBy(long moment) {
    return when <= moment;
  }

  final long when() {
    return when;
  }

  final void when(long moment) {
    when = moment;
  }
}

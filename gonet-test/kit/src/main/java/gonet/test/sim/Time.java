package gonet.test.sim;

import gonet.internal.time.Clock;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Virtual time and what is due at its moments. Two events of one moment go in the order that the
 * seed draws. Confined to the simulation's carrier.
 */
final class Time {
  /** 2030-01-01T00:00:00Z, where each simulation begins. */
  private static final long WALL_BASE_SECONDS = 1_893_456_000L;

  private static final long SECOND = 1_000_000_000L;

  /**
   * Where {@link System#nanoTime} begins on simulated threads: some time behind the origin of
   * gonet's clock, which never shows a moment before it.
   */
  static final long BASE = originOfGonet() + 3600 * SECOND;

  private final Randomness random;
  private final PriorityQueue<Event> due = new PriorityQueue<>();
  private long now;
  private long made;
  private int live;

  Time(Randomness random) {
    this.random = random;
  }

  private static long originOfGonet() {
    try {
      Field origin = Clock.class.getDeclaredField("ORIGIN");
      origin.setAccessible(true);
      return origin.getLong(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Something that happens at a moment, unless it is canceled before. */
  static final class Event implements Comparable<Event> {
    final long at;
    private final long tie;
    private final long number;
    private final Runnable action;
    private final Time time;
    private boolean over;

    private Event(Time time, long at, long tie, long number, Runnable action) {
      this.time = time;
      this.at = at;
      this.tie = tie;
      this.number = number;
      this.action = action;
    }

    void cancel() {
      if (!over) {
        over = true;
        time.live--;
      }
    }

    @Override
    public int compareTo(Event other) {
      int order = Long.compare(at, other.at);
      if (order == 0) {
        order = Long.compare(tie, other.tie);
      }
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  /** Nanoseconds since the simulation began. */
  long now() {
    return now;
  }

  /** A little time passes, as it does while a thread runs. */
  void spend(long nanos) {
    now += nanos;
  }

  Event after(long nanos, Runnable action) {
    return at(now + Math.max(0, nanos) < 0 ? Long.MAX_VALUE : now + Math.max(0, nanos), action);
  }

  Event at(long moment, Runnable action) {
    Event event = new Event(this, moment, random.nextLong(), made++, action);
    due.add(event);
    live++;
    return event;
  }

  /** When the next event is due; {@code Long.MAX_VALUE} for none. */
  long next() {
    for (Event first = due.peek(); first != null; first = due.peek()) {
      if (!first.over) {
        return first.at;
      }
      due.poll();
    }
    return Long.MAX_VALUE;
  }

  /** Runs the first event, to whose moment the time jumps if it is later. */
  void runNext() {
    Event first = due.remove();
    first.cancel();
    now = Math.max(now, first.at);
    first.action.run();
  }

  /** Forgets all events. */
  void clear() {
    List<Event> all = new ArrayList<>(due);
    due.clear();
    all.forEach(Event::cancel);
  }

  int live() {
    return live;
  }

  long nanoTime() {
    return BASE + now;
  }

  long wallNanos() {
    return WALL_BASE_SECONDS * SECOND + now;
  }

  /** The present moment as logs show it: seconds with nine digits. */
  String stamp() {
    long fraction = now % SECOND + SECOND;
    return now / SECOND + "." + Long.toString(fraction).substring(1);
  }
}

package gonet.internal.carrier;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who owns a processor and what it does, in one word of {@code tick:42 | carrier:20 | mode:2}. Only
 * the owner writes it, with one exception:
 *
 * <pre>
 *              beginTask: tick + 1
 *   SCHED(m) -----------------------> TASK(m,t) ---- watcher: take(TASK(m,t), m2), a CAS
 *     |  ^  <-----------------------      |                      |
 *     |  |     endTask, a CAS             |                      v
 *     |  |                                |                  SCHED(m2) ---> ...
 *     |  | awake                          v
 *     v  |                          endTask fails: the processor is lost, m touches
 *   SLEEP(m)                        nothing of it again and becomes a spare
 * </pre>
 *
 * <p>The tick makes the watcher's CAS hit the very task that it watched: once the owner has ended
 * it, the word is another one, also if it is in a task again. So exactly one of {@link #endTask}
 * and {@link #take} succeeds for each task, and a processor never has two owners. The fields that
 * belong to the owner are written before {@code beginTask} and read after {@code take} or {@code
 * endTask}, whose accesses order them.
 *
 * <p>A sleeper calls {@link #sleep} and then looks for work once more; whoever brings work brings
 * it first and looks at {@link #asleep} then. Both accesses are volatile, so one sees the other.
 */
class OwnerWord {
  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(OwnerWord.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int SCHED = 0;
  private static final int TASK = 1;
  private static final int SLEEP = 2;

  private static final long MODE = 3;
  private static final long CARRIER = (1L << 20) - 1 << 2;
  private static final long TICK = 1L << 22;

  /** As the picture has it. */
  private volatile long word;

  /** The word begins with an owner that sleeps and has not come yet. */
  OwnerWord() {
    WORD.set(this, (long) SLEEP);
  }

  // ---- the owner -------------------------------------------------------------------------------

  /** A task follows. Returns what {@link #endTask} wants to see. */
  final long beginTask() {
    long w = ((long) WORD.getOpaque(this) & ~MODE) + TICK | TASK;
    WORD.setRelease(this, w);
    return w;
  }

  /** The task is over. False: so is the ownership, and only the caller's own fields are its. */
  final boolean endTask(long begun) {
    return WORD.compareAndSet(this, begun, begun & ~MODE | SCHED);
  }

  /** Look for work once more after this, and only then wait. */
  final void sleep() {
    word = (long) WORD.getOpaque(this) & ~MODE | SLEEP;
  }

  /** The owner goes on; it was asleep, or is the first one. */
  final void awake(int carrier) {
    word = (long) WORD.getOpaque(this) & ~(MODE | CARRIER) | id(carrier) | SCHED;
  }

  // ---- everybody else --------------------------------------------------------------------------

  final boolean asleep() {
    return (word & MODE) == SLEEP;
  }

  /** What the watcher compares: the same value twice is the same task, still running. */
  final long look() {
    return word;
  }

  static boolean inTask(long seen) {
    return (seen & MODE) == TASK;
  }

  /** Gives the processor to {@code carrier}, if it is still in the task that was seen. */
  final boolean take(long seen, int carrier) {
    return inTask(seen) && WORD.compareAndSet(this, seen, seen & ~(MODE | CARRIER) | id(carrier));
  }

  private static long id(int carrier) {
    return (long) carrier << 2 & CARRIER;
  }

  @Override
  public String toString() {
    long w = word;
    String mode = (w & MODE) == SCHED ? "sched" : inTask(w) ? "task" : "sleep";
    return mode + " carrier " + ((w & CARRIER) >>> 2) + " tick " + (w >>> 22);
  }
}

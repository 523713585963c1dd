package gonet.test.sim;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run of a seed.
 *
 * @param failure null if all went well
 * @param log what happened, a line each; empty unless the run kept it
 * @param virtualTime how long it took by the simulation's clock
 * @param realTime how long it took
 * @param steps how often a thread was continued
 * @param faults what {@link Chaos} did, those left out not counted
 * @param unfinished threads that did not end when the run was over and they were interrupted, those
 *     of gonet itself not counted; {@code Integer.MAX_VALUE} if one kept the carrier for itself
 */
public record Outcome(
    long seed,
    @Nullable Failure failure,
    String log,
    Duration virtualTime,
    Duration realTime,
    long steps,
    List<Fault> faults,
    int unfinished) {

  /** Which kind of end it was. */
  public enum Kind {
    /** A thread threw something that it did not catch. */
    THROWN,
    /** {@link Sim#always} was false. */
    ALWAYS,
    /** {@link Sim#eventually} did not become true in time. */
    EVENTUALLY,
    /** All threads wait, and nothing is left that could wake one. */
    DEADLOCK,
    /** It did not end within its limit of virtual time or of steps. */
    ENDLESS,
    /** Something outside of the simulation took part in it. */
    LEFT
  }

  /**
   * Why a run failed.
   *
   * @param cause null unless something was thrown
   */
  public record Failure(Kind kind, String text, @Nullable Throwable cause) {

    /** Whether another failure is of the same sort, as far as a shrinker needs to know. */
    boolean resembles(Failure other) {
      if (kind != other.kind) {
        return false;
      }
      Throwable mine = cause;
      Throwable theirs = other.cause;
      if (mine == null || theirs == null) {
        return kind == Kind.DEADLOCK || kind == Kind.ENDLESS || text.equals(other.text);
      }
      return mine.getClass() == theirs.getClass();
    }
  }
}

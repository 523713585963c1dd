package gonet.test.sim;

import java.util.List;

/** A seed has failed. The message has the seed, why, the faults that it takes, and the log. */
public final class SimFailure extends AssertionError {
  private static final long serialVersionUID = 1;

  private final transient Outcome outcome;

  SimFailure(Outcome outcome, List<Fault> needed) {
    super(message(outcome, needed), outcome.failure() == null ? null : outcome.failure().cause());
    this.outcome = outcome;
  }

  /** The run, with its log. */
  public Outcome outcome() {
    return outcome;
  }

  private static String message(Outcome outcome, List<Fault> needed) {
    StringBuilder text = new StringBuilder();
    Outcome.Failure failure = outcome.failure();
    text.append("seed ").append(outcome.seed()).append(": ");
    text.append(failure == null ? "?" : failure.text());
    text.append("\nto see it again: -D").append(Sim.SEED).append('=').append(outcome.seed());
    text.append("\nfaults that it takes: ").append(needed.isEmpty() ? "none" : "");
    for (Fault each : needed) {
      text.append("\n  ").append(each);
    }
    text.append("\nwhat happened:\n").append(outcome.log());
    return text.toString();
  }
}

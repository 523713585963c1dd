package gonet.test;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The threads of one test. Safe for any thread.
 *
 * <p>{@link #start} is for what the test asks about later. {@link #extra} is for traffic in the
 * background, which ends when the connections close.
 */
public final class Crew {

  /** What a thread of a test does. */
  @FunctionalInterface
  public interface Body {
    void run() throws Exception;
  }

  private final Callers callers;
  private final List<Job<?>> jobs = new CopyOnWriteArrayList<>();
  private final List<Job<?>> extras = new CopyOnWriteArrayList<>();

  public Crew(Callers callers) {
    this.callers = callers;
  }

  /** The kind of all its threads. */
  public Callers callers() {
    return callers;
  }

  /** Runs {@code body}. Unless the test asks for its failure, {@link #join} throws it. */
  public Job<Void> start(String name, Body body) {
    return compute(
        name,
        () -> {
          body.run();
          return null;
        });
  }

  /** Runs {@code body}, for its result. */
  public <T> Job<T> compute(String name, Callable<T> body) {
    Job<T> job = new Job<>(callers, name, body);
    jobs.add(job);
    return job;
  }

  /** Runs {@code body} until the connections close under it; only its IOException is forgiven. */
  public void extra(String name, Body body) {
    extras.add(
        new Job<>(
            callers,
            name,
            () -> {
              try {
                body.run();
              } catch (IOException closed) {
                // The way every background traffic ends.
              }
              return null;
            }));
  }

  /** Waits for all that {@link #start} and {@link #compute} began; throws the first failure. */
  public void join() throws Exception {
    for (Job<?> job : jobs) {
      job.result();
    }
  }

  /** Waits until no thread is left. Call it when the connections are closed. */
  public void end() throws Exception {
    for (Job<?> job : jobs) {
      job.thread().join();
    }
    for (Job<?> extra : extras) {
      extra.result();
    }
  }
}

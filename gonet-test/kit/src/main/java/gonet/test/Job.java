package gonet.test;

import static org.junit.jupiter.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs on a thread of its own while the test looks at it. Safe for any thread.
 *
 * @param <T> what it makes
 */
public final class Job<T> {

  /** Longer than anything a case waits for on purpose, shorter than the case's own watchdog. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CompletableFuture<T> outcome = new CompletableFuture<>();
  private final Thread thread;

  Job(Callers callers, String name, Callable<T> body) {
    thread =
        callers.thread(
            name,
            () -> {
              try {
                outcome.complete(body.call());
              } catch (Throwable t) {
                outcome.completeExceptionally(t);
              }
            });
    thread.start();
  }

  /** The thread it runs on. */
  public Thread thread() {
    return thread;
  }

  /** Whether it has ended, well or not. */
  public boolean isDone() {
    return outcome.isDone();
  }

  /** Waits for the end; throws what the job threw. */
  public T result() throws Exception {
    try {
      return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw rethrow(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError(describe() + " did not end; all threads:\n" + ThreadDump.take(), e);
    }
  }

  /** Waits for the end, which must be a failure of class {@code type}. */
  public <X extends Throwable> X failure(Class<X> type) throws Exception {
    try {
      T made = result();
      return fail(describe() + " should have failed, but made " + made);
    } catch (Throwable t) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
      throw t;
    }
  }

  /** Waits until the thread is parked, or sees that it has ended. */
  public Job<T> awaitParked() {
    Eventually.holds(
        describe() + " parks",
        Duration.ofMillis(1),
        PATIENCE,
        () ->
            switch (thread.getState()) {
              case WAITING, TIMED_WAITING, TERMINATED -> true;
              default -> false;
            });
    return this;
  }

  /** Holds that it does not end for {@code span}. */
  public Job<T> staysFor(Duration span) {
    if (Eventually.comesTrue(describe(), Duration.ofMillis(5), span, this::isDone)) {
      fail(describe() + " ended");
    }
    return this;
  }

  private String describe() {
    return "job " + thread.getName();
  }

  private static Exception rethrow(@Nullable Throwable cause) throws Exception {
    switch (cause) {
      case Exception e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new AssertionError(cause);
    }
  }
}

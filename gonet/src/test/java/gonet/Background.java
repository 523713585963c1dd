package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call that is expected to wait, in a virtual thread of its own. */
public final class Background<T> {

  /** Longer than any test should take, so that a hang fails instead of hanging the build. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final FutureTask<T> task;
  private final Thread thread;

  private Background(Callable<T> call) {
    task = new FutureTask<>(call);
    thread = Thread.ofVirtual().name("background").start(task);
  }

  /** Starts a call. */
  public static <T> Background<T> call(Callable<T> call) {
    return new Background<>(call);
  }

  /** Starts a call without a result. */
  public static Background<Void> run(Action action) {
    return call(
        () -> {
          action.run();
          return null;
        });
  }

  /** Starts a call and returns when its thread is parked. */
  public static Background<Void> parked(Action action) {
    return run(action).awaitParked();
  }

  /** Returns when the call's thread is parked. */
  public Background<T> awaitParked() {
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(this::isParked);
    return this;
  }

  /** The same for a test of very many rounds: costs a core, but no milliseconds. */
  @SuppressWarnings("ThreadPriorityCheck") // the other thread may need this one's core
  public Background<T> spinUntilParked() {
    while (!isParked() && !task.isDone()) {
      Thread.yield();
    }
    return this;
  }

  /** Whether the call waits now. */
  public boolean isParked() {
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }

  /** Interrupts the call's thread. */
  public void interrupt() {
    thread.interrupt();
  }

  /** Whether the call is over. */
  public boolean isDone() {
    return task.isDone();
  }

  /** The result, or the call's own exception. */
  public T get() throws Exception {
    try {
      return task.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      StackTraceElement[] where = thread.getStackTrace();
      AssertionError hang = new AssertionError("still waiting: " + thread, e);
      hang.setStackTrace(where);
      throw hang;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception own) {
        throw own;
      }
      throw e;
    }
  }

  /** The exception that ended the call, which must be of this type. */
  public <X extends Exception> X failure(Class<X> type) {
    return assertThrows(type, this::get);
  }

  /** Something to do that may throw. */
  @FunctionalInterface
  public interface Action {
    /** Does it. */
    void run() throws Exception;
  }
}

package gonet.internal.poll;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A call that may wait, in a virtual thread of its own. */
final class Call<T> {
  private final FutureTask<T> task;
  private final Thread thread;
  private volatile boolean interruptStatus;

  private Call(Callable<T> body) {
    task =
        new FutureTask<>(
            () -> {
              try {
                return body.call();
              } finally {
                interruptStatus = Thread.currentThread().isInterrupted();
              }
            });
    thread = Thread.ofVirtual().unstarted(task);
  }

  static <T> Call<T> start(Callable<T> body) {
    Call<T> call = new Call<>(body);
    call.thread.start();
    return call;
  }

  /** A call without a result. */
  interface Body {
    void run() throws Exception;
  }

  static Call<String> run(Body body) {
    return start(
        () -> {
          body.run();
          return "done";
        });
  }

  /** The same in a thread whose interrupt status is set. */
  static <T> Call<T> startInterrupted(Callable<T> body) {
    return start(
        () -> {
          Thread.currentThread().interrupt();
          return body.call();
        });
  }

  Thread thread() {
    return thread;
  }

  boolean done() {
    return task.isDone();
  }

  /** Whether the interrupt status was set when the call had ended. */
  boolean interruptStatus() {
    return interruptStatus;
  }

  T result() throws Exception {
    return task.get(60, TimeUnit.SECONDS);
  }

  FDException failure() {
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> task.get(60, TimeUnit.SECONDS));
    return assertInstanceOf(FDException.class, e.getCause());
  }

  /** Waits until the call stands in the slot of its direction, {@code read} or {@code write}. */
  Call<T> parkedIn(FD fd, String direction) {
    String parked = direction + " parked VirtualThread[#" + thread.threadId();
    Eventually.until(() -> fd.toString().contains(parked));
    return this;
  }

  /** Waits until the thread sleeps, wherever, a monitor included. */
  Call<T> asleep() {
    Eventually.until(
        () ->
            thread.getState() == Thread.State.BLOCKED
                || thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING);
    return this;
  }
}

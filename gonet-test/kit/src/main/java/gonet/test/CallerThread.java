package gonet.test;

import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Runs each test method on a thread of the wanted kind and gives it a minute. A case that is not
 * done by then fails with a dump of all threads, and what it waits for is closed under it.
 */
final class CallerThread implements InvocationInterceptor {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LAST_CHANCE = Duration.ofSeconds(5);

  private final Callers callers;
  private final Runnable stop;

  /**
   * @param stop closes the connections of the case that runs
   */
  CallerThread(Callers callers, Runnable stop) {
    this.callers = callers;
    this.stop = stop;
  }

  @Override
  public void interceptTestMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        callers.thread(
            method.getExecutable().getName(),
            () -> {
              try {
                invocation.proceed();
              } catch (Throwable t) {
                failure.set(t);
              }
            });
    thread.start();
    if (!thread.join(PATIENCE)) {
      String dump = ThreadDump.take();
      System.err.println(dump);
      stop.run();
      boolean ended = thread.join(LAST_CHANCE);
      fail(
          "not done after "
              + PATIENCE.toSeconds()
              + " s; closing its connections "
              + (ended ? "ended it" : "did not end it either")
              + "; all threads:\n"
              + dump);
    }
    Throwable t = failure.get();
    if (t != null) {
      throw t;
    }
  }
}

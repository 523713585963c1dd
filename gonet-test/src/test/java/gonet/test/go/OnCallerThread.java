package gonet.test.go;

import gonet.test.ThreadDump;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Runs the test methods of {@link BothCallers} on a thread of the kind under test. */
final class OnCallerThread implements InvocationInterceptor {

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, method, context);
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    run(invocation, method, context);
  }

  private static void run(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    BothCallers test = (BothCallers) context.getRequiredTestInstance();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        test.callers.thread(
            method.getExecutable().getName(),
            () -> {
              try {
                invocation.proceed();
              } catch (Throwable t) {
                failure.set(t);
              }
            });
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) { // JUnit's timeout, whose own dump lacks virtual threads
      String dump = ThreadDump.take();
      thread.interrupt();
      throw new AssertionError("did not end; all threads:\n" + dump, e);
    }
    Throwable t = failure.get();
    if (t != null) {
      throw t;
    }
  }
}

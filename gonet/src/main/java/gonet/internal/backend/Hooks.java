package gonet.internal.backend;

import java.util.function.UnaryOperator;

/**
 * Where a test puts something between gonet and the operating system: a decorator of the backend,
 * for instance one that lets chosen system calls fail. Empty in production, and looked at once,
 * when the process makes its backend, so that it costs nothing.
 */
public final class Hooks {
  private static volatile UnaryOperator<Backend> backend = UnaryOperator.identity();

  private Hooks() {}

  /** Decorates the backend that is made from now on; no effect on one that exists. */
  public static void backend(UnaryOperator<Backend> decorator) {
    backend = decorator;
  }

  /** Passes a fresh backend through the decorator. */
  public static Backend decorate(Backend fresh) {
    return backend.apply(fresh);
  }
}

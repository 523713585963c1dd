package gonet.support;

/** As at a limit on threads: what the JDK does when the system gives none. */
public final class Refusing {
  private Refusing() {}

  /** A thread that cannot be started. */
  public static Thread thread(String name, Runnable body) {
    return new Thread(body, name) {
      @Override
      public void start() {
        throw error();
      }
    };
  }

  /** What that throws. */
  public static OutOfMemoryError error() {
    return new OutOfMemoryError("unable to create native thread: for the test");
  }
}

package gonet.internal.layer;

/**
 * A layer that has something to do while its connection waits for input, and so has to know of a
 * wait in which no thread is. Any thread.
 */
@FunctionalInterface
public interface ThreadlessWait {

  /** The connection begins such a wait, which ends with the next read. Does not wait itself. */
  void waitBegins();
}

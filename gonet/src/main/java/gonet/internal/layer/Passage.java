package gonet.internal.layer;

/**
 * A layer that bytes pass unchanged and that counts them at most. A transfer inside the kernel goes
 * past such a layer and reports to it what went by. All methods are safe for any thread.
 */
public interface Passage {

  /** Whose passage this is: a layer further up must not be passed with it. */
  Object layer();

  /** False while somebody has to see the bytes themselves. */
  boolean isOpen();

  /** So many bytes were read; −1 for the end of the stream. */
  void countRead(int bytes);

  /** So many bytes were written. */
  void countWritten(long bytes);
}

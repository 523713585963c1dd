package gonet.internal.layer;

/**
 * A Unix listener whose path another process may go on serving. All methods are safe for any
 * thread.
 */
public interface SharedPath {

  /**
   * Whether another process has this listener, too. A close leaves the path then. It is made up for
   * when the other process has gone without having served.
   */
  void shared(boolean on);

  /**
   * The path of an adopted listener is this process' from now on, as if it had made it: a close
   * removes it. The process before leaves it.
   */
  void own();
}

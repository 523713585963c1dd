package gonet.internal.poll;

/** What {@link FD#accept} tells about failures that it survives. */
@FunctionalInterface
public interface AcceptTrouble {
  /**
   * The process or the kernel is out of something that a connection needs.
   *
   * @param errno why
   * @param pauseNanos how long until the next try
   */
  void pausing(int errno, long pauseNanos);
}

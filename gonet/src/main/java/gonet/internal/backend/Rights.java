package gonet.internal.backend;

/**
 * Where a receive puts the descriptors that came beside its bytes: SCM_RIGHTS (unix(7)). Has its
 * room before the system call, so that no want of memory loses a number. Owned by one thread.
 */
public final class Rights {
  /** SCM_MAX_FD: the most that one message carries. */
  public static final int MAX = 253;

  /** The numbers, closed on exec, of which {@link #count} are there. */
  public final int[] numbers;

  public int count;

  /**
   * Some came that had no room here, or none in the process: MSG_CTRUNC. The kernel closed them.
   */
  public boolean truncated;

  /** Room for so many, at most {@link #MAX}. */
  public Rights(int max) {
    numbers = new int[max];
  }
}

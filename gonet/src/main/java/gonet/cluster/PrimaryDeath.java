package gonet.cluster;

/**
 * What workers do when their primary dies without having told them to end.
 *
 * @since 0.1
 */
public enum PrimaryDeath {

  /** They drain, as at a shutdown, and a process that is still there after the grace is halted. */
  END,

  /**
   * They serve on, the port included, until somebody ends them; nobody replaces one that dies. A
   * new primary cannot listen on the port meanwhile.
   *
   * <p>What waits in the kernel's queue is served by them, and so is a connection that was sent to
   * one of them by {@link SharePolicy#ROUND_ROBIN}. One that the primary had accepted and not yet
   * sent is reset with its death.
   */
  SERVE_ON
}

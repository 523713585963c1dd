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
   */
  SERVE_ON
}

package gonet.cluster;

/**
 * How a {@link Cluster} ended: each worker that was told to drain is counted once, and one that had
 * not {@linkplain Worker#connect connected} yet only if it was killed. Immutable.
 *
 * @param drained workers that ended by themselves, with status 0
 * @param failed workers that ended by themselves, with another status
 * @param killed workers that were killed because the grace was over
 * @since 0.1
 */
public record ClusterReport(int drained, int failed, int killed) {

  /** Whether all workers ended by themselves and well. */
  public boolean isGraceful() {
    return failed == 0 && killed == 0;
  }
}

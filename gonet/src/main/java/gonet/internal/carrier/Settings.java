package gonet.internal.carrier;

import gonet.internal.time.Daemons;

/**
 * The lane's system properties, read once when it is made.
 *
 * @param carriers processors, and so carriers that run at the same time: {@code gonet.carriers}; if
 *     that is not set what the JDK's own scheduler has, {@code
 *     jdk.virtualThreadScheduler.parallelism}; if that is not set either the processors of the
 *     machine
 * @param spares the most carriers beyond those: {@code gonet.carriers.spare}, 256 if not set
 * @param handOverNanos for tests: takes the processor from whatever task runs, this often; {@code
 *     gonet.carriers.handOverMicros}, 0 for never
 * @param retireNanos spares that nobody needed for so long end
 * @param idleNanos all threads of the lane end that had nothing to do for so long
 */
record Settings(int carriers, int spares, long handOverNanos, long retireNanos, long idleNanos) {
  private static final int SPARES = 256;
  private static final int MOST_CARRIERS = 1024;
  private static final long RETIRE_NANOS = 10_000_000_000L;

  static Settings read() {
    int fallback =
        Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    return new Settings(
        Math.clamp(Integer.getInteger("gonet.carriers", fallback), 1, MOST_CARRIERS),
        Math.max(Integer.getInteger("gonet.carriers.spare", SPARES), 0),
        Math.max(Long.getLong("gonet.carriers.handOverMicros", 0L), 0) * 1000,
        Math.min(RETIRE_NANOS, Daemons.IDLE_NANOS),
        Daemons.IDLE_NANOS);
  }
}

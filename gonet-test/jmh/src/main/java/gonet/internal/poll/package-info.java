/**
 * Micro benchmarks of the netpoller, in the package of what they measure because that is visible
 * there alone.
 *
 * <p>Threads: JMH's, and the virtual threads that a benchmark says.
 *
 * <p>Read first: {@code FDMutexBenchmark}.
 */
package gonet.internal.poll;

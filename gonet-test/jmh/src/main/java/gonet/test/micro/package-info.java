/**
 * Micro benchmarks of what users call.
 *
 * <p>Threads: JMH's.
 *
 * <p>Read first: {@code DeadlineBenchmark}.
 */
package gonet.test.micro;

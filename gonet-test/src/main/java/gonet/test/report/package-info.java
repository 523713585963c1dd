/**
 * How the benchmarks and the load tester write figures: for people, as charts and as JSON.
 *
 * <p>Threads: nothing here is shared between threads.
 *
 * <p>Read next: {@link gonet.test.report.Figures}.
 */
@NullMarked
package gonet.test.report;

import org.jspecify.annotations.NullMarked;

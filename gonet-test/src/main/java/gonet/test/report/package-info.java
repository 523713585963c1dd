/**
 * How the benchmarks and the load tester write figures: for people and as JSON.
 *
 * <p>Threads: everything here is without state.
 *
 * <p>Read next: {@link gonet.test.report.Figures}.
 */
@NullMarked
package gonet.test.report;

import org.jspecify.annotations.NullMarked;

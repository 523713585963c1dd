/**
 * The benchmark rig: builds the servers that gonet is compared with, drives each of them with the
 * same load in turn, and prints what came out as a table, as JSON and as a page.
 *
 * <p>Threads: everything happens on the main thread, so that the rig itself stays out of what it
 * measures; servers and load are processes of their own.
 *
 * <p>Read next: docs/performance.md, then {@link gonet.test.bench.Bench} and {@link
 * gonet.test.bench.Cases}.
 */
@NullMarked
package gonet.test.bench;

import org.jspecify.annotations.NullMarked;

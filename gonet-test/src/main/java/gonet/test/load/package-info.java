/**
 * A load tester for servers that echo, answer HTTP, or just take connections or bytes: {@code
 * bin/load}. It speaks through gonet, one virtual thread for each connection.
 *
 * <p>Threads: each worker is a virtual thread of its own. They share {@link
 * gonet.test.load.Measurements}, which takes figures from any thread; the main thread reads it
 * every second and prints.
 *
 * <p>Read next: {@link gonet.test.load.Load}, {@link gonet.test.load.Worker}, {@link
 * gonet.test.load.Comparison}.
 */
@NullMarked
package gonet.test.load;

import org.jspecify.annotations.NullMarked;

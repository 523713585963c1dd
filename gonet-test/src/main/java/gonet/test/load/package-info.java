/**
 * A load tester for any TCP server that echoes, or just takes connections or bytes: {@code
 * bin/load}. It speaks through gonet, one virtual thread for each connection.
 *
 * <p>Threads: each worker is a virtual thread of its own. They share {@link
 * gonet.test.load.Measurements}, which takes figures from any thread; the main thread reads it
 * every second and prints.
 *
 * <p>Read next: {@link gonet.test.load.Load}, {@link gonet.test.load.Worker}.
 */
@NullMarked
package gonet.test.load;

import org.jspecify.annotations.NullMarked;

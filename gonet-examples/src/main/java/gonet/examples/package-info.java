/**
 * Programs that show gonet at work, each with a {@code main} and the length of one screen.
 *
 * <p>Threads: one virtual thread for each connection, started by {@code gonet.Net}.
 *
 * <p>Read next: the README, which runs them.
 */
@NullMarked
package gonet.examples;

import org.jspecify.annotations.NullMarked;

/**
 * How long a server takes from {@code java} to its first answer.
 *
 * <p>Threads: the measuring program uses one; what it measures runs in JVMs of its own.
 *
 * <p>Read next: {@link gonet.test.start.FirstByte}.
 */
@NullMarked
package gonet.test.start;

import org.jspecify.annotations.NullMarked;

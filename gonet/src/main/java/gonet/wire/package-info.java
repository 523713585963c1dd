/**
 * What goes over a connection, shown to people: {@link gonet.wire.WireLog}, a layer over any
 * connection. Uses the public API alone.
 *
 * <p>Threads: a log is called by the threads that read and write.
 */
@NullMarked
package gonet.wire;

import org.jspecify.annotations.NullMarked;

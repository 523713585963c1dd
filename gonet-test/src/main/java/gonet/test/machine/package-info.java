/**
 * What a test asks of the machine rather than of a connection: further JVMs with flags of their
 * own, and the right to make network namespaces.
 *
 * <p>Threads: everything here blocks its caller and is confined to it.
 *
 * <p>Read next: {@link gonet.test.machine.ChildJvm}.
 */
@NullMarked
package gonet.test.machine;

import org.jspecify.annotations.NullMarked;

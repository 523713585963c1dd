/**
 * Beans for JMX. Only what registers one may touch this package: it needs the module
 * java.management, which a runtime image may leave out.
 *
 * <p>Threads: registering and unregistering is for any thread; the platform's MBean server calls a
 * bean from threads of its own.
 *
 * <p>Read next: {@code gonet.NetMXBean}, {@code gonet.server.ServerMXBean}.
 */
@NullMarked
package gonet.internal.management;

import org.jspecify.annotations.NullMarked;

/**
 * Go's {@code net} for the JVM: listen, accept, dial, read and write in plain blocking style.
 *
 * <p>Failures are the JDK's own exception types, each of which also implements {@link
 * gonet.NetFailure}; what a call does with deadlines, interrupts and the end of a stream is said at
 * the call.
 *
 * <p>Threads: any thread, virtual or platform, may call any method of a connection or listener at
 * any time. Values (addresses, configurations, exceptions) are immutable.
 *
 * <p>Read next: {@code gonet.internal.poll}, where a call goes when the kernel has nothing for it.
 */
@NullMarked
package gonet;

import org.jspecify.annotations.NullMarked;

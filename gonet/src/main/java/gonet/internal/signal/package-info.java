/**
 * The end of a program by SIGINT or SIGTERM: {@link gonet.internal.signal.SignalShutdown} has the
 * handlers and asks whatever was added to it to end. {@link gonet.internal.signal.Signals} is the
 * way to the JDK's handlers, for other signals as well.
 *
 * <p>Threads: any.
 *
 * <p>Read next: {@link gonet.internal.signal.SignalShutdown}.
 */
@NullMarked
package gonet.internal.signal;

import org.jspecify.annotations.NullMarked;

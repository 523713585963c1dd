/**
 * The parts of {@code gonet.examples.TcpProxy}: two connections tied together.
 *
 * <p>Threads: one for each direction, so that a side that reads slowly holds up nothing but what is
 * meant for it.
 *
 * <p>Read next: {@link gonet.examples.proxy.Tunnel}, then {@link gonet.examples.proxy.Pump}.
 */
@NullMarked
package gonet.examples.proxy;

import org.jspecify.annotations.NullMarked;

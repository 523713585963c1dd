/**
 * The benchmarks' server over Netty's native epoll transport.
 *
 * <p>Threads: one event loop for each core.
 *
 * <p>Read next: {@link gonet.test.bench.peer.netty.NettyPeer}.
 */
@NullMarked
package gonet.test.bench.peer.netty;

import org.jspecify.annotations.NullMarked;

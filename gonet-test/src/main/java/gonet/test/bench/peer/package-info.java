/**
 * The servers in Java that the benchmarks measure: gonet's and the JDK's own. Those in other
 * languages are in gonet-test/peers. All of them take the same arguments, do the same work for each
 * mode and print the same first line, so that the rig need not know which one it started.
 *
 * <p>Threads: one for each connection, or one loop, as the name says; a daemon thread obeys
 * standard input.
 *
 * <p>Read next: {@link gonet.test.bench.peer.Peer}, {@link gonet.test.bench.peer.GonetPeer}.
 */
@NullMarked
package gonet.test.bench.peer;

import org.jspecify.annotations.NullMarked;

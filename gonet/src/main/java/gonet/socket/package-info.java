/**
 * Connections and listeners of gonet for libraries that want the JDK's own types: {@link
 * java.net.Socket}, {@link java.net.ServerSocket} and their factories, {@link
 * javax.net.ssl.SSLSocket}.
 *
 * <p>{@link gonet.socket.SocketViews} makes all of them. {@link gonet.socket.NetSocketFactory} is
 * for libraries that take the name of a class.
 *
 * <p>How a view is built: the JDK's {@code Socket} keeps its own states and makes its own checks,
 * and calls a {@code SocketImpl}, which is {@code ConnSocketImpl} here.
 *
 * <pre>
 *   ConnSocket        java.net.Socket, with streams that an interrupt does not close
 *     ConnSocketImpl    options before there is a connection, the dial, the connection
 *   TlsSocket         javax.net.ssl.SSLSocket: a ConnSocket, and from the handshake on one over TLS
 *   ListenerSocket    java.net.ServerSocket over a listener
 * </pre>
 *
 * <p>Threads: any, for all types, as the JDK's.
 *
 * <p>Read next: {@link gonet.socket.SocketViews}, then {@code ConnSocketImpl}.
 */
@NullMarked
package gonet.socket;

import org.jspecify.annotations.NullMarked;

package gonet;

import java.io.IOException;
import java.net.SocketOption;
import java.util.Set;

/**
 * The options of a socket, in the form of {@link java.nio.channels.NetworkChannel}: those of {@link
 * java.net.StandardSocketOptions}, of {@code jdk.net.ExtendedSocketOptions} and of {@link
 * TcpSocketOptions}. Connections and listeners of the system have them; whatever layers stand over
 * one, {@code conn.find(NetSocket.class)} leads there.
 *
 * <p>Any thread may call any method at any time until the socket is closed; none waits. An option
 * of a listener holds for connections that come in from then on, where the kernel hands it on:
 * socket(7), tcp(7).
 *
 * <p>gonet's own: what implements this is made by gonet, and later versions may add methods.
 *
 * @since 0.1
 */
public interface NetSocket {

  /**
   * Sets an option. For times, buffers and the like {@link TcpConn} has methods in Java's types.
   *
   * @return this socket
   * @throws UnsupportedOperationException if there is no such option for this kind of socket here
   * @throws IllegalArgumentException if the value is null or out of range
   * @throws NetClosedException if the socket is closed
   * @throws IOException if the kernel refuses
   */
  <T> NetSocket setOption(SocketOption<T> name, T value) throws IOException;

  /**
   * The value of an option, as the kernel has it now. A value that was set reads back, rounded and
   * bounded as the kernel does. So do sizes of buffers, which Linux doubles.
   *
   * @throws UnsupportedOperationException if there is no such option for this kind of socket here
   * @throws NetClosedException if the socket is closed
   * @throws IOException if the kernel refuses
   */
  <T> T getOption(SocketOption<T> name) throws IOException;

  /**
   * The options that {@link #setOption} knows for this socket, with this backend; of those of
   * {@code jdk.net.ExtendedSocketOptions} none is listed, and what the system has works. The kernel
   * may still refuse one that makes no sense for a listener, or for a connection.
   *
   * @throws NetClosedException if the socket is closed
   */
  Set<SocketOption<?>> supportedOptions() throws IOException;

  /**
   * Another descriptor for this socket, for the caller to close. Go: {@code File}.
   *
   * @throws UnsupportedOperationException with the nio backend, which hides descriptors
   * @throws NetClosedException if the socket is closed
   * @throws NetSocketException EMFILE if the process has no more descriptors
   */
  SocketDescriptor duplicateDescriptor() throws IOException;

  /**
   * The socket's own descriptor, for system calls of the program's. Go: {@code SyscallConn}.
   *
   * @throws UnsupportedOperationException with the nio backend, which hides descriptors
   */
  RawConn rawConn();
}

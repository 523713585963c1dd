package gonet;

import gonet.internal.backend.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What every exception thrown by a network operation can tell, whichever class of the JDK it
 * extends. All of them are {@link java.io.IOException}s:
 *
 * <table>
 *   <caption>Which exception says what</caption>
 *   <tr><th>what happened</th><th>thrown</th><th>is a</th></tr>
 *   <tr><td>a deadline or timeout passed</td><td>{@link NetTimeoutException}</td>
 *       <td>{@link java.net.SocketTimeoutException}</td></tr>
 *   <tr><td>the thread was interrupted; the connection stays usable</td>
 *       <td>{@link NetInterruptedException}</td><td>{@link java.io.InterruptedIOException}</td></tr>
 *   <tr><td>closed on this side, before or during the call</td>
 *       <td>{@link NetClosedException}</td>
 *       <td>{@link java.nio.channels.ClosedChannelException}</td></tr>
 *   <tr><td>the other side refused, or did not answer the kernel in time</td>
 *       <td>{@link NetConnectException}</td><td>{@link java.net.ConnectException}</td></tr>
 *   <tr><td>no way to the host or its network</td><td>{@link NetNoRouteException}</td>
 *       <td>{@link java.net.NoRouteToHostException}</td></tr>
 *   <tr><td>the local address is in use, not here or not allowed</td>
 *       <td>{@link NetBindException}</td><td>{@link java.net.BindException}</td></tr>
 *   <tr><td>the name does not resolve</td><td>{@link NetUnknownHostException}</td>
 *       <td>{@link java.net.UnknownHostException}</td></tr>
 *   <tr><td>a network or address that means nothing</td><td>{@link NetAddressException}</td>
 *       <td>{@link java.net.SocketException}</td></tr>
 *   <tr><td>native access is denied to the backend asked for</td>
 *       <td>{@link NativeAccessException}</td><td>{@link java.net.SocketException}</td></tr>
 *   <tr><td>the stream ended before all bytes had come</td><td>{@link NetEofException}</td>
 *       <td>{@link java.io.EOFException}</td></tr>
 *   <tr><td>the stream is longer than the caller takes</td><td>{@link NetTooLongException}</td>
 *       <td>{@link java.net.SocketException}</td></tr>
 *   <tr><td>everything else: reset by peer, broken pipe, too many open files …</td>
 *       <td>{@link NetSocketException}</td><td>{@link java.net.SocketException}</td></tr>
 * </table>
 *
 * <p>The message is Go's text, for instance {@code read tcp 127.0.0.1:54321->127.0.0.1:8080: i/o
 * timeout}. The stack trace is the caller's own.
 *
 * <p>To catch them, catch {@link IOException}, or the class of the JDK that matters, and look
 * closer where that helps:
 *
 * {@snippet :
 * try {
 *   conn.write(answer);
 * } catch (SocketTimeoutException e) {
 *   ... // the peer reads too slowly
 * } catch (IOException e) {
 *   if (e instanceof NetFailure f && NetFailure.isConnectionGone(e)) {
 *     return f.bytesTransferred();
 *   }
 *   throw e;
 * }
 * }
 *
 * <p>Packages above this one add failures of their own, which implement this interface as well. The
 * static methods make failures for those who implement a {@link Conn} or a {@link Listener}.
 *
 * <p>Go: {@code net.Error} and {@code net.OpError}.
 *
 * @since 0.1
 */
public interface NetFailure {

  /** All the facts at once. */
  OpFailure failure();

  /**
   * The operation: {@code dial}, {@code listen}, {@code accept}, {@code read}, {@code write},
   * {@code writev}, {@code close}, {@code set} for deadlines and options, {@code file} for adopting
   * a descriptor. Empty for an address that was refused before any operation began.
   */
  default String op() {
    return failure().op();
  }

  /** The network: for dial and listen as asked for, such as {@code tcp4}. */
  default String network() {
    return failure().network();
  }

  /** The local address, where the operation has two; null otherwise. */
  default @Nullable NetAddr source() {
    return failure().source();
  }

  /**
   * The remote address, or the only one: the listener's for accept, the local one for deadlines.
   * Null where none was known yet, as for a name that does not resolve.
   */
  default @Nullable NetAddr addr() {
    return failure().addr();
  }

  /** The system call that failed, such as {@code connect}; null if none did. */
  default @Nullable String syscall() {
    return failure().syscall();
  }

  /**
   * The symbol of the failed call's errno, such as {@code ECONNRESET}; of a descriptor that is
   * refused for its kind, what is wrong with it; null otherwise.
   */
  default @Nullable String errno() {
    return failure().errno();
  }

  /** The number of {@link #errno} as Linux numbers it, on every platform; 0 for none. */
  default int errnoNumber() {
    return failure().errnoNumber();
  }

  /**
   * Whether time ran out: a deadline, a timeout, or the kernel's own patience (ETIMEDOUT). As in
   * Go, more than the class tells: a {@link NetConnectException} may be a timeout, too.
   */
  default boolean timeout() {
    return failure().timeout();
  }

  /**
   * Whether the same call may succeed later: every {@link #timeout}, EINTR, EMFILE, ENFILE, and for
   * accept also ECONNRESET and ECONNABORTED. Go's rule, deprecated there for being vague (issue
   * 45729), kept so that ported code finds it.
   */
  default boolean temporary() {
    return failure().temporary();
  }

  /** The bytes a write had handed to the kernel before it failed; 0 for everything else. */
  default long bytesTransferred() {
    return failure().bytesTransferred();
  }

  /**
   * Whether {@code failure}, or a cause of it, says that the connection is gone because of the
   * other side or the way there, so that nothing more can be sent or received: what a server
   * expects to happen and logs at most quietly.
   *
   * <p>True for ECONNRESET, ECONNABORTED, EPIPE, ENOTCONN, ESHUTDOWN and ENETRESET; and, after the
   * connection was made, for ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN and ENETDOWN, with
   * which Linux ends a connection whose data stays unacknowledged (tcp(7)). False for a passed
   * deadline, an interrupt, a close on this side and a connection that never came about. One reset
   * shows as ECONNRESET to a reader and as EPIPE to a writer, so ask this rather than for either.
   *
   * @param failure any throwable, also null, for which the answer is false
   */
  static boolean isConnectionGone(@Nullable Throwable failure) {
    return ConnectionGone.test(failure);
  }

  /**
   * Whether a failure is how a connection ends: {@linkplain #isConnectionGone gone}, closed on this
   * side, out of time, interrupted, or at the end of its stream; also a listener that was closed. A
   * failed dial, listen or lookup is none. {@link Net#go} logs what is such an end quietly, and
   * everything else loudly.
   */
  static boolean isConnectionEnd(@Nullable Throwable failure) {
    return ConnectionGone.isEnd(failure);
  }

  /**
   * The same, for the end of this connection and no other: the failure's addresses are its own, or
   * those of a connection {@linkplain Conn#beneath beneath} it. A failure of a JDK type that tells
   * no addresses counts as its own.
   */
  static boolean isConnectionEndOf(@Nullable Throwable failure, Conn conn) {
    return ConnectionGone.isEndOf(failure, conn);
  }

  // ---- for those who implement connections and listeners ---------------------------------------

  /** {@code i/o timeout}, of an operation that had moved so many bytes. */
  static NetTimeoutException timeout(String op, Conn conn, long bytesTransferred) {
    return OpErrors.timeout(Op.of(op, conn), bytesTransferred);
  }

  /** The same, because a limit of the caller's was over: {@link NetTimeoutException#limit}. */
  static NetTimeoutException timeout(
      String op, Conn conn, long bytesTransferred, @Nullable TimeLimit limit) {
    return OpErrors.timeout(Op.of(op, conn), bytesTransferred, limit);
  }

  /** The same of a listener. */
  static NetTimeoutException timeout(String op, Listener listener) {
    return OpErrors.timeout(Op.of(op, listener), 0);
  }

  /** {@code operation was canceled}. The caller leaves the thread's interrupt status set. */
  static NetInterruptedException interrupted(String op, Conn conn, long bytesTransferred) {
    return OpErrors.canceled(Op.of(op, conn), bytesTransferred);
  }

  /** The same of a listener. */
  static NetInterruptedException interrupted(String op, Listener listener) {
    return OpErrors.canceled(Op.of(op, listener), 0);
  }

  /** {@code use of closed network connection}: closed on this side. */
  static NetClosedException closed(String op, Conn conn, long bytesTransferred) {
    return OpErrors.closed(Op.of(op, conn), bytesTransferred);
  }

  /** The same of a listener. */
  static NetClosedException closed(String op, Listener listener) {
    return OpErrors.closed(Op.of(op, listener), 0);
  }

  /**
   * What a system call that ended with this errno would be: {@code read tcp A->B: read: connection
   * reset by peer}.
   *
   * @param call the system call, such as {@code read}
   * @param errno its symbol, such as {@code ECONNRESET}
   * @throws IllegalArgumentException if no errno has this symbol
   */
  static IOException errno(String op, Conn conn, String call, String errno, long bytesTransferred) {
    return OpErrors.syscall(Op.of(op, conn), call, Errno.number(errno), bytesTransferred);
  }

  /** A failure because of another one, whose class and facts it takes over. */
  static IOException because(String op, Conn conn, IOException cause) {
    return OpErrors.wrap(Op.of(op, conn), cause);
  }

  /**
   * The same failure, of a write that had moved so many bytes of its own: for a layer that writes
   * in several parts. One that is no {@code NetFailure} is returned as it is.
   */
  static IOException withBytesTransferred(IOException failure, long bytes) {
    return OpErrors.withBytes(failure, bytes);
  }
}

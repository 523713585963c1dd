package gonet;

import java.net.SocketOption;

/**
 * Socket options of TCP that the JDK does not name, for {@code setOption} and {@code getOption}.
 * See tcp(7). Only the epoll backend has them.
 *
 * @since 0.1
 */
public final class TcpSocketOptions {

  /** TCP_USER_TIMEOUT in milliseconds, 0 for the system's own. */
  public static final SocketOption<Integer> TCP_USER_TIMEOUT =
      new Name<>("TCP_USER_TIMEOUT", Integer.class);

  /** TCP_DEFER_ACCEPT in seconds: accept only once data has come. For listeners. */
  public static final SocketOption<Integer> TCP_DEFER_ACCEPT =
      new Name<>("TCP_DEFER_ACCEPT", Integer.class);

  /** TCP_FASTOPEN: the length of the queue of fast-open requests. For listeners. RFC 7413. */
  public static final SocketOption<Integer> TCP_FASTOPEN =
      new Name<>("TCP_FASTOPEN", Integer.class);

  /**
   * TCP_FASTOPEN_CONNECT: the first write goes out with the SYN, if this machine has spoken with
   * the server before; a dial returns at once then, and its failures are the write's. For a {@link
   * Dialer}'s control, and clients that write first. RFC 7413.
   */
  public static final SocketOption<Boolean> TCP_FASTOPEN_CONNECT =
      new Name<>("TCP_FASTOPEN_CONNECT", Boolean.class);

  /** TCP_CORK: send full segments only, for at most 200 ms. */
  public static final SocketOption<Boolean> TCP_CORK = new Name<>("TCP_CORK", Boolean.class);

  /** TCP_NOTSENT_LOWAT in bytes: writable only while less than this is waiting to be sent. */
  public static final SocketOption<Integer> TCP_NOTSENT_LOWAT =
      new Name<>("TCP_NOTSENT_LOWAT", Integer.class);

  private TcpSocketOptions() {}

  private record Name<T>(String name, Class<T> type) implements SocketOption<T> {
    @Override
    public String toString() {
      return name;
    }
  }
}

package gonet;

import gonet.netip.Addr;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Turns a host name into addresses. Give a dialer or listener one of your own to resolve names from
 * a file, a registry or a name server; literal addresses never reach it.
 *
 * <p>Implementations must be safe for use by many threads at once. A lookup may block, and runs on
 * the thread that dials.
 */
@FunctionalInterface
public interface Resolver {
  /**
   * Returns the addresses of {@code host}, at least one, the preferred one first.
   *
   * @throws java.net.UnknownHostException if there are none
   * @throws java.io.InterruptedIOException if the thread is interrupted; its interrupt status stays
   *     set
   */
  List<Addr> lookup(String host) throws IOException;

  /**
   * As {@link #lookup(String)}, within a time limit. A dialer with a timeout calls this one. By
   * default the lookup runs in a virtual thread of its own, which is interrupted when the time is
   * up or the caller is.
   *
   * @param timeout the limit; zero or less fails at once
   * @throws java.net.SocketTimeoutException {@code lookup HOST: i/o timeout} when the time is up
   */
  default List<Addr> lookup(String host, Duration timeout) throws IOException {
    return BoundedLookup.run(this, host, timeout);
  }

  /**
   * Returns the JVM's resolver: {@link java.net.InetAddress#getAllByName}, with its caches and its
   * order (IPv4 first, unless the JVM was started with {@code
   * -Djava.net.preferIPv6Addresses=system} or {@code true}).
   *
   * <p>The call into the operating system runs on a platform thread of gonet's own, so that it
   * never holds a carrier of virtual threads, and so that the caller can be interrupted or run out
   * of time; the call itself then ends in the background. Callers who ask for the same host at the
   * same time share one call. What {@code getAllByName} would take for an address although it is
   * none, such as {@code 127.1} or the empty name, is no such host here.
   */
  static Resolver system() {
    return SystemResolver.INSTANCE;
  }
}

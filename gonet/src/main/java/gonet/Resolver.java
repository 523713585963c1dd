package gonet;

import gonet.netip.Addr;
import java.io.IOException;
import java.util.List;

/**
 * Turns a host name into addresses. Give a dialer or listener one of your own to resolve names from
 * a file, a registry or a name server; literal addresses never reach it.
 *
 * {@snippet :
 * Map<String, Addr> table = Map.of("db.test", Addr.parse("192.0.2.7"));
 * Resolver resolver =
 *     request -> {
 *       Addr addr = table.get(request.host());
 *       return addr == null ? Resolver.system().lookup(request) : List.of(addr);
 *     };
 * }
 *
 * <p>Implementations must be safe for use by many threads at once. A lookup may block. It runs on
 * the thread that dials; for a dial with a time limit in a virtual thread of its own, which is
 * interrupted when the time is up or the caller is.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Resolver {
  /**
   * Returns the addresses of a host, at least one. A dial sorts them as RFC 6724 says and keeps the
   * order of those that the rules hold for equal; a listener binds the first IPv4 address, or the
   * first of all.
   *
   * @throws java.net.UnknownHostException if there are none
   * @throws java.net.SocketTimeoutException if the time is up
   * @throws java.io.InterruptedIOException if the thread is interrupted; its interrupt status stays
   *     set
   */
  List<Addr> lookup(LookupRequest request) throws IOException;

  /**
   * Returns the resolver that dialers and listeners use unless they are given another.
   *
   * <p>On Linux that is {@link DnsResolver#defaults}, because its lookups need no platform thread
   * each, end at once with their caller, and ask both families at the same time. It is {@link
   * #system} on other systems, and where somebody has told the JVM how to look up names: by {@code
   * jdk.net.hosts.file}, or by a provider of {@link java.net.spi.InetAddressResolverProvider}. The
   * system property {@code gonet.resolver} chooses: {@code go} or {@code system}.
   */
  static Resolver standard() {
    return StandardResolver.INSTANCE;
  }

  /**
   * Returns the JVM's resolver: {@link java.net.InetAddress#getAllByName}, with its caches.
   *
   * <p>The call into the operating system runs on a platform thread of gonet's own, so that it
   * never holds a carrier of virtual threads, and so that the caller can be interrupted or run out
   * of time; the call itself then ends in the background. Callers who ask for the same host at the
   * same time share one call. At most 256 calls run at once; the last 32 threads are kept for names
   * that had an answer before. A lookup that gets no thread within 10 s, or within its own time,
   * fails and says so. What {@code getAllByName} would take for an address although it is none,
   * such as {@code 127.1} or the empty name, is no such host here.
   */
  static Resolver system() {
    return SystemResolver.INSTANCE;
  }
}

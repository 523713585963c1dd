package gonet;

import java.io.Serial;
import java.net.UnknownHostException;

/**
 * A host or service name that does not resolve. The message is Go's {@code DNSError} text: {@code
 * lookup example.invalid: no such host}, {@code lookup tcp/foo: unknown port}.
 *
 * <p>A lookup that takes too long throws {@link java.net.SocketTimeoutException} instead, and one
 * whose thread is interrupted {@link java.io.InterruptedIOException}.
 *
 * @since 0.1
 */
public final class DnsException extends UnknownHostException {
  @Serial private static final long serialVersionUID = 1;

  private final String name;
  private final String server;
  private final String why;
  private final boolean notFound;

  private DnsException(String name, String server, String why, boolean notFound) {
    super(prefix(name, server) + why);
    this.name = name;
    this.server = server;
    this.why = why;
    this.notFound = notFound;
  }

  /** How every failure of a lookup begins. */
  static String prefix(String name, String server) {
    return "lookup " + name + (server.isEmpty() ? "" : " on " + server) + ": ";
  }

  /**
   * For a {@link Resolver} whose name service answered that there is no such host, or could never
   * be one.
   */
  public static DnsException noSuchHost(String host) {
    return notFound(host, "");
  }

  /** The same, with the server that said so. */
  static DnsException notFound(String name, String server) {
    return new DnsException(name, server, "no such host", true);
  }

  /** The host has addresses, but none of the family asked for. */
  static DnsException noSuitableAddress(String host) {
    return new DnsException(host, "", "no suitable address found", true);
  }

  /** No table has this service name; {@code service} names the network too. */
  static DnsException unknownPort(String network, String service) {
    return new DnsException(network + "/" + service, "", "unknown port", true);
  }

  /**
   * For a {@link Resolver} whose name service did not answer, or could not be asked: the same
   * lookup may succeed later.
   *
   * @param why such as {@code server misbehaving}
   */
  public static DnsException unanswered(String host, String why) {
    return unanswered(host, "", why);
  }

  /** The same, with the server that was asked last. */
  static DnsException unanswered(String name, String server, String why) {
    return new DnsException(name, server, why, false);
  }

  /** Returns an equal exception with the calling thread's stack and this one as its cause. */
  DnsException copy() {
    DnsException copy = new DnsException(name, server, why, notFound);
    copy.initCause(this);
    return copy;
  }

  /** Returns the name looked for: a host, or network and service as in {@code tcp/http}. */
  public String name() {
    return name;
  }

  /**
   * Returns the name server that was asked last, as {@code address:port}; empty if none was, or if
   * the resolver does not tell.
   */
  public String server() {
    return server;
  }

  /**
   * Whether the name is known not to exist. If false the name service could not be asked, and the
   * same lookup may succeed later.
   */
  public boolean isNotFound() {
    return notFound;
  }
}

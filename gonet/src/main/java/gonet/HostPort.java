package gonet;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A network address split into host and port, neither of them interpreted: {@code
 * example.com:https}, {@code :80}, {@code [fe80::1%eth0]:7099}. An immutable value.
 *
 * <p>{@link #split} and {@link #join} are Go's {@code net.SplitHostPort} and {@code
 * net.JoinHostPort}. Nothing here asks a name service.
 *
 * @since 0.1
 */
public final class HostPort {
  private final String host;
  private final String port;

  private HostPort(String host, String port) {
    this.host = host;
    this.port = port;
  }

  /**
   * Splits {@code host:port}, {@code [host]:port} or {@code [ipv6%zone]:port}. A host with a colon
   * in it must stand in square brackets, which are removed. Host and port may be empty.
   *
   * @throws NetAddressException with one of these reasons: {@code missing port in address}, {@code
   *     too many colons in address}, {@code missing ']' in address}, {@code unexpected '[' in
   *     address}, {@code unexpected ']' in address}
   */
  public static HostPort split(String address) throws NetAddressException {
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw OpErrors.badAddress(address, "missing port in address");
    }
    return address.startsWith("[") ? splitBracketed(address, colon) : splitPlain(address, colon);
  }

  private static HostPort splitBracketed(String address, int colon) throws NetAddressException {
    int close = address.indexOf(']');
    if (close < 0) {
      throw OpErrors.badAddress(address, "missing ']' in address");
    }
    if (close + 1 != colon) {
      // Either nothing that could be a port follows the bracket, or more than a port does.
      boolean colonFollows = close + 1 < address.length() && address.charAt(close + 1) == ':';
      throw OpErrors.badAddress(
          address, colonFollows ? "too many colons in address" : "missing port in address");
    }
    rejectBracket(address, '[', 1);
    rejectBracket(address, ']', close + 1);
    return new HostPort(address.substring(1, close), address.substring(colon + 1));
  }

  private static HostPort splitPlain(String address, int colon) throws NetAddressException {
    if (address.indexOf(':') != colon) {
      throw OpErrors.badAddress(address, "too many colons in address");
    }
    rejectBracket(address, '[', 0);
    rejectBracket(address, ']', 0);
    return new HostPort(address.substring(0, colon), address.substring(colon + 1));
  }

  private static void rejectBracket(String address, char bracket, int from)
      throws NetAddressException {
    if (address.indexOf(bracket, from) >= 0) {
      throw OpErrors.badAddress(address, "unexpected '" + bracket + "' in address");
    }
  }

  /** Returns {@code host:port}, with square brackets around a host that has a colon in it. */
  public static String join(String host, String port) {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  /** Returns the host without brackets; may be empty. */
  public String host() {
    return host;
  }

  /** Returns the port, a number or a service name; may be empty. */
  public String port() {
    return port;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof HostPort other && host.equals(other.host) && port.equals(other.port);
  }

  @Override
  public int hashCode() {
    return Objects.hash(host, port);
  }

  /** Returns the two joined again, as {@link #join} does. */
  @Override
  public String toString() {
    return join(host, port);
  }
}

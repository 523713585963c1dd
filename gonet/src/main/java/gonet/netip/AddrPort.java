package gonet.netip;

import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An IP address and a port: where one end of a connection is. An immutable value, the counterpart
 * of Go's {@code netip.AddrPort} without its invalid zero value.
 *
 * @since 0.1
 */
public final class AddrPort implements Comparable<AddrPort> {
  private static final int MAX_PORT = 65535;

  private final Addr addr;
  private final int port;

  private AddrPort(Addr addr, int port) {
    this.addr = addr;
    this.port = port;
  }

  /**
   * Returns the pair (Go: {@code AddrPortFrom}).
   *
   * @throws IllegalArgumentException if {@code port} is not within 0 to 65535
   */
  public static AddrPort of(Addr addr, int port) {
    Objects.requireNonNull(addr, "addr");
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
    }
    return new AddrPort(addr, port);
  }

  /**
   * Parses {@code 192.0.2.1:80} or {@code [2001:db8::1%eth0]:80} (Go: {@code ParseAddrPort}). IPv6
   * addresses need square brackets, IPv4 addresses must not have them; neither host nor service
   * names are looked up.
   *
   * @throws AddrParseException if the text is neither; its message is Go's
   */
  public static AddrPort parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      throw new AddrParseException("not an ip:port");
    }
    if (colon == 0) {
      throw new AddrParseException("no IP");
    }
    if (colon == text.length() - 1) {
      throw new AddrParseException("no port");
    }
    boolean bracketed = text.charAt(0) == '[';
    if (bracketed && (colon < 2 || text.charAt(colon - 1) != ']')) {
      throw new AddrParseException("missing ]");
    }
    int port = parsePort(text, colon + 1);
    Addr addr = Addr.parse(bracketed ? text.substring(1, colon - 1) : text.substring(0, colon));
    if (bracketed && addr.is4()) {
      throw new AddrParseException(
          "invalid ip:port "
              + Quote.of(text)
              + ", square brackets can only be used with IPv6 addresses");
    }
    if (!bracketed && addr.is6()) {
      throw new AddrParseException(
          "invalid ip:port "
              + Quote.of(text)
              + ", IPv6 addresses must be surrounded by square brackets");
    }
    return new AddrPort(addr, port);
  }

  private static int parsePort(String text, int from) {
    int port = 0;
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      port = port * 10 + (c - '0');
      if (c < '0' || c > '9' || port > MAX_PORT) {
        throw new AddrParseException(
            "invalid port " + Quote.of(text.substring(from)) + " parsing " + Quote.of(text));
      }
    }
    return port;
  }

  /** Returns the address. */
  public Addr addr() {
    return addr;
  }

  /** Returns the port, 0 to 65535. */
  public int port() {
    return port;
  }

  /** Orders by address, then by port. Consistent with {@link #equals}. */
  @Override
  public int compareTo(AddrPort other) {
    int order = addr.compareTo(other.addr);
    return order == 0 ? Integer.compare(port, other.port) : order;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof AddrPort other && port == other.port && addr.equals(other.addr);
  }

  @Override
  public int hashCode() {
    return 31 * addr.hashCode() + port;
  }

  /**
   * Returns {@code 192.0.2.1:80} or {@code [2001:db8::1%eth0]:80}; {@link #parse} reads it back.
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(54);
    if (addr.is4()) {
      AddrFormat.appendCompact(out, addr);
    } else {
      AddrFormat.appendCompact(out.append('['), addr);
      out.append(']');
    }
    return out.append(':').append(port).toString();
  }

  /**
   * Returns this pair for APIs of the JDK, without asking a name service; {@link
   * Addr#toInetAddress} says what becomes of IPv4-mapped addresses and zones.
   */
  public InetSocketAddress toInetSocketAddress() {
    return new InetSocketAddress(addr.toInetAddress(), port);
  }
}

package gonet;

import gonet.internal.backend.UnixName;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of a Unix connection, listener or socket for datagrams: a network and a name. Immutable;
 * the counterpart of Go's {@code net.UnixAddr}. unix(7).
 *
 * <p>The name is one of these:
 *
 * <ul>
 *   <li>a path of at most 107 bytes in UTF-8: a file stands for the socket;
 *   <li>{@code @} and an abstract name, of at most 108 bytes with the {@code @}: no file stands for
 *       it, and it is gone with its last socket. Linux alone, and within one network namespace;
 *   <li>empty: no name. To listen there means a free abstract name of the kernel's choice. The
 *       dialling end of a connection has no name, unless its dialer had a local address.
 * </ul>
 *
 * <p>A path that begins with {@code @} is written {@code ./@path}.
 *
 * @since 0.1
 */
public final class UnixAddr implements NetAddr {
  static final String STREAM = "unix";
  static final String PACKET = "unixpacket";
  static final String DATAGRAM = "unixgram";

  /** What Go shows for a socket without a name. */
  private static final String UNNAMED = "@";

  private final String network;
  private final UnixName name;

  private UnixAddr(String network, UnixName name) {
    this.network = network;
    this.name = name;
  }

  /**
   * Returns an address.
   *
   * @param network {@code unix}, {@code unixpacket} or {@code unixgram}
   * @throws IllegalArgumentException for any other network; if the name is too long, or a path with
   *     a NUL in it
   */
  public static UnixAddr of(String network, String name) {
    try {
      return resolve(network, name);
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /**
   * Returns an address of the network {@code unix}.
   *
   * @throws IllegalArgumentException if the path is too long
   */
  public static UnixAddr of(UnixDomainSocketAddress address) {
    return of(STREAM, pathOf(address));
  }

  /**
   * Returns an address. Go: {@code ResolveUnixAddr}.
   *
   * @param network {@code unix}, {@code unixpacket} or {@code unixgram}
   * @throws NetAddressException for any other network; if the name is too long, or a path with a
   *     NUL in it
   */
  public static UnixAddr resolve(String network, String name) throws IOException {
    Objects.requireNonNull(name, "name");
    if (!network.equals(DATAGRAM)) {
      checkNetwork(network);
    }
    UnixName parsed = new UnixName(name);
    int max = parsed.isPath() ? UnixName.MAX_PATH_BYTES : UnixName.MAX_ABSTRACT_BYTES;
    int length = name.getBytes(StandardCharsets.UTF_8).length;
    if (length > max) {
      throw OpErrors.badAddress(name, "is " + length + " bytes long, and at most " + max + " fit");
    }
    if (parsed.isPath() && name.indexOf('\0') >= 0) {
      throw OpErrors.badAddress(name.replace("\0", "\\0"), "has a NUL in its path");
    }
    return new UnixAddr(network, parsed);
  }

  /** Whether this is a network of Unix sockets with connections. */
  static boolean isUnix(String network) {
    return network.equals(STREAM) || network.equals(PACKET);
  }

  /** Refuses what is not a network of Unix sockets with connections. */
  static void checkNetwork(String network) throws NetAddressException {
    if (!isUnix(network)) {
      throw AddressList.otherNetwork(network);
    }
  }

  static UnixAddr of(String network, UnixName name) {
    return new UnixAddr(network, name);
  }

  static String pathOf(UnixDomainSocketAddress address) {
    return address.getPath().toString();
  }

  /** Returns {@code unix}, {@code unixpacket} or {@code unixgram}. */
  @Override
  public String network() {
    return network;
  }

  /** Returns the name, with {@code @} before one that is abstract; empty for none. */
  public String name() {
    return name.text();
  }

  /** Whether this has no name. */
  public boolean isUnnamed() {
    return name.text().isEmpty();
  }

  /** Whether the name is an abstract one. */
  public boolean isAbstract() {
    return name.isAbstract();
  }

  /** Whether the name is a path. */
  public boolean isPath() {
    return name.isPath();
  }

  UnixName unixName() {
    return name;
  }

  @Override
  public boolean equals(@Nullable Object object) {
    return object instanceof UnixAddr other
        && network.equals(other.network)
        && name.equals(other.name);
  }

  @Override
  public int hashCode() {
    return Objects.hash(network, name);
  }

  /** Returns the name; {@code @} for none, as Go shows it. */
  @Override
  public String toString() {
    return isUnnamed() ? UNNAMED : name.text();
  }
}

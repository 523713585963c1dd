package gonet;

import gonet.netip.AddrPort;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection or listener. Immutable and safe for any thread.
 *
 * <p>Go: {@code net.Addr}.
 *
 * @since 0.1
 */
public interface NetAddr {

  /** The network's name, such as {@code tcp} or {@code pipe}. */
  String network();

  /**
   * The IP address and port; null, the default, for an address that is no such thing, such as that
   * of a pipe.
   */
  default @Nullable AddrPort addrPort() {
    return null;
  }

  /** The address as Go prints it, such as {@code 127.0.0.1:8080} or {@code [::1%eth0]:80}. */
  @Override
  String toString();
}

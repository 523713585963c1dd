package gonet;

import gonet.netip.AddrPort;

/**
 * Says where a {@link Dialer} may connect to: asked of every address after the lookup and before
 * anything is sent, of the very address that would be connected. So a name that is looked up anew,
 * or that means this machine, does not get past it.
 *
 * {@snippet :
 * AddrSet inside = AddrSet.of("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "::1", "fc00::/7");
 * Dialer dialer = Dialer.defaults().withAddrFilter(to -> !inside.contains(to.addr()));
 * }
 *
 * <p>Safe for any thread. It must not wait.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface AddrFilter {

  /**
   * Whether a dial may go there.
   *
   * @param remote address and port; an IPv4-mapped address is IPv4, and the wildcard, which means
   *     this machine, is its loopback address
   */
  boolean allows(AddrPort remote);
}

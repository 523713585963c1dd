package gonet.internal.backend;

/** Opens sockets. Implementations are stateless or immutable, and safe for any thread. */
public interface Sockets {

  /** The address family of a socket: what {@code socket(2)} calls its domain. */
  enum Family {
    INET4,
    /** IPv6, and IPv4 through mapped addresses: IPV6_V6ONLY is switched off explicitly. */
    INET6_DUAL,
    /** IPv6 alone: IPV6_V6ONLY is switched on explicitly. */
    INET6_ONLY
  }

  /**
   * Opens a TCP socket that is non-blocking and closed on exec, and nothing else: not bound, not
   * connected.
   *
   * @throws SyscallException {@code socket} or {@code setsockopt}; nothing is left open then
   */
  Descriptor openTcp(Family family) throws SyscallException;

  /** Whether this host has IPv6 sockets that also take IPv4 peers. Probed once, then remembered. */
  boolean supportsDualStack();

  /** Whether this host can bind an IPv6 address at all. Probed once, then remembered. */
  boolean supportsIpv6();

  /** The longest accept queue the kernel grants, as in /proc/sys/net/core/somaxconn. */
  int maxBacklog();
}

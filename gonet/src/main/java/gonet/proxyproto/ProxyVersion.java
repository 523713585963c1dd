package gonet.proxyproto;

/**
 * The two forms of a header.
 *
 * @since 0.1
 */
public enum ProxyVersion {
  /** One line of text, of at most 107 bytes: addresses and ports of TCP, and nothing else. */
  V1,

  /** Binary: all kinds of addresses, health checks, and {@link ProxyTlv}s. */
  V2
}

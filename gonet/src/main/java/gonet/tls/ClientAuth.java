package gonet.tls;

/**
 * Whether a server asks its clients for a certificate. Go's {@code tls.ClientAuthType}.
 *
 * @since 0.1
 */
public enum ClientAuth {
  /** Does not ask. */
  NONE,
  /** Asks; a client may have none, but one that it shows has to be trusted. */
  WANT,
  /** A client without a trusted certificate is refused. */
  NEED
}

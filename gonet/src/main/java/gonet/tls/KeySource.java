package gonet.tls;

/** Where a server or a client finds its key pair at the moment. Any thread. */
interface KeySource {

  /** The one to use for a handshake that begins now. */
  TlsKeyPair keyPair();
}

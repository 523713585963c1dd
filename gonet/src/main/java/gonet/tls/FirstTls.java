package gonet.tls;

import gonet.internal.time.OwnStack;

/**
 * What the first configuration of the process has to have initialized before a connection runs,
 * whose stack may be at its end: an initializer that fails leaves its class broken for good.
 */
final class FirstTls {
  /** Races repeat it. */
  private static volatile boolean prepared;

  private static volatile boolean defaultsPrepared;

  private FirstTls() {}

  static void prepare() {
    if (!prepared) {
      OwnStack.initialize(
          FirstTls.class,
          "gonet.tls.Buffers",
          "gonet.tls.ClientAuth",
          "gonet.tls.Computing",
          "gonet.tls.Handshake",
          "gonet.tls.KeyNumbers",
          "gonet.tls.PrivateKeys",
          "gonet.tls.RecordOutput",
          "gonet.tls.Rest",
          "gonet.tls.TlsCertificateException$Reason",
          "gonet.tls.TlsConn",
          "gonet.tls.TlsConn$State",
          "gonet.tls.TlsVersion");
      prepared = true;
    }
  }

  /** The same for {@link TlsConfig#defaults}, which is made with the rest in its place. */
  static void prepareDefaults() {
    if (!defaultsPrepared) {
      prepare();
      OwnStack.initialize(FirstTls.class, "gonet.tls.TlsConfig$Defaults");
      defaultsPrepared = true;
    }
  }
}

package gonet.proxyproto;

import gonet.internal.time.OwnStack;

/**
 * What has to be initialized before the first settings, or the first header, of the process: the
 * stack of a connection may be at its end, and an initializer that fails leaves its class broken
 * for good.
 */
final class FirstProxy {
  /** Races repeat it. */
  private static volatile boolean prepared;

  private FirstProxy() {}

  static void prepare() {
    if (!prepared) {
      OwnStack.initialize(
          FirstProxy.class,
          "gonet.proxyproto.BinaryHeader",
          "gonet.proxyproto.ProxyProtocolException$Reason",
          "gonet.proxyproto.ProxyVersion",
          "gonet.proxyproto.TextHeader");
      prepared = true;
    }
  }
}

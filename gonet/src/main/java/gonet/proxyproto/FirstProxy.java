package gonet.proxyproto;

import gonet.internal.time.OwnStack;

/**
 * What the first settings of the process have to have initialized before a connection runs, whose
 * stack may be at its end: an initializer that fails leaves its class broken for good.
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

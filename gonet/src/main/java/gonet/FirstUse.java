package gonet;

import gonet.internal.time.OwnStack;

/**
 * For methods that a program may call first, perhaps at the end of a stack: their classes have no
 * initializer, and before they go to where some are, these have run. Not for initializers, which
 * would wait for themselves.
 */
final class FirstUse {
  /** Races repeat it. */
  private static volatile boolean prepared;

  private FirstUse() {}

  /**
   * Initializes what there must be before the process has its netpoller.
   *
   * @throws StackOverflowError if there is no room; nothing has happened
   */
  static void prepare() {
    if (!prepared) {
      OwnStack.initialize(
          FirstUse.class,
          "gonet.StandardResolver",
          "gonet.ListenConfig$Defaults",
          "gonet.Dialer$Defaults",
          "gonet.InetNetwork",
          "gonet.KeepAlive$Values",
          "gonet.NetThreads",
          "gonet.LookupRequest$Family",
          "gonet.internal.lookup.LookupGroup",
          "gonet.netip.Addr");
      prepared = true;
    }
  }
}

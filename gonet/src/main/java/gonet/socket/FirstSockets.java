package gonet.socket;

import gonet.internal.time.OwnStack;

/**
 * What the first view of the process has to have initialized, whose thread's stack may be at its
 * end: an initializer that fails leaves its class broken for good.
 */
final class FirstSockets {
  /** Races repeat it. */
  private static volatile boolean prepared;

  private FirstSockets() {}

  static void prepare() {
    if (!prepared) {
      OwnStack.initialize(FirstSockets.class, "gonet.socket.ConnSocketImpl");
      prepared = true;
    }
  }
}

package gonet.socket;

import gonet.internal.time.OwnStack;

/**
 * What the first view of the process has to have initialized, whose thread's stack may be at its
 * end: an initializer that fails leaves its class broken for good.
 */
final class FirstSockets {
  /** Races repeat it. */
  private static volatile boolean prepared;

  private static volatile boolean defaultPrepared;

  private FirstSockets() {}

  static void prepare() {
    if (!prepared) {
      OwnStack.initialize(FirstSockets.class, "gonet.socket.ConnSocketImpl");
      prepared = true;
    }
  }

  /** The same for {@link NetSocketFactory#getDefault}. */
  static void prepareDefault() {
    if (!defaultPrepared) {
      OwnStack.initialize(FirstSockets.class, "gonet.socket.NetSocketFactory$Default");
      defaultPrepared = true;
    }
  }
}

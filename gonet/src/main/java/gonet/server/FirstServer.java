package gonet.server;

import gonet.internal.time.OwnStack;

/**
 * What the first server of the process has to have initialized before a handler runs, whose stack
 * may be at its end: an initializer that fails leaves its class broken for good.
 */
final class FirstServer {
  /** Races repeat it. */
  private static volatile boolean prepared;

  private FirstServer() {}

  static void prepare() {
    if (!prepared) {
      OwnStack.initialize(
          FirstServer.class,
          "gonet.internal.signal.SignalShutdown",
          "gonet.server.AcceptLoop",
          "gonet.server.CountingConn",
          "gonet.server.Drop$Reason",
          "gonet.server.IdleAction",
          "gonet.server.ServerConn$Phase",
          "gonet.server.ServerConn",
          "gonet.server.ServerLog",
          "gonet.server.ServerRegistry",
          "gonet.server.ServerShutdown",
          "gonet.server.ServerState",
          "gonet.server.ShutdownReport$Outcome",
          "gonet.server.WhenFull");
      prepared = true;
    }
  }
}

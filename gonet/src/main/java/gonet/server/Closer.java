package gonet.server;

import gonet.Conn;
import gonet.Listener;
import gonet.internal.layer.PromptClose;
import org.jspecify.annotations.Nullable;

/**
 * Closes for threads that serve everybody, and must not wait: for the handler that is inside and
 * finds no carrier to leave on, for a peer that SO_LINGER waits for, or for a layer's goodbye.
 *
 * <pre>
 *   NAME-idle, NAME-shutdown, gonet-poller    by this class only
 *   the thread of a connection                may wait in its own connection's close
 *   an accept loop                            in that of its own listener, and of connections that
 *                                             nobody has written to
 * </pre>
 */
final class Closer {
  private Closer() {}

  static void close(Conn conn, Server server) {
    close(conn.find(PromptClose.class), conn.beneath() != null, conn, server);
  }

  static void close(Listener listener, Server server) {
    close(listener.find(PromptClose.class), listener.beneath() != null, listener, server);
  }

  /**
   * @param prompt of the socket at the bottom, if there is one that gonet knows
   * @param layered there is something above that socket, which has a close of its own
   */
  private static void close(
      @Nullable PromptClose prompt, boolean layered, AutoCloseable top, Server server) {
    if (prompt != null) {
      prompt.closeSoon();
    }
    if (prompt == null || layered) {
      aside(top::close, server);
    }
  }

  /** What a thread does that may wait. */
  @FunctionalInterface
  interface Step {
    void run() throws Exception;
  }

  /** Begins a step on a virtual thread of its own. */
  static void aside(Step step, Server server) {
    server
        .unstarted(
            "",
            () -> {
              try {
                step.run();
              } catch (Exception e) {
                // A close that fails has nobody to tell.
              }
            })
        .start();
  }
}

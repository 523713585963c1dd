package gonet.internal.netpoll;

import gonet.internal.time.Daemons;
import org.jspecify.annotations.Nullable;

/**
 * Says once, at level INFO, what this process runs on, and why not on the other, if {@code
 * -Dgonet.log.start=true} asks for it: to bring a log up takes longer than all the rest of a start.
 * On a thread of its own, because a handler of the log may use the network itself.
 */
final class StartLog implements Runnable {
  private final String line;

  private StartLog(String line) {
    this.line = line;
  }

  /** Never fails: a process without a thread to spare runs without this line. */
  static void begin(Netpoll netpoll) {
    if (!Boolean.getBoolean("gonet.log.start")) {
      return;
    }
    try {
      String line =
          "gonet runs on "
              + netpoll.backend()
              + because(whyBackend(netpoll.backend()))
              + ", in the "
              + netpoll.poller().lane()
              + " lane"
              + because(Lanes.why(netpoll.poller().lane(), netpoll.backend()));
      Thread _ = Daemons.start("gonet-start-log", new StartLog(line));
    } catch (Error e) {
      // Not worth a failure.
    }
  }

  private static String because(@Nullable String reason) {
    return reason == null ? "" : " (" + reason + ")";
  }

  private static @Nullable String whyBackend(String chosen) {
    if (!System.getProperty(Netpoll.PROPERTY, "").isEmpty()) {
      return "-D" + Netpoll.PROPERTY + "=" + chosen;
    }
    if (chosen.equals("epoll")) {
      return null;
    }
    return Netpoll.isLinux() ? "native access is denied" : "epoll is Linux' own";
  }

  @Override
  public void run() {
    System.getLogger("gonet").log(System.Logger.Level.INFO, line);
  }
}

package gonet.server;

import gonet.internal.signal.SignalShutdown;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A server that a signal ends, and whom to tell how. */
record ServerEnding(Server server, Consumer<ShutdownReport> onEnd)
    implements SignalShutdown.Ending {

  @Override
  public void begin(Duration grace) {
    server.beginShutdown(grace);
  }

  @Override
  public boolean await() throws InterruptedException {
    ShutdownReport report = server.awaitClosed();
    try {
      onEnd.accept(report);
    } catch (Throwable t) {
      server.log().failure("telling how it ended", t);
    }
    return report.outcome() == ShutdownReport.Outcome.GRACEFUL;
  }

  @Override
  public void joinWaiters(LongSupplier until) throws InterruptedException {
    server.joinWaiters(until);
  }

  @Override
  public String toString() {
    return server.toString();
  }
}

package gonet.cluster;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Starts this program once more, which asks for this one's listeners as any successor does. At most
 * one at a time: another signal while one starts is somebody's impatience. Thread-safe.
 */
final class Heir {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  private final HandOver handOver;

  /** The last one that was started. Guarded by this object's monitor. */
  private @Nullable Process last;

  /** Of the process that serves; nobody was started yet. */
  Heir(HandOver handOver) {
    this.handOver = handOver;
  }

  /**
   * Starts one.
   *
   * @throws IOException if it cannot be started, or one that was started lives and has not taken
   *     over
   * @throws IllegalStateException if this process does not serve
   */
  synchronized Process start() throws IOException {
    handOver.requireServing("startSuccessor");
    Process before = last;
    if (before != null && before.isAlive()) {
      throw new ClusterException("process " + before.pid() + " is about to take over", null);
    }
    ProcessBuilder builder =
        new ProcessBuilder(OwnCommand.read())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT);
    OwnCommand.clean(builder.environment());
    Systemd.cleanForSuccessor(builder.environment());
    Process started = builder.start();
    last = started;
    var _ = started.onExit().thenAccept(this::ended);
    return started;
  }

  /** It did not get ready in time: the next one may. Another's is its own business. */
  synchronized void giveUp(long pid) {
    Process started = last;
    if (started != null && started.pid() == pid) {
      var _ = started.destroyForcibly();
    }
  }

  private void ended(Process process) {
    if (!handOver.isRetired()) {
      LOG.log(
          Level.WARNING,
          "process {0} ended with status {1} and did not take over: this one serves on",
          Objects.toString(process.pid()),
          process.exitValue());
    }
  }

  /** At a signal: there is nobody who could be told but the log. */
  void startOrTell(String signal) {
    try {
      LOG.log(Level.INFO, "SIG{0}: process {1} starts", signal, Objects.toString(start().pid()));
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "SIG" + signal + ": no successor was started", e);
    }
  }
}

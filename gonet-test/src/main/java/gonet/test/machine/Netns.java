package gonet.test.machine;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Whether this machine lets a test make network namespaces. */
public final class Netns {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private Netns() {}

  /** Tries it once: makes a namespace and brings its loopback up. */
  public static boolean available() {
    return Probe.AVAILABLE;
  }

  private static final class Probe {
    static final boolean AVAILABLE = succeeds();

    private static boolean succeeds() {
      try {
        Process process =
            new ProcessBuilder(List.of("unshare", "--net", "ip", "link", "set", "lo", "up"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
          return process.waitFor(LIMIT.toNanos(), TimeUnit.NANOSECONDS) && process.exitValue() == 0;
        } finally {
          process.destroyForcibly();
        }
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}

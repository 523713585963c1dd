package gonet.internal.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.support.Proves;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that never wait leave room for others, also where there is a single carrier. */
class FDFairnessTest {

  @ParameterizedTest
  @Proves("uv-batch")
  @ValueSource(strings = {"readers", "writers", "acceptors", "the poller"})
  @Timeout(180)
  void nobodyStarvesBehindACallThatNeverWaits(String who) throws Exception {
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "gonet.internal.poll.OneCarrier",
                who)
            .inheritIO()
            .start();
    try {
      assertEquals(0, jvm.waitFor());
    } finally {
      jvm.destroyForcibly();
    }
  }
}

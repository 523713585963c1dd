package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that is loaded, served by gonet and dropped leaves nothing in the process, also when
 * its loader is closed while gonet's threads still run.
 */
@Proves("jvm-redeploy")
@Timeout(300)
class RedeploymentTest {
  private static final int TIMES = 10;

  /** Longer than an application runs, so that its loader is closed when gonet's threads end. */
  private static final String IDLE = "-Dgonet.threads.idleMillis=2000";

  @TempDir private Path jars;

  @Test
  void nothingIsLeftOfTheSharedLane() throws Exception {
    assertNothingIsLeft("shared", "-Dgonet.backend=epoll", "-Dgonet.lane=shared");
  }

  @Test
  void nothingIsLeftOfTheCarrierLane() throws Exception {
    assertNothingIsLeft(
        "carrier",
        "-Dgonet.backend=epoll",
        "-Dgonet.lane=carrier",
        "--add-opens=java.base/java.lang=ALL-UNNAMED");
  }

  @Test
  void nothingIsLeftOfTheLaneOfSelectors() throws Exception {
    assertNothingIsLeft("thread", "-Dgonet.backend=nio");
  }

  private void assertNothingIsLeft(String lane, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            IDLE,
            "-cp",
            TestClassPath.get(),
            Redeployment.class.getName(),
            Integer.toString(TIMES),
            TestClassPath.packed(jars)));
    ChildJvm.Result result = ChildJvm.run(Duration.ofMinutes(5), arguments);
    String output = result.output();
    assertEquals(0, result.exitCode(), output);
    String served = "served in lane " + lane;
    assertEquals(2 * TIMES, output.split(served, -1).length - 1, output);
    assertTrue(
        output.contains("after 10: threads [], collected " + TIMES + " of " + TIMES), output);
    assertTrue(output.contains("descriptors no more"), output);
  }
}

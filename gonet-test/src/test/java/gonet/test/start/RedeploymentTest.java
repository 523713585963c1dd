package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that is loaded, served by gonet and dropped leaves nothing in the process. */
@Proves("jvm-redeploy")
@Timeout(300)
class RedeploymentTest {
  private static final int TIMES = 10;

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

  private static void assertNothingIsLeft(String lane, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dgonet.threads.idleMillis=100",
            "-cp",
            TestClassPath.get(),
            Redeployment.class.getName(),
            Integer.toString(TIMES)));
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

package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The threads gonet makes for itself. */
class OwnThreadsTest {

  @Test
  void areDaemonsWithTheSystemClassLoaderAndInheritNoThreadLocals() throws Exception {
    String output = run(Programs.OwnThreads.class);
    assertTrue(output.contains("gonet-timer daemon system-loader"), output);
    assertTrue(
        output.contains("gonet-sleeper daemon system-loader")
            || output.contains("gonet-poller daemon system-loader"),
        output);
    assertFalse(output.contains("KEEPS THE JVM"), output);
    assertFalse(output.contains("ODD LOADER"), output);
    assertFalse(output.contains("IN A GROUP"), output);
    assertTrue(output.contains("inherited 0"), output);
  }

  @Test
  @Proves({"node-ref", "B4"})
  void doNotKeepAJvmAliveWhoseMainHasReturned() throws Exception {
    ChildJvm.Result result = child(Programs.LeaveWaiting.class);
    assertEquals(0, result.exitCode(), result.output());
    assertTrue(result.output().startsWith("leaving 127.0.0.1:"), result.output());
  }

  @Test
  @Proves("B4")
  void anIdleTimerKeepsNoJvmAlive() throws Exception {
    ChildJvm.Result result = child(Programs.LeaveIdle.class);
    assertEquals(0, result.exitCode(), result.output());
    assertTrue(result.output().startsWith("leaving 127.0.0.1:"), result.output());
  }

  private static String run(Class<?> program) throws Exception {
    return child(program).output();
  }

  private static ChildJvm.Result child(Class<?> program) throws Exception {
    return ChildJvm.run(
        Duration.ofMinutes(2),
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-Dgonet.backend=" + System.getProperty("gonet.backend", ""),
            "-cp",
            TestClassPath.get(),
            program.getName()));
  }
}

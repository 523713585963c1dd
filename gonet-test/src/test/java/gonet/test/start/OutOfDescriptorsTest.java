package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.machine.ChildJvm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A listener without descriptors, in a JVM that has no logging library but the JDK's own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "limits descriptors by the shell's ulimit")
class OutOfDescriptorsTest {

  @Test
  @Timeout(300)
  void aListenerOutlivesALackOfDescriptorsAndItsOwnLogLineAboutIt() throws Exception {
    List<String> command =
        List.of(
            "sh",
            "-c",
            "ulimit -n 150; exec \"$@\"",
            "sh",
            ChildJvm.java().toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dgonet.backend=" + System.getProperty("gonet.backend", ""),
            "-cp",
            TestClassPath.get(),
            Programs.OutOfDescriptors.class.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(90, TimeUnit.SECONDS), output);
    assertTrue(output.contains("full"), output);
    assertTrue(output.contains("served again"), output);
    assertEquals(
        1, output.lines().filter(line -> line.contains("too many open files")).count(), output);
  }
}

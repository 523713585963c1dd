package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.machine.ChildJvm;
import gonet.test.machine.NeedsIpv6;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Few descriptors, in a JVM that has no logging library but the JDK's own. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "limits descriptors by the shell's ulimit")
class OutOfDescriptorsTest {

  @Test
  @Timeout(300)
  void aListenerOutlivesALackOfDescriptorsAndItsOwnLogLineAboutIt() throws Exception {
    String output = run(Programs.OutOfDescriptors.class, TestClassPath.get());
    assertTrue(output.contains("full"), output);
    assertTrue(output.contains("served again"), output);
    assertEquals(
        1, output.lines().filter(line -> line.contains("too many open files")).count(), output);
  }

  /** Whether there is IPv6 is asked once, but what could not be asked is not known. */
  @Test
  @NeedsIpv6
  @Timeout(300)
  void aLackOfDescriptorsIsNotRememberedAsALackOfIpv6(@TempDir Path folder) throws Exception {
    // Jars, which stay open: a class in a folder cannot be loaded without a descriptor.
    String output = run(Programs.AskWithoutDescriptors.class, TestClassPath.packed(folder));
    assertTrue(output.contains("without: EMFILE"), output);
    assertTrue(output.contains("with: [::]:"), output);
  }

  private static String run(Class<?> program, String classPath) throws Exception {
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
            classPath,
            program.getName());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(90, TimeUnit.SECONDS), output);
    return output;
  }
}

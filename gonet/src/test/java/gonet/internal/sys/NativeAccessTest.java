package gonet.internal.sys;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.BackendUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class NativeAccessTest {
  @Test
  void isGrantedToTheseTests() {
    assertDoesNotThrow(() -> NativeAccess.require());
  }

  @Test
  void anotherOperatingSystemIsNamed() {
    var e =
        assertThrows(
            BackendUnavailableException.class, () -> NativeAccess.require("Mac OS X", "aarch64"));
    assertEquals("Mac OS X is not Linux", e.getMessage());
    assertFalse(e.denied());
  }

  @Test
  void anUnknownProcessorIsNamed() {
    var e =
        assertThrows(
            BackendUnavailableException.class, () -> NativeAccess.require("Linux", "riscv64"));
    assertEquals("no struct layouts for the processor riscv64", e.getMessage());
    assertFalse(e.denied());
  }

  @Test
  void aJvmToldToDenyItIsRecognised() throws Exception {
    assertEquals("denied=true", child("--illegal-native-access=deny"));
  }

  /** Whether a module may is another question than whether it can: here it only earns a warning. */
  @Test
  void aJvmThatMerelyWarnsGrantsIt() throws Exception {
    assertTrue(child("--illegal-native-access=warn").endsWith("granted"));
  }

  private static String child(String flag) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                flag,
                "-cp",
                System.getProperty("java.class.path"),
                Require.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output.strip();
  }

  /** Runs in a JVM of its own, since what a JVM allows is settled when it starts. */
  static final class Require {
    public static void main(String[] args) {
      try {
        NativeAccess.require();
        System.out.println("granted");
      } catch (BackendUnavailableException e) {
        System.out.println("denied=" + e.denied());
      }
    }
  }
}

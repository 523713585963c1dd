package gonet.test.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.netip.Addr;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own module over gonet, compiled and run with nothing else on the module path. */
class ModulePathTest {

  private static final String DESCRIPTOR = "module user { requires gonet; }";

  private static final String MAIN =
      """
      package user;

      import gonet.netip.Addr;

      final class Main {
        public static void main(String[] args) throws Exception {
          System.out.println(Addr.parse("0:0:0:0:0:0:0:1"));
          System.out.println(Addr.class.getModule());
        }
      }
      """;

  @TempDir Path dir;

  private final String gonet = ChildJvm.locationOf(Addr.class).toString();

  @BeforeEach
  void compile() throws IOException {
    Path source = Files.createDirectories(dir.resolve("src/user"));
    Files.writeString(dir.resolve("src/module-info.java"), DESCRIPTOR);
    Files.writeString(source.resolve("Main.java"), MAIN);
    StringWriter messages = new StringWriter();
    PrintWriter out = new PrintWriter(messages, true);
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                out,
                out,
                "-Xlint:all",
                "-Werror",
                "--module-path",
                gonet,
                "-d",
                dir.resolve("classes").toString(),
                dir.resolve("src/module-info.java").toString(),
                source.resolve("Main.java").toString());
    assertEquals(0, status, messages::toString);
  }

  @Test
  void aModuleUsesGonetWithoutAnyOtherJarAndWithoutAWarning() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(
            Duration.ofMinutes(2),
            List.of(
                "--module-path",
                gonet + File.pathSeparator + dir.resolve("classes"),
                "--enable-native-access=gonet",
                "--module",
                "user/user.Main"));
    assertEquals(List.of("::1", "module gonet"), result.output().lines().toList());
    assertEquals(0, result.exitCode());
  }
}

package gonet.test.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchTest {
  @TempDir private Path folder;

  private String refusal(String... args) {
    StringWriter errors = new StringWriter();
    CommandLine command = Bench.commandLine().setErr(new PrintWriter(errors));
    assertEquals(2, command.execute(args));
    return errors.toString();
  }

  @Test
  void aCaseThatDoesNotExistIsNamed() {
    assertTrue(refusal("--case", "P1,P99").contains("there is no case P99"));
  }

  @Test
  void aPeerThatDoesNotExistIsNamed() {
    String out = folder.toString();
    String errors =
        refusal(
            "--peer", "go-faster", "--out", out, "--sources", folder.resolve("none").toString());
    assertTrue(errors.contains("there is no server go-faster"), errors);
  }

  @Test
  void roundsAreCountedFromOne() {
    assertTrue(refusal("--rounds", "-1").contains("positive"));
    assertTrue(refusal("--rounds", "many").contains("many"));
  }
}

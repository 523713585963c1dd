package gonet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.support.Proves;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command by which workers start if the program says none. */
@Proves("cluster")
class OwnCommandTest {
  @Test
  void itHasEveryWordButThoseOfADebugger() {
    List<String> words =
        OwnCommand.split(
            "java\0-Xmx1g\0-agentlib:jdwp=transport=dt_socket,server=y,address=5005\0-cp\0a b:c\0Main"
                + "\0\0--policy\0shared\0");
    assertEquals(
        List.of("/jdk/bin/java", "-Xmx1g", "-cp", "a b:c", "Main", "", "--policy", "shared"),
        OwnCommand.of("/jdk/bin/java", words));
  }

  @Test
  void nothingIsNoWord() {
    assertEquals(List.of(), OwnCommand.split(""));
    assertEquals(List.of("java"), OwnCommand.split("java"));
  }

  @Test
  void thisJvmsOwnCommandStartsWithItsJava() throws Exception {
    List<String> command = OwnCommand.read();
    assertEquals(ProcessHandle.current().info().command().orElseThrow(), command.getFirst());
  }
}

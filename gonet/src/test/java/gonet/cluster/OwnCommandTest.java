package gonet.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  void ofAJvmThatWasReplacedTheNewOneStarts() {
    assertEquals("/jdk/bin/java", OwnCommand.java("/jdk/bin/java (deleted)"));
    assertEquals("/jdk/bin/java", OwnCommand.java("/jdk/bin/java"));
    assertTrue(OwnCommand.java(null).endsWith("/bin/java"));
  }

  @Test
  void remoteManagementStaysWithThePrimary() {
    List<String> words =
        List.of(
            "java",
            "-Dcom.sun.management.jmxremote.port=9010",
            "-Dcom.sun.management.jmxremote.ssl=false",
            "-agentpath:/jdk/lib/libjdwp.so=server=y",
            "Main");
    assertEquals(
        List.of("java", "-Dcom.sun.management.jmxremote.ssl=false", "Main"),
        OwnCommand.of("java", words));
  }

  @Test
  void optionsInTheEnvironmentAreTreatedAlikeAndOthersAreLeftAsTheyAre() {
    Map<String, String> env = new HashMap<>();
    env.put("JAVA_TOOL_OPTIONS", "-Xmx1g  '-agentlib:jdwp=server=y,address=5005' \"-Da=b c\"");
    env.put("JDK_JAVA_OPTIONS", "-Xrunjdwp:server=y");
    env.put("_JAVA_OPTIONS", " -Dx='y z'  -Xss1m ");
    env.put("OTHER", "-agentlib:jdwp");
    OwnCommand.clean(env);
    assertEquals(
        Map.of(
            "JAVA_TOOL_OPTIONS", "-Xmx1g \"-Da=b c\"",
            "JDK_JAVA_OPTIONS", "",
            "_JAVA_OPTIONS", " -Dx='y z'  -Xss1m ",
            "OTHER", "-agentlib:jdwp"),
        env);
  }

  @Test
  void whatTheLocaleCannotPassOnIsRefused() throws Exception {
    byte[] latin = "/j\u00fcrgen".getBytes(ISO_8859_1);
    assertEquals("/j\u00fcrgen", OwnCommand.decode(latin, "ISO-8859-1"));
    for (String encoding : List.of("UTF-8", "US-ASCII")) {
      ClusterException e =
          assertThrows(ClusterException.class, () -> OwnCommand.decode(latin, encoding));
      assertTrue(e.getMessage().contains(" of " + encoding + ", "), e.getMessage());
    }
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

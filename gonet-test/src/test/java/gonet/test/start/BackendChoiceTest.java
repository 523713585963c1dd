package gonet.test.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.machine.ChildJvm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Which backend a JVM gets, by its flags. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux' own")
class BackendChoiceTest {
  private static final String ALLOW = "--enable-native-access=ALL-UNNAMED";
  private static final String DENY = "--illegal-native-access=deny";

  @Test
  void linuxWithNativeAccessRunsOnEpollWithoutAWord() throws Exception {
    assertEquals("backend epoll hello", run(ALLOW).strip());
  }

  @Test
  void linuxRunsOnEpollAlsoWhereTheJvmOnlyWarns() throws Exception {
    assertTrue(run().contains("backend epoll hello"), run());
  }

  @Test
  void whereNativeAccessIsDeniedItRunsOnNioAndNamesTheFlagInOneLine() throws Exception {
    String output = run(DENY);
    assertTrue(output.contains("backend nio hello"), output);
    List<String> naming =
        output.lines().filter(line -> line.contains("--enable-native-access")).toList();
    assertEquals(1, naming.size(), output);
    assertTrue(naming.getFirst().contains("--enable-native-access=gonet"), output);
    assertTrue(naming.getFirst().contains("--enable-native-access=ALL-UNNAMED"), output);
    assertFalse(output.contains("\tat "), output);
  }

  @Test
  void epollAskedForByNameAndDeniedIsATypedErrorThatNamesTheFlag() throws Exception {
    String output = run(DENY, "-Dgonet.backend=epoll");
    assertTrue(output.startsWith("gonet.NativeAccessException: listen tcp"), output);
    assertTrue(output.contains("--enable-native-access=ALL-UNNAMED"), output);
    assertTrue(output.contains("--enable-native-access=gonet"), output);
    assertFalse(output.contains("hello"), () -> "it went on: " + output);
  }

  @Test
  void nioAskedForByNameNeedsNoNativeAccess() throws Exception {
    assertEquals("backend nio hello", run(DENY, "-Dgonet.backend=nio").strip());
  }

  @Test
  void aBackendThatDoesNotExistIsNamed() throws Exception {
    String output = run("-Dgonet.backend=kqueue");
    assertTrue(output.contains("gonet.backend is \"kqueue\""), output);
  }

  @Test
  void oneLineOfTheLogSaysWhatRunsAndWhyNotTheOther() throws Exception {
    String open = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    assertEquals(
        "INFO gonet runs on epoll, in the shared lane (java.lang is not open to gonet)",
        firstLine(ALLOW));
    assertEquals("INFO gonet runs on epoll, in the carrier lane", firstLine(ALLOW, open));
    assertEquals(
        "INFO gonet runs on epoll, in the shared lane (-Dgonet.lane=shared)",
        firstLine(ALLOW, open, "-Dgonet.lane=shared"));
    assertEquals(
        "INFO gonet runs on nio (-Dgonet.backend=nio), in the thread lane"
            + " (the backend nio has no other)",
        firstLine(open, "-Dgonet.backend=nio"));
  }

  private static String firstLine(String... flags) throws Exception {
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("-Dgonet.log.start=true");
    return run(Programs.FirstLogLine.class, all.toArray(String[]::new)).strip();
  }

  private static String run(String... flags) throws Exception {
    return run(Programs.EchoOnce.class, flags);
  }

  private static String run(Class<?> program, String... flags) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(flags));
    arguments.addAll(List.of("-cp", TestClassPath.get(), program.getName()));
    return ChildJvm.run(Duration.ofMinutes(2), arguments).output();
  }
}

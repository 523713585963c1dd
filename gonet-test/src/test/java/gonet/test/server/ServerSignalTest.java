package gonet.test.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import gonet.test.machine.Loopback;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers in JVMs of their own, with clients connected, and real signals. */
@LeakCheck
@Timeout(300)
class ServerSignalTest {
  private static final String LONG = "60000";

  private record Child(Process process, BufferedReader out, String address)
      implements AutoCloseable {

    static Child start(String graceMillis, String... flags) throws IOException {
      List<String> command = new ArrayList<>(List.of(ChildJvm.java().toString()));
      command.addAll(List.of(flags));
      command.addAll(
          List.of(
              "-Dgonet.backend=" + System.getProperty("gonet.backend", "nio"),
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              ChildJvm.locationOf(Net.class)
                  + File.pathSeparator
                  + ChildJvm.locationOf(Loopback.class)
                  + File.pathSeparator
                  + ChildJvm.locationOf(SignalledServer.class),
              SignalledServer.class.getName(),
              graceMillis));
      // A child of a background job may find SIGINT ignored, which a server respects.
      command.addAll(0, List.of("env", "--default-signal=INT,TERM"));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
      return new Child(process, out, out.readLine());
    }

    Conn dial() throws IOException {
      Conn conn = Net.dial("tcp", address);
      conn.setReadTimeout(Clients.LIMIT);
      Clients.ping(conn);
      return conn;
    }

    void signal(String name) throws Exception {
      Process kill =
          new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).inheritIO().start();
      assertEquals(0, kill.waitFor());
    }

    String line() throws IOException {
      return String.valueOf(out.readLine());
    }

    Set<String> rest() {
      return new TreeSet<>(out.lines().toList());
    }

    int status() throws InterruptedException {
      assertTrue(process.waitFor(90, TimeUnit.SECONDS));
      return process.exitValue();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @ParameterizedTest
  @Proves("B60")
  @CsvSource({"INT", "TERM"})
  void aSignalLetsTheClientsFinishAndEndsTheProcessWithStatusZero(String signal) throws Exception {
    try (Child child = Child.start(LONG);
        Conn first = child.dial();
        Conn second = child.dial()) {
      child.signal(signal);
      assertEquals("draining", child.line());
      Clients.eventually(() -> dialFails(child.address));
      Clients.ping(first);
      first.closeWrite();
      assertEquals("handler", child.line());
      Clients.ping(second);
      second.closeWrite();
      assertEquals("handler", child.line());
      assertEquals(0, child.status());
      Set<String> rest = child.rest();
      assertTrue(rest.contains("hook"), rest::toString);
      assertTrue(rest.contains("ended GRACEFUL"), rest::toString);
      assertTrue(rest.contains("main has ended"), rest::toString);
    }
  }

  private static boolean dialFails(String address) {
    try (Conn conn = Net.dial("tcp", address)) {
      return conn.isClosed();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void whenTheGraceIsOverTheStatusTellsTheSignal() throws Exception {
    try (Child child = Child.start("50");
        Conn conn = child.dial()) {
      child.signal("TERM");
      assertEquals(128 + 15, child.status());
      assertTrue(Clients.refused(conn));
    }
  }

  @Test
  void aSecondSignalDoesNotWait() throws Exception {
    try (Child child = Child.start(LONG);
        Conn conn = child.dial()) {
      child.signal("INT");
      assertEquals("draining", child.line());
      child.signal("INT");
      assertEquals(128 + 2, child.status());
      assertTrue(Clients.refused(conn));
    }
  }

  @Test
  void aJvmWithoutSignalsEndsAsBefore() throws Exception {
    try (Child child = Child.start(LONG, "-Xrs");
        Conn conn = child.dial()) {
      child.signal("TERM");
      assertEquals(128 + 15, child.status());
      assertTrue(Clients.refused(conn));
    }
  }

  @Test
  void withoutTheModuleAShutdownHookDoesTheSame() throws Exception {
    try (Child child = Child.start(LONG, "--limit-modules", "java.logging");
        Conn conn = child.dial()) {
      child.signal("TERM");
      Set<String> lines = new TreeSet<>();
      lines.add(child.line());
      lines.add(child.line());
      assertEquals(Set.of("draining", "hook"), lines);
      Clients.ping(conn);
      conn.closeWrite();
      assertEquals(128 + 15, child.status());
      assertThrows(IOException.class, () -> Net.dial("tcp", child.address));
    }
  }
}

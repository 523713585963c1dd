package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.examples.Echo;
import gonet.examples.Receive;
import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example servers, each in a JVM of its own. */
@LeakCheck
@Timeout(60)
class ExamplesTest {
  private static final String BACKEND =
      "-Dgonet.backend=" + System.getProperty("gonet.backend", "nio");

  private static List<String> command(Class<?> program, String address) {
    return List.of(
        ChildJvm.java().toString(),
        BACKEND,
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        ChildJvm.locationOf(Net.class) + File.pathSeparator + ChildJvm.locationOf(program),
        program.getName(),
        address);
  }

  /** A server that runs, and what it prints. */
  private record Server(Process process, BufferedReader out) implements AutoCloseable {

    static Server start(Class<?> program) throws IOException {
      Process process =
          new ProcessBuilder(command(program, "127.0.0.1:0")).redirectErrorStream(true).start();
      return new Server(process, process.inputReader(StandardCharsets.UTF_8));
    }

    /** The address behind "listens on". */
    String address() throws IOException {
      String line = out.readLine();
      assertTrue(line.contains(" listens on 127.0.0.1:"), line);
      return line.substring(line.lastIndexOf(' ') + 1);
    }

    /**
     * By SIGTERM, which runs the same hooks as Ctrl-C: a child in the background may ignore SIGINT.
     */
    void stop() throws Exception {
      assertTrue(process.toHandle().destroy()); // Process.destroy would close what it prints, too
      assertEquals("stopped", out.readLine());
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, process.exitValue());
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  @Test
  void echoSendsBackWhatItGetsAndStopsWhenToldTo() throws Exception {
    try (Server server = Server.start(Echo.class)) {
      byte[] sent = Traffic.random(1 << 15, 3);
      try (Conn conn = Net.dial("tcp", server.address())) {
        conn.setReadTimeout(Duration.ofSeconds(20));
        conn.write(sent);
        byte[] echoed = new byte[sent.length];
        conn.readFully(echoed);
        assertArrayEquals(sent, echoed);
        server.stop();
        assertEquals(-1, conn.read(echoed));
      }
    }
  }

  @Test
  void receivePrintsWhoConnectsAndAllThatTheySend() throws Exception {
    try (Server server = Server.start(Receive.class)) {
      String address = server.address();
      for (String text : List.of("hello", "")) {
        String client;
        try (Conn conn = Net.dial("tcp", address)) {
          client = conn.localAddr().toString();
          assertEquals(client + " connected", server.out.readLine());
          conn.write(text.getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(client + " sent " + text.length() + " bytes: " + text, server.out.readLine());
      }
      server.stop();
    }
  }

  @Test
  void anAddressThatCannotBeListenedOnEndsWithOneLine() throws Exception {
    ChildJvm.Result result =
        ChildJvm.run(Duration.ofSeconds(30), command(Echo.class, "127.0.0.1:65536").subList(1, 7));
    assertEquals(1, result.exitCode(), result.output());
    assertEquals("listen tcp: address 65536: invalid port", result.output().strip());
  }
}

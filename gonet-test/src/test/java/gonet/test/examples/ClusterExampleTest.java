package gonet.test.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.examples.Cluster;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The example program as a whole: workers by its own command, a death, an end by SIGTERM. */
@Timeout(300)
@Proves({"cluster", "cluster-deaths"})
class ClusterExampleTest {
  private static final String USAGE =
      "usage: Cluster LISTEN WORKERS [--policy shared|reuseport|roundrobin] [--admin ADDRESS]"
          + "    (HOST:PORT or NETWORK:ADDRESS, such as unix:/run/x.sock)";

  /** The process that serves the connection, which has echoed. */
  private static long exchange(Conn conn) throws IOException {
    conn.setReadTimeout(Duration.ofSeconds(60));
    conn.write("hello".getBytes(US_ASCII));
    StringBuilder got = new StringBuilder();
    byte[] buf = new byte[100];
    while (got.indexOf("\nhello") < 0) {
      int n = conn.read(buf);
      assertTrue(n > 0, got::toString);
      got.append(new String(buf, 0, n, US_ASCII));
    }
    return Long.parseLong(got.substring(0, got.indexOf("\n")));
  }

  private static long serve(String address) throws IOException {
    try (Conn conn = Net.dial("tcp", address)) {
      return exchange(conn);
    }
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio passes no descriptors")
  void aKilledWorkerIsReplacedAndSigtermDrainsAllWithStatus0() throws Exception {
    try (ExampleProgram cluster =
        ExampleProgram.start(Cluster.class, "127.0.0.1:0", "2", "--policy", "roundrobin")) {
      String line = cluster.line();
      while (!line.startsWith("cluster listens on ")) { // between what its workers and the log say
        line = cluster.line();
      }
      String address = line.substring("cluster listens on ".length());
      long first = serve(address);
      assertTrue(ProcessHandle.of(first).orElseThrow().destroyForcibly());
      while (!line.endsWith("process " + first + " ended with status 137")) {
        line = cluster.line();
      }
      while (!line.matches("worker \\d is process \\d+")) {
        line = cluster.line();
      }
      try (Conn open = Net.dial("tcp", address)) {
        assertTrue(exchange(open) != first);
      }
      cluster.stop();
    }
  }

  /** Each by itself, also the one that takes the place of another. */
  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio passes no descriptors")
  void eachWorkerShowsItselfAtAPathOfItsOwn(@TempDir Path folder) throws Exception {
    Path path = folder.resolve("admin");
    try (ExampleProgram cluster =
        ExampleProgram.start(Cluster.class, "127.0.0.1:0", "2", "--admin", "unix:" + path)) {
      String line = cluster.line();
      while (!line.startsWith("cluster listens on ")) {
        line = cluster.line();
      }
      for (int worker = 1; worker <= 2; worker++) {
        assertShown(worker, path);
      }
      long killed = serve(line.substring("cluster listens on ".length()));
      assertTrue(ProcessHandle.of(killed).orElseThrow().destroyForcibly());
      while (!line.endsWith("process " + killed + " ended with status 137")) {
        line = cluster.line();
      }
      int worker = Integer.parseInt(line.replaceAll("worker (\\d+):.*", "$1"));
      while (!line.matches("worker " + worker + " is process \\d+")) {
        line = cluster.line();
      }
      assertShown(worker, path);
      cluster.stop();
    }
  }

  private static void assertShown(int worker, Path path) throws IOException {
    try (Conn admin = Net.dial("unix", path + "." + worker)) {
      admin.setReadTimeout(Duration.ofSeconds(60));
      admin.write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
      String shown = new String(admin.readAll(1 << 20), US_ASCII);
      assertTrue(shown.contains("gonet_server_open{server=\"worker" + worker + "\"} "), shown);
    }
  }

  @Test
  void wrongArgumentsAreNamed() throws Exception {
    ExampleProgram.assertFails(USAGE, Cluster.class, "127.0.0.1:0");
    ExampleProgram.assertFails(
        "not a number of workers: \"no\"; " + USAGE, Cluster.class, "127.0.0.1:0", "no");
    ExampleProgram.assertFails(
        "no policy \"fair\"; " + USAGE, Cluster.class, "127.0.0.1:0", "2", "--policy", "fair");
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "nio",
      disabledReason = "epoll passes descriptors")
  void withoutPassingOfDescriptorsItSaysSo() throws Exception {
    ExampleProgram.assertFails(
        "cluster: descriptors are not passed here: not supported on this backend, nio",
        Cluster.class,
        "127.0.0.1:0",
        "2");
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio passes no descriptors")
  void aTakenPortIsTold() throws Exception {
    try (var taken = Net.listen("tcp", "127.0.0.1:0")) {
      String address = taken.addr().toString();
      ExampleProgram.assertFails(
          "listen tcp " + address + ": bind: address already in use", Cluster.class, address, "1");
    }
  }
}

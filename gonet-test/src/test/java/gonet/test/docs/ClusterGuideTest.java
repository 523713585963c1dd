package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.cluster.Cluster;
import gonet.cluster.SharePolicy;
import gonet.cluster.Worker;
import gonet.server.Server;
import gonet.test.Proves;
import gonet.test.machine.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The example of docs/guide.md on clusters, as a program of its own. */
@Timeout(300)
@Proves("cluster")
class ClusterGuideTest {
  // example
  /** Serves by two processes, and is both the primary that starts them and, there, a worker. */
  static void serveByTwo(String address) throws IOException, InterruptedException {
    if (Worker.isWorker()) {
      try (Worker worker = Worker.connect();
          Server server =
              Server.builder()
                  .listener(worker.listen("tcp", address))
                  .handler(conn -> conn.inputStream().transferTo(conn.outputStream()))
                  .start()) {
        server.shutdownOnSignal(Duration.ofSeconds(30)); // signals may come to all processes
        worker.ready(server::beginShutdown);
        var _ = server.awaitClosed();
      }
      return;
    }
    try (Cluster cluster =
        Cluster.builder()
            .workers(2)
            .policy(SharePolicy.ROUND_ROBIN)
            .listenOn("tcp", address)
            .start()) {
      cluster.shutdownOnSignal(Duration.ofSeconds(30));
      cluster.awaitReady(Duration.ofMinutes(1));
      System.out.println(cluster.addr());
      System.out.println(cluster.awaitClosed());
    }
  }

  // end of example

  /** The example as a program, which its workers are as well. */
  public static void main(String[] args) throws Exception {
    serveByTwo(args[0]);
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio passes no descriptors")
  void itServesUntilASignalAndEndsWithStatus0() throws Exception {
    Process primary =
        new ProcessBuilder(
                ChildJvm.java().toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ChildJvm.locationOf(Net.class)
                    + File.pathSeparator
                    + ChildJvm.locationOf(ClusterGuideTest.class),
                ClusterGuideTest.class.getName(),
                "127.0.0.1:0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = primary.inputReader(UTF_8)) {
      String address = out.readLine();
      try (Conn conn = Net.dial("tcp", address)) {
        conn.setReadTimeout(Duration.ofSeconds(30));
        conn.write(new byte[1]);
        conn.readFully(new byte[1]);
      }
      assertTrue(primary.toHandle().destroy());
      assertEquals("ClusterReport[drained=2, failed=0, killed=0]", out.readLine());
      assertTrue(primary.waitFor(90, TimeUnit.SECONDS));
      assertEquals(0, primary.exitValue());
    } finally {
      primary.destroyForcibly();
    }
  }

  @Test
  void theGuideShowsIt() throws IOException {
    GuideExamples.assertShown(ClusterGuideTest.class, 1);
  }
}

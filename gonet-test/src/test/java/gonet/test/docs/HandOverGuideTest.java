package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetSocket;
import gonet.cluster.HandOver;
import gonet.cluster.Retirement;
import gonet.server.Server;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The examples of docs/guide.md on hand-overs. */
@Timeout(180)
@Proves("handover")
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio passes no descriptors")
class HandOverGuideTest {
  @TempDir Path folder;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Serves until a successor has taken over, and all of this one's clients have left. */
  static void serveOneGeneration(Path path, String address)
      throws IOException, InterruptedException {
    try (HandOver handOver = HandOver.at(path);
        Server server =
            Server.builder()
                .listener(handOver.listen("tcp", address))
                .handler(conn -> conn.inputStream().transferTo(conn.outputStream()))
                .start()) {
      handOver.ready(retirement -> server.beginShutdown(Duration.ofHours(1)));
      System.out.println(server.awaitClosed());
    }
  }

  // end of example

  @Test
  @SuppressWarnings("try") // the listener is closed in a callback too
  void aSecondGenerationServesAndTheFirstEnds() throws Exception {
    Path path = folder.resolve("handover");
    String address;
    try (HandOver zero = HandOver.at(path);
        var listener = zero.listen("tcp", "127.0.0.1:0")) {
      address = listener.addr().toString();
      zero.ready(retirement -> listener.close());
      Job<Void> first = crew.start("first", () -> serveOneGeneration(path, address));
      assertServed(address);
      try (HandOver last = HandOver.at(path);
          var inherited = last.listen("tcp", address)) {
        last.ready(retirement -> {});
        first.result();
        assertEquals(address, inherited.addr().toString());
      }
    }
  }

  private static void assertServed(String address) throws IOException {
    try (Conn conn = Net.dial("tcp", address)) {
      conn.setReadTimeout(Duration.ofSeconds(20));
      conn.write(new byte[1]);
      conn.readFully(new byte[1]);
    }
  }

  // example
  /** Gives a connection that waits for its next line to the successor, with what was read of it. */
  static void passOn(Retirement retirement, Conn conn, String begun) throws IOException {
    NetSocket socket = conn.find(NetSocket.class);
    if (socket != null) {
      retirement.pass(socket, begun.getBytes(UTF_8));
    }
  }

  // end of example

  @Test
  void aConnectionGoesOver() throws Exception {
    Path path = folder.resolve("handover");
    BlockingQueue<String> taken = new LinkedBlockingQueue<>();
    try (HandOver old = HandOver.at(path);
        var listener = old.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", listener.addr().toString())) {
      Conn served = listener.accept();
      old.ready(
          retirement -> {
            try {
              passOn(retirement, served, "half a li");
            } catch (IOException e) {
              taken.add(e.toString());
            }
          });
      try (HandOver next = HandOver.at(path)) {
        next.onConn(
                (conn, state) -> {
                  taken.add(new String(state, UTF_8));
                  conn.close();
                })
            .ready(retirement -> {});
        assertEquals("half a li", taken.take());
        client.setReadTimeout(Duration.ofSeconds(20));
        assertTrue(client.read(new byte[1]) < 0);
      }
    }
  }

  @Test
  void theGuideShowsBoth() throws IOException {
    GuideExamples.assertShown(HandOverGuideTest.class, 2);
  }
}

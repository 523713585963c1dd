package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.Net;
import gonet.UnixConn;
import gonet.cluster.PacketLink.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A cluster whose processes do nothing: the test speaks in their place, as {@link Worker} or
 * message by message.
 */
final class Rehearsal {
  static final Duration LIMIT = Duration.ofSeconds(20);

  /** What the processes found in their environment, in the order of their starts. */
  final BlockingQueue<String> variables = new LinkedBlockingQueue<>();

  ClusterBuilder builder(int workers) {
    return Cluster.builder()
        .workers(workers)
        .command(List.of("sleep", "600"))
        .grace(Duration.ofMillis(200))
        // Behind it the link is closed, and a Worker in this JVM halts it.
        .readyLimit(Duration.ofHours(1))
        .process(builder -> variables.add(builder.environment().get(ClusterLink.VARIABLE)));
  }

  String variable() throws InterruptedException {
    String variable = variables.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    assertNotNull(variable, "no process started");
    return variable;
  }

  Worker worker() throws IOException, InterruptedException {
    return Worker.connect(variable());
  }

  /** A worker that the test speaks for; it has said who it is. */
  PacketLink link() throws IOException, InterruptedException {
    String variable = variable();
    PacketLink link = dial(variable);
    link.send("HELLO 1 " + variable.substring(variable.indexOf(' ') + 1));
    assertTrue(line(link).startsWith("HELLO 1 "));
    return link;
  }

  static PacketLink dial(String variable) throws IOException {
    String address = variable.substring(0, variable.indexOf(' '));
    UnixConn conn =
        (UnixConn) Dialer.defaults().withTimeout(LIMIT).dial(PacketLink.NETWORK, address);
    PacketLink link = new PacketLink(conn, PacketLink.MAX_LINE_BYTES);
    link.setTimeout(LIMIT);
    return link;
  }

  /** The line that comes next, without what is beside it. */
  static String line(PacketLink link) throws IOException {
    try (Message message = link.receive()) {
      return message == null ? "left" : (message.kind() + " " + message.rest()).strip();
    }
  }

  static Conn client(Cluster cluster, String greeting) throws IOException {
    Conn conn = Net.dial("tcp", cluster.addr().toString());
    conn.setReadTimeout(LIMIT);
    conn.write(greeting.getBytes(UTF_8));
    return conn;
  }

  /** Reads as many bytes as {@code expected} has. */
  static void assertReads(String expected, Conn conn) throws IOException {
    conn.setReadTimeout(LIMIT);
    byte[] got = new byte[expected.length()];
    conn.readFully(got);
    assertEquals(expected, new String(got, UTF_8));
  }
}

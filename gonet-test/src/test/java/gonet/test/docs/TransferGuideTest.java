package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.FileTransfer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.Tunnel;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/guide.md on files and on bytes that stay in the kernel. */
@LeakCheck
@Timeout(180)
class TransferGuideTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);
  private Path dir;

  @BeforeEach
  void make() throws IOException {
    dir = Files.createTempDirectory("gonet");
  }

  @AfterEach
  void end() throws Exception {
    crew.end();
    try (var left = Files.list(dir)) {
      for (Path each : left.toList()) {
        Files.delete(each);
      }
    }
    Files.delete(dir);
  }

  // example
  /** Sends a head and a file behind it, and tells about each pause of a slow reader. */
  static void sendFile(Conn conn, ByteBuffer head, Path path, Runnable onPause) throws IOException {
    conn.write(head);
    conn.setWriteTimeout(Duration.ofMillis(100));
    try (FileChannel file = FileChannel.open(path)) {
      FileTransfer transfer = FileTransfer.of(file, 0, file.size(), conn);
      for (boolean done = false; !done; ) {
        try {
          transfer.run();
          done = true;
        } catch (NetTimeoutException e) {
          onPause.run(); // nothing is lost: the next run goes on where this one stopped
        }
      }
    }
  }

  /** Gives a client the service that listens on a path: every byte and both ends go through. */
  static void tunnel(Conn client, String path) throws IOException {
    try (Conn service = Net.dial("unix", path)) {
      Tunnel.between(client, service).withIdleTimeout(Duration.ofMinutes(5)).run();
    }
  }

  // end of example

  @Test
  void aFileArrivesWholeHoweverSlowItsReaderIs() throws Exception {
    byte[] content = new byte[8 << 20];
    new Random(7).nextBytes(content);
    Path file = Files.write(dir.resolve("f"), content);
    try (TcpListener listener =
            ListenConfig.defaults().withReadBuffer(20_000).listenTcp("tcp", "127.0.0.1:0");
        TcpConn sender =
            Dialer.defaults().withWriteBuffer(20_000).dialTcp("tcp", listener.addr().toString());
        TcpConn reader = listener.accept()) {
      AtomicInteger pauses = new AtomicInteger();
      Job<?> sending =
          crew.start(
              "sends",
              () -> {
                ByteBuffer head = ByteBuffer.wrap("head".getBytes(UTF_8));
                sendFile(sender, head, file, pauses::incrementAndGet);
                sender.closeWrite();
              });
      byte[] got = new byte[4];
      reader.readFully(got);
      assertEquals("head", new String(got, UTF_8));
      while (pauses.get() == 0) {
        Thread.onSpinWait(); // the reader does not read until the sender has paused
      }
      assertArrayEquals(content, reader.readAll(content.length));
      sending.result();
      assertTrue(pauses.get() > 0);
    }
  }

  @Test
  void aClientSpeaksToAServiceOnAPath() throws Exception {
    String path = dir.resolve("s").toString();
    try (Listener service = Net.listen("unix", path);
        Listener front = Net.listen("tcp", "127.0.0.1:0");
        Conn client = Net.dial("tcp", front.addr().toString());
        Conn accepted = front.accept()) {
      Job<?> tunnel = crew.start("tunnel", () -> tunnel(accepted, path));
      try (Conn served = service.accept()) {
        client.write("question".getBytes(UTF_8));
        client.closeWrite();
        assertEquals("question", new String(served.readAll(100), UTF_8));
        served.write("answer".getBytes(UTF_8));
      }
      assertEquals("answer", new String(client.readAll(100), UTF_8));
      tunnel.result();
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(TransferGuideTest.class, 1);
  }
}

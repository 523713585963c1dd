package gonet.test.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.UdpConn;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The examples of docs/guide.md on datagrams; the last test holds that it shows them. */
@LeakCheck
@Timeout(180)
class DatagramGuideTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** Asks by UDP, up to {@code tries} times: a datagram may be lost, and so may its answer. */
  static byte[] askByUdp(String server, byte[] question, int tries) throws IOException {
    try (Conn conn = Net.dial("udp", server)) {
      conn.setReadTimeout(Duration.ofSeconds(1));
      byte[] answer = new byte[1500];
      for (int left = tries; ; left--) {
        conn.write(question);
        try {
          return Arrays.copyOf(answer, conn.read(answer)); // a refusal is thrown: nobody is there
        } catch (NetTimeoutException e) {
          if (left == 1) {
            throw e;
          }
        }
      }
    }
  }

  /** Answers everybody, from the address that was asked; makes no object for a datagram. */
  static void answer(UdpConn conn) throws IOException {
    conn.setReceiveLocalAddr(true);
    Datagram d = Datagram.allocate(1500);
    while (true) {
      conn.receive(d);
      if (!d.truncated()) {
        d.data().put(0, (byte) '!');
        conn.send(d); // back to the sender
      }
    }
  }

  /** The same for many at once: one system call receives what is there, one sends it back. */
  static void answerInBatches(UdpConn conn) throws IOException {
    DatagramBatch batch = DatagramBatch.allocate(32, 1500);
    while (true) {
      int received = conn.receive(batch);
      for (int i = 0; i < received; i++) {
        batch.get(i).data().put(0, (byte) '!');
      }
      for (int sent = 0; sent < received; ) {
        sent += conn.send(batch, sent, received - sent);
      }
    }
  }

  // end of example

  // example
  /** Sends much as datagrams of at most 1,200 bytes, fifty with each system call. */
  static void sendInPieces(UdpConn conn, ByteBuffer much) throws IOException {
    Datagram fifty = Datagram.allocate(50 * 1200).setSegmentSize(1200);
    while (much.hasRemaining()) {
      ByteBuffer data = fifty.data().clear();
      int n = Math.min(much.remaining(), data.remaining());
      data.put(0, much, much.position(), n).limit(n);
      conn.send(fifty); // the kernel, or the network card, cuts it
      much.position(much.position() + n);
    }
  }

  // end of example

  private static void untilClosed(Answering answering, UdpConn conn) throws IOException {
    assertThrows(NetClosedException.class, () -> answering.run(conn));
  }

  private interface Answering {
    void run(UdpConn conn) throws IOException;
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio does not tell to which address a datagram was sent")
  @Proves("udp")
  void aQuestionIsAnsweredFromTheAddressThatWasAsked() throws Exception {
    try (UdpConn server = ListenConfig.defaults().listenUdp("udp4", ":0")) {
      crew.start("answers", () -> untilClosed(DatagramGuideTest::answer, server));
      String at = "127.0.0.2:" + server.localAddr().port(); // a connected socket hears it alone
      assertEquals("!ho", new String(askByUdp(at, "who".getBytes(UTF_8), 10), UTF_8));
    }
  }

  @Test
  @Proves("udp")
  void aQuestionIsAnsweredInABatchOfOneToo() throws Exception {
    try (UdpConn server = ListenConfig.defaults().listenUdp("udp", "127.0.0.1:0")) {
      crew.start("answers", () -> untilClosed(DatagramGuideTest::answerInBatches, server));
      String at = server.localAddr().toString();
      assertEquals("!ho", new String(askByUdp(at, "who".getBytes(UTF_8), 10), UTF_8));
    }
  }

  @Test
  @Proves("udp")
  void whereNobodyIsTheQuestionIsRefused() throws Exception {
    UdpConn gone = ListenConfig.defaults().listenUdp("udp", "127.0.0.1:0");
    gone.close();
    assertThrows(
        NetSocketException.class,
        () -> askByUdp(gone.localAddr().toString(), "who".getBytes(UTF_8), 2));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio has no segmentation")
  @Proves("udp")
  void muchIsSentInPiecesThatArriveInTheirOrder() throws Exception {
    ByteBuffer much = ByteBuffer.allocate(70_000);
    for (int i = 0; i < 17_500; i++) {
      much.putInt(4 * i, i);
    }
    try (UdpConn server =
            ListenConfig.defaults().withReadBuffer(400_000).listenUdp("udp4", "127.0.0.1:0");
        UdpConn client = (UdpConn) Net.dial("udp4", server.localAddr().toString())) {
      sendInPieces(client, much);
      assertEquals(0, much.remaining());
      ByteBuffer in = ByteBuffer.allocate(70_000);
      server.setReadTimeout(Duration.ofSeconds(20));
      for (int i = 0; i < 59; i++) {
        int before = in.position();
        server.receive(in);
        assertEquals(i == 58 ? 400 : 1200, in.position() - before);
      }
      assertEquals(much.rewind(), in.flip());
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(DatagramGuideTest.class, 2);
  }
}

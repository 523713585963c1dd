package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One direction ends and the other goes on: shutdown(2), RFC 9293, 3.6. */
@LeakCheck
@Proves({"tcp-half-close", "B31"})
class HalfCloseTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @Test
  void aSecondCloseWriteChangesNothingAndAWriteBehindItFails() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      pair.client().write("request".getBytes(US_ASCII));
      pair.client().closeWrite();
      pair.client().closeWrite();
      NetSocketException e =
          assertThrows(NetSocketException.class, () -> pair.client().write(new byte[1]));
      assertEquals("EPIPE", e.errno(), e.getMessage());
      assertEquals(0, e.bytesTransferred());
      assertEquals("request", new String(pair.server().readAll(), US_ASCII));
      pair.server().write("answer".getBytes(US_ASCII));
      pair.server().close();
      assertEquals("answer", new String(pair.client().readAll(), US_ASCII));
      // Both directions have ended: the kernel may say ENOTCONN now.
      try {
        pair.client().closeWrite();
      } catch (NetSocketException gone) {
        assertEquals("ENOTCONN", gone.errno());
      }
    }
  }

  @Test
  @Proves({"uv-shutdown", "B1"})
  void closeWriteComesBehindTheWholeWriteThatIsInProgress() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      byte[] data = new byte[300_000];
      new Random(1).nextBytes(data);
      Job<Void> writer = crew.start("writer", () -> pair.client().write(data)).awaitParked();
      Job<Void> closer = crew.start("closer", () -> pair.client().closeWrite()).awaitParked();
      assertArrayEquals(data, pair.server().readAll());
      writer.result();
      closer.result();
    }
  }

  /** Linux goes on delivering what arrives after SHUT_RD, so the end must be gonet's own doing. */
  @Test
  void afterCloseReadNothingIsDeliveredAlthoughTheKernelHasIt() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      pair.server().write("before".getBytes(US_ASCII));
      pair.client().awaitReadable();
      pair.client().closeRead();
      assertEquals(-1, pair.client().read(new byte[10]));
      pair.server().write("behind".getBytes(US_ASCII));
      assertEquals(-1, pair.client().read(new byte[10]));
      pair.client().awaitReadable();
      assertEquals(-1, pair.client().read(new byte[10]));
      // The other direction works.
      pair.client().write("answer".getBytes(US_ASCII));
      byte[] got = new byte[6];
      pair.server().readFully(got);
      assertEquals("answer", new String(got, US_ASCII));
    }
  }

  @Test
  void closeReadEndsTheReadsThatWait() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      Job<Integer> reader = crew.compute("reader", () -> pair.client().read(new byte[1]));
      reader.awaitParked();
      Job<Integer> behind = crew.compute("behind", () -> pair.client().read(new byte[1]));
      behind.awaitParked();
      pair.client().closeRead();
      assertEquals(-1, reader.result());
      assertEquals(-1, behind.result());
    }
  }

  /** Both FINs may cross on the wire: the states FIN_WAIT_1, CLOSING and TIME_WAIT. */
  @RepeatedTest(100)
  void bothSidesMayEndTheirDirectionAtTheSameTime() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      CountDownLatch go = new CountDownLatch(1);
      Job<String> left = crew.compute("left", () -> sayAndHear(pair.client(), "left", go));
      Job<String> right = crew.compute("right", () -> sayAndHear(pair.server(), "right", go));
      go.countDown();
      assertEquals("right", left.result());
      assertEquals("left", right.result());
    }
  }

  @RepeatedTest(100)
  @Proves("C5")
  void bothSidesMayCloseAtTheSameTime() throws Exception {
    TcpPair pair = TcpPair.connect();
    CountDownLatch go = new CountDownLatch(1);
    for (Conn conn : new Conn[] {pair.client(), pair.server()}) {
      crew.start(
          "closer",
          () -> {
            go.await();
            conn.close();
          });
    }
    go.countDown();
    crew.join();
    assertTrue(pair.client().isClosed() && pair.server().isClosed());
  }

  /** A proxy that passes on each end in its own direction keeps both streams whole. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aProxyPassesOnHalfClosesInBothDirections(boolean clientEndsFirst) throws Exception {
    byte[] request = new byte[500_000];
    new Random(2).nextBytes(request);
    byte[] answer = new byte[700_000];
    new Random(3).nextBytes(answer);
    try (Listener backend = Net.listen("tcp", "127.0.0.1:0");
        Listener front = Net.listen("tcp", "127.0.0.1:0")) {
      crew.start("proxy", () -> proxyOne(front, backend.addr().toString()));
      Job<byte[]> server =
          crew.compute(
              "server",
              () -> {
                try (Conn conn = backend.accept()) {
                  byte[] got = clientEndsFirst ? conn.readAll() : new byte[0];
                  conn.write(answer);
                  conn.closeWrite();
                  return clientEndsFirst ? got : conn.readAll();
                }
              });
      try (Conn client = Net.dial("tcp", front.addr().toString())) {
        byte[] got = clientEndsFirst ? new byte[0] : client.readAll();
        client.write(request);
        client.closeWrite();
        assertArrayEquals(answer, clientEndsFirst ? client.readAll() : got);
      }
      assertArrayEquals(request, server.result());
      crew.join();
    }
  }

  private void proxyOne(Listener front, String backend) throws Exception {
    try (Conn in = front.accept();
        Conn out = Net.dial("tcp", backend)) {
      Job<Void> there = crew.start("there", () -> copy(in, out));
      copy(out, in);
      there.result();
    }
  }

  private static void copy(Conn from, Conn to) throws IOException {
    byte[] buf = new byte[8192];
    for (int n; (n = from.read(buf)) >= 0; ) {
      to.write(buf, 0, n);
    }
    to.closeWrite();
  }

  private static String sayAndHear(Conn conn, String word, CountDownLatch go) throws Exception {
    go.await();
    conn.write(word.getBytes(US_ASCII));
    try {
      conn.closeWrite();
    } catch (IOException e) {
      throw new AssertionError(NetFailure.isConnectionGone(e) ? "gone early" : "failed", e);
    }
    return new String(conn.readAll(), US_ASCII);
  }
}

package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.ForwardingConn;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.Cork;
import gonet.tls.Tls;
import gonet.tls.TlsConn;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes that leave together. */
@LeakCheck
@Timeout(180)
@Proves("tls-cork")
class CorkTest {
  private final List<Integer> writes = new ArrayList<>();
  private ConnPair pair;
  private TlsConn conn;
  private TlsConn other;

  /** A client that notes what is written beneath it. */
  @BeforeEach
  void connect() throws Exception {
    pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
    conn =
        Tls.client(
            new ForwardingConn(pair.left()) {
              @Override
              public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
                writes.add(src.remaining());
                super.write(src, limit);
              }
            },
            TlsPairs.client().versions(TlsVersion.TLS_1_3).build());
    other = Tls.server(pair.right(), TlsPairs.server().build());
    TlsPairs.shakeHands(conn, other);
    writes.clear();
  }

  @AfterEach
  void close() {
    conn.close();
    other.close();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private void assertArrives(byte[] wanted) throws IOException {
    byte[] got = new byte[wanted.length];
    other.readFully(got);
    assertArrayEquals(wanted, got);
  }

  /**
   * Whether these were the writes beneath, of so many records each. A record of AES-GCM adds 22
   * bytes (RFC 8446, 5.2), and JSSE some for padding.
   */
  private void assertWritten(int records, int... lengths) {
    assertEquals(lengths.length, writes.size(), writes::toString);
    for (int i = 0; i < lengths.length; i++) {
      int more = writes.get(i) - lengths[i] - 22 * records;
      assertTrue(more >= 0 && more <= 16 * records, writes::toString);
    }
  }

  @Test
  void manyWritesAreOneRecordAndOneWriteBeneath() throws Exception {
    byte[] all = random(1000);
    try (Cork cork = conn.cork()) {
      for (int i = 0; i < 1000; i += 100) {
        cork.write(all, i, 100);
      }
      assertEquals(1000, cork.heldBytes());
      assertEquals(List.of(), writes);
    }
    assertArrives(all);
    assertWritten(1, 1000);
  }

  @Test
  void flushSendsWhatIsHeldAndTheCorkGoesOn() throws Exception {
    try (Cork cork = conn.cork()) {
      cork.write(random(10));
      cork.flush();
      assertEquals(0, cork.heldBytes());
      assertArrives(random(10));
      cork.write(random(20));
      cork.flush();
      cork.flush();
    }
    assertArrives(random(20));
    assertWritten(1, 10, 20);
  }

  @Test
  void whatFillsARecordLeavesWithWhatWasHeldBefore() throws Exception {
    byte[] all = random(10 + 40_000);
    Thread writer =
        Net.go(
            "writer",
            () -> {
              try (Cork cork = conn.cork()) {
                cork.write(all, 0, 10);
                cork.write(all, 10, 40_000);
                assertEquals(0, cork.heldBytes());
              }
            });
    assertArrives(all);
    writer.join();
    assertWritten(3, all.length);
  }

  @Test
  void othersWriteInBetween() throws Exception {
    try (Cork cork = conn.cork()) {
      cork.write(random(10));
      conn.write(random(5));
      assertArrives(random(5));
    }
    assertArrives(random(10));
  }

  @Test
  void aClosedCorkWritesNothingMoreAndTheConnectionStaysOpen() throws Exception {
    Cork cork = conn.cork();
    cork.close();
    cork.close();
    assertThrows(IllegalStateException.class, () -> cork.write(new byte[1]));
    assertEquals(List.of(), writes);
    conn.write(random(3));
    assertArrives(random(3));
  }

  @Test
  void whatADeadlineKeptFromGoingOutIsHeldBackStill() throws Exception {
    try (ConnPair pipe = pipe()) {
      TlsConn left = (TlsConn) pipe.left();
      byte[] all = random(20_000);
      Cork cork = left.cork();
      cork.write(all, 0, 5000);
      left.setWriteTimeout(Duration.ofMillis(20));
      assertThrows(NetTimeoutException.class, cork::flush); // nobody reads
      int held = cork.heldBytes();
      // A record that was made goes out before the next one, so those bytes are no longer held.
      assertTrue(held == 0 || held == 5000, held + " bytes are held");
      left.setWriteTimeout(null);
      Thread writer =
          Net.go(
              "writer",
              () -> {
                cork.write(all, 5000, 15_000);
                cork.close();
              });
      byte[] got = new byte[all.length];
      pipe.right().readFully(got);
      assertArrayEquals(all, got);
      writer.join();
    }
  }

  private static ConnPair pipe() throws Exception {
    return TlsPairs.over(ConnPairs.pipe(), TlsVersion.TLS_1_3, true).connect();
  }
}

package gonet.test.live;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.live.MinRate;
import gonet.live.StalledException;
import gonet.test.BadPeer;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Senders and readers that are slow, and those that only look like it. */
@LeakCheck
@Timeout(180)
class MinRateTest {
  private static final Duration PER = Duration.ofMillis(300);
  private static final int RATE_BYTES = 1000;
  private static final MinRate RATE = MinRate.of(RATE_BYTES, PER);

  private ConnPair pair;
  private Conn conn;

  @BeforeEach
  void connect() throws IOException {
    pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
    conn = RATE.over(pair.left());
  }

  @AfterEach
  void close() {
    pair.close();
  }

  /** Each byte comes in time for any timeout between two bytes. */
  @Test
  void aSenderOfAByteNowAndThenIsFoundWhenTheTimeIsOver() throws Exception {
    Thread peer = trickle(1, Duration.ofMillis(10));
    conn.setReadTimeout(Duration.ofSeconds(20));
    long start = System.nanoTime();
    StalledException stalled =
        assertThrows(StalledException.class, () -> conn.readFully(new byte[100_000]));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertTrue(took.compareTo(PER) >= 0, took::toString);
    assertTrue(took.toMillis() < 20_000, took::toString);
    assertTrue(
        stalled.getMessage().matches("read tcp .*: stalled: \\d+ bytes, below 1000 in 0.3 s"),
        stalled::getMessage);
    assertFalse(conn.isClosed(), "an answer can still be written");
    conn.write(new byte[] {1});
    conn.close();
    peer.join();
  }

  /** The layer wakes up at moments of its own, and moves nothing. */
  @Test
  @Proves("conn-deadline-read-back")
  void theTimeoutsToldAreTheCallersOwn() throws Exception {
    assertNull(conn.readTimeout());
    assertNull(conn.writeTimeout());
    pair.right().write(new byte[1]);
    conn.readFully(new byte[1]);
    conn.write(new byte[1]);
    assertNull(conn.readTimeout());
    assertNull(conn.writeTimeout());
    Duration reads = Duration.ofSeconds(50);
    Duration writes = Duration.ofSeconds(51);
    conn.setReadTimeout(reads);
    conn.setWriteTimeout(writes);
    pair.right().write(new byte[1]);
    conn.readFully(new byte[1]);
    conn.write(new byte[1]);
    assertEquals(reads, conn.readTimeout());
    assertEquals(writes, conn.writeTimeout());
    assertEquals(reads, pair.left().readTimeout(), "there is one truth");
    assertEquals(writes, pair.left().writeTimeout());
  }

  @Test
  void aSenderAboveTheRateMayTakeItsTime() throws Exception {
    Thread peer = trickle(400, Duration.ofMillis(30)); // some 4000 in each stretch
    List<long[]> got = new ArrayList<>(); // moment, bytes
    byte[] buf = new byte[1000];
    try {
      for (int total = 0; total < 20_000; ) {
        int n = conn.read(buf);
        total += n;
        got.add(new long[] {System.nanoTime(), n});
      }
    } catch (StalledException e) {
      // Of a machine that stood still this is true. A limit that counts wrongly ends the read
      // although the time it speaks of brought enough.
      long since = System.nanoTime() - PER.toNanos();
      long lately = got.stream().filter(g -> g[0] > since).mapToLong(g -> g[1]).sum();
      assertTrue(lately < RATE_BYTES, () -> lately + " bytes came: " + e.getMessage());
    }
    conn.close();
    peer.join();
  }

  @Test
  void timeInAwaitReadableAndOutsideOfCallsIsNotHeldAgainstTheSender() throws Exception {
    for (int i = 0; i < 3; i++) {
      Thread peer =
          Net.go(
              () -> {
                LockSupport.parkNanos(PER.toNanos() * 3 / 2);
                pair.right().write(new byte[10]);
              });
      conn.awaitReadable();
      conn.readFully(new byte[10]);
      peer.join(); // and the program is busy for a while
    }
  }

  @Test
  void theCallersReadTimeoutHoldsInBoth() throws Exception {
    conn.setReadTimeout(Duration.ofMillis(20));
    assertThrows(NetTimeoutException.class, conn::awaitReadable);
    assertThrows(NetTimeoutException.class, () -> conn.read(new byte[1]));
  }

  @Test
  void aReaderThatTakesNothingIsFoundAndWhatWentOutIsCounted() throws Exception {
    StalledException stalled =
        assertThrows(StalledException.class, () -> conn.write(new byte[64 << 20]));
    assertTrue(stalled.bytesTransferred() > 0, stalled::getMessage);
    assertTrue(stalled.getMessage().startsWith("write tcp "), stalled::getMessage);
    conn.closeWrite();
    assertEquals(stalled.bytesTransferred(), pair.right().readAll().length);
  }

  @Test
  void aReaderAboveTheRateGetsEveryByteInOrderHoweverLongItTakes() throws Exception {
    byte[] data = new byte[8 << 20];
    new Random(5).nextBytes(data);
    byte[] got = new byte[data.length];
    AtomicLong lastRead = new AtomicLong();
    Thread peer =
        Net.go(
            () -> {
              for (int off = 0; off < got.length; off += 1 << 20) {
                LockSupport.parkNanos(PER.toNanos() / 2);
                pair.right().readFully(got, off, 1 << 20);
                lastRead.set(System.nanoTime());
              }
            });
    try {
      conn.write(data, 0, 1 << 20);
      ByteBuffer middle = ByteBuffer.wrap(data, 1 << 20, 3 << 20);
      conn.write(middle);
      assertFalse(middle.hasRemaining());
      conn.write(ByteBuffer.wrap(data, 4 << 20, 1 << 20), ByteBuffer.wrap(data, 5 << 20, 3 << 20));
    } catch (StalledException e) {
      conn.close();
      Duration silence = Duration.ofNanos(System.nanoTime() - lastRead.get());
      assertTrue(silence.compareTo(PER.dividedBy(2)) > 0, () -> silence + ": " + e.getMessage());
      Assumptions.abort("the machine stood still for longer than the limit");
    }
    peer.join();
    assertArrayEquals(data, got);
  }

  @Test
  void theCallersWriteTimeoutCountsWhatWentOutInAllParts() throws Exception {
    Conn patient = MinRate.of(1, Duration.ofMillis(700)).over(pair.left());
    patient.setWriteTimeout(Duration.ofMillis(1800)); // two stretches and a part
    Thread peer =
        Net.go(
            () -> {
              while (pair.right().read(new byte[100_000]) > 0) {
                LockSupport.parkNanos(10_000_000);
              }
            });
    NetTimeoutException timeout =
        assertThrows(NetTimeoutException.class, () -> patient.write(new byte[1 << 30]));
    assertTrue(timeout.bytesTransferred() > 1 << 20, () -> timeout.bytesTransferred() + " bytes");
    patient.close();
    peer.join();
  }

  @Test
  void aPeerThatStallsInTheMiddleOfItsMessageIsFound() throws Exception {
    try (BadPeer peer =
            BadPeer.listen(
                new gonet.test.Effect.SendBytes(new byte[500]),
                new gonet.test.Effect.Stall(Duration.ofSeconds(20)));
        Conn dialled = Net.dial("tcp", peer.address())) {
      Conn limited = RATE.over(dialled);
      StalledException stalled =
          assertThrows(StalledException.class, () -> limited.readFully(new byte[1000]));
      assertTrue(stalled.getMessage().contains("stalled: 500 bytes"), stalled::getMessage);
    }
  }

  @Test
  void numbersOutOfRangeAreRefusedByName() {
    assertThrows(IllegalArgumentException.class, () -> MinRate.of(0, PER));
    assertThrows(IllegalArgumentException.class, () -> MinRate.of(1, Duration.ZERO));
    assertEquals("MinRate[1000 in 0.3 s]", RATE.toString());
  }

  private Thread trickle(int bytes, Duration pause) {
    return Net.go(
        () -> {
          for (; ; ) {
            pair.right().write(new byte[bytes]);
            LockSupport.parkNanos(pause.toNanos());
          }
        });
  }
}

package gonet.test.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetTimeoutException;
import gonet.live.Heartbeat;
import gonet.live.PeerLostException;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Peers that answer, and peers that do not, in every way the heartbeat has to tell apart. */
@LeakCheck
@Timeout(180)
@Proves({"C9", "C13"})
class HeartbeatTest {
  private static final byte PING = 1;
  private static final byte DATA = 2;
  private static final Duration INTERVAL = Duration.ofMillis(200);
  private static final Duration TIMEOUT = Duration.ofMillis(100);
  private static final int MISSED = 3;

  private final AtomicInteger pings = new AtomicInteger();
  private final Heartbeat heartbeat =
      Heartbeat.of(
          INTERVAL,
          TIMEOUT,
          MISSED,
          c -> {
            pings.incrementAndGet();
            c.write(new byte[] {PING});
          });

  private ConnPair pair;
  private Conn conn;

  @BeforeEach
  void connect() throws IOException {
    pair = ConnPairs.dialled("tcp4", "127.0.0.1:0").connect();
    conn = heartbeat.over(pair.left());
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  @Proves("C17")
  void aPeerThatNeverAnswersIsGivenUpAfterTheComputedTimeAndItsConnectionIsReset()
      throws Exception {
    long start = System.nanoTime();
    PeerLostException lost = assertThrows(PeerLostException.class, () -> conn.read(new byte[1]));
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertEquals(Duration.ofMillis(500), heartbeat.detectionTime());
    assertTrue(took.compareTo(heartbeat.detectionTime()) >= 0, took::toString);
    assertTrue(took.toMillis() < 20_000, took::toString);
    assertEquals(MISSED, pings.get());
    assertEquals(MISSED, lost.missed());
    assertTrue(lost.silence().compareTo(heartbeat.detectionTime()) >= 0, lost::getMessage);
    assertTrue(lost.timeout());
    assertTrue(
        lost.getMessage().matches("read tcp .*: peer lost: no answer to 3 pings, silent .* s"),
        lost::getMessage);
    assertTrue(conn.isClosed());
    assertThrows(NetClosedException.class, () -> conn.read(new byte[1]));
  }

  @Test
  void aPeerThatAnswersStaysForAsLongAsItDoes() throws Exception {
    Thread peer = answer(1, DATA);
    for (int i = 0; i < 6; i++) {
      assertEquals(1, conn.read(new byte[1]));
    }
    assertTrue(pings.get() >= 6, () -> pings + " pings");
    conn.close();
    peer.join();
  }

  @Test
  void everySecondPingAnsweredIsEnough() throws Exception {
    Thread peer = answer(2, DATA);
    for (int i = 0; i < 4; i++) {
      assertEquals(1, conn.read(new byte[1]));
    }
    assertTrue(pings.get() >= 8, () -> pings + " pings");
    conn.close();
    peer.join();
  }

  /** It answers when it has been asked again, so the first ping counts as missed by then. */
  @Test
  void anAnswerThatComesLateCountsIfItComesBeforeTheLastIsMissed() throws Exception {
    Duration moment = Duration.ofMillis(20);
    int manyMissed = 500; // as many moments as a busy machine may need for an answer
    Heartbeat.Ping ping = c -> c.write(new byte[] {PING});
    Conn patient = Heartbeat.of(moment, moment, manyMissed, ping).over(pair.left());
    Thread peer = answer(2, DATA);
    for (int i = 0; i < 3; i++) {
      assertEquals(1, patient.read(new byte[1]));
    }
    patient.close();
    peer.join();
  }

  /** A sender that stands still for an interval is rightly asked, however busy its machine. */
  @Test
  void nothingIsAskedBeforeTheIntervalBehindTheLastByte() throws Exception {
    // Before each byte is sent: a silence begins later than that, however late its reader is.
    AtomicLongArray sent = new AtomicLongArray(20);
    long start = System.nanoTime();
    AtomicInteger read = new AtomicInteger();
    AtomicLong shortest = new AtomicLong(Long.MAX_VALUE);
    AtomicInteger asked = new AtomicInteger();
    Conn watched =
        Heartbeat.of(
                INTERVAL,
                TIMEOUT,
                1000,
                c -> {
                  // The first of a silence: the others come a timeout later.
                  if (asked.getAndIncrement() == 0) {
                    long last = read.get() == 0 ? start : sent.get(read.get() - 1);
                    shortest.accumulateAndGet(System.nanoTime() - last, Math::min);
                  }
                })
            .over(pair.left());
    Thread peer =
        Net.go(
            () -> {
              for (int i = 0; i < 20; i++) {
                LockSupport.parkNanos(INTERVAL.toNanos() / 4);
                sent.set(i, System.nanoTime());
                pair.right().write(new byte[] {DATA});
              }
              while (asked.get() == 0) {
                LockSupport.parkNanos(1_000_000); // a silence at last
              }
              pair.right().closeWrite();
            });
    for (byte[] one = new byte[1]; watched.read(one) > 0; ) {
      read.incrementAndGet();
      asked.set(0);
    }
    assertEquals(20, read.get());
    assertTrue(shortest.get() >= INTERVAL.toNanos(), () -> "asked after " + shortest + " ns");
    peer.join();
  }

  @Test
  void whoSendsDataInPlaceOfAnswersIsAlive() throws Exception {
    Thread peer = answer(1, (byte) 99);
    for (int i = 0; i < 3; i++) {
      conn.awaitReadable();
      byte[] buf = new byte[1];
      assertEquals(1, conn.read(buf));
      assertEquals(99, buf[0]);
    }
    conn.close();
    peer.join();
  }

  /** The ping cannot be written, and neither the reader nor its moments wait for that. */
  @Test
  void aPeerThatTakesNothingIsGivenUpAndItsWritersHearOfIt() throws Exception {
    AtomicInteger outcome = new AtomicInteger();
    Thread writer =
        Net.go(
            () -> {
              try {
                conn.write(new byte[64 << 20]);
              } catch (NetClosedException e) {
                outcome.set(1);
              }
            });
    Awaitility.await().until(() -> writer.getState() == Thread.State.WAITING);
    assertThrows(PeerLostException.class, () -> conn.read(new byte[1]));
    assertEquals(1, pings.get());
    writer.join();
    assertEquals(1, outcome.get());
  }

  @Test
  void theCallersOwnLimitsHoldAndDoNotBeginTheSilenceAnew() throws Exception {
    conn.setReadTimeout(Duration.ofMillis(30));
    long start = System.nanoTime();
    IOException last;
    int timeouts = 0;
    do {
      last = assertThrows(IOException.class, () -> conn.read(new byte[1]));
      timeouts += last instanceof NetTimeoutException ? 1 : 0;
    } while (last instanceof NetTimeoutException);
    assertInstanceOf(PeerLostException.class, last);
    assertTrue(timeouts > 3, timeouts + " timeouts");
    assertTrue(System.nanoTime() - start >= heartbeat.detectionTime().toNanos() / 2);
  }

  @Test
  void aDeadlineOfTheCallersEndsTheReadAndNotTheConnection() throws Exception {
    conn.setReadDeadline(Instant.now().plusMillis(50));
    assertThrows(NetTimeoutException.class, () -> conn.read(new byte[1]));
    assertThrows(NetTimeoutException.class, conn::awaitReadable);
    conn.setReadDeadline(null);
    pair.right().write(new byte[] {DATA});
    assertEquals(1, conn.read(new byte[1]));
  }

  @Test
  void numbersOutOfRangeAreRefusedByName() {
    Heartbeat.Ping ping = c -> {};
    for (Duration bad : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1)}) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> Heartbeat.of(bad, TIMEOUT, 1, ping));
      assertTrue(e.getMessage().contains("heartbeat interval"), e::getMessage);
      e = assertThrows(IllegalArgumentException.class, () -> Heartbeat.of(INTERVAL, bad, 1, ping));
      assertTrue(e.getMessage().contains("heartbeat timeout"), e::getMessage);
    }
    assertThrows(IllegalArgumentException.class, () -> Heartbeat.of(INTERVAL, TIMEOUT, 0, ping));
  }

  /** The peer: reads pings and answers every {@code nth}. */
  private Thread answer(int nth, byte answer) {
    return Net.go(
        () -> {
          byte[] one = new byte[1];
          for (int i = 1; pair.right().read(one) > 0; i++) {
            if (i % nth == 0) {
              pair.right().write(new byte[] {answer});
            }
          }
        });
  }
}

package gonet.live;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Net;
import gonet.Pipe;
import gonet.TimeLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a heartbeat does at each of its moments. All its times are a nanosecond, so that the next
 * moment is always near, and the test is all the readers there are.
 */
@Timeout(180)
class HeartbeatConnTest {
  private static final Duration MOMENT = Duration.ofNanos(1);

  private final Pipe pipe = Net.pipe();
  private final Conn beneath = pipe.first();
  private final AtomicInteger pings = new AtomicInteger();

  @AfterEach
  void close() {
    pipe.close();
  }

  private HeartbeatConn heartbeat(int maxMissed) {
    return heartbeat(maxMissed, c -> pings.incrementAndGet());
  }

  private HeartbeatConn heartbeat(int maxMissed, Heartbeat.Ping ping) {
    return new HeartbeatConn(beneath, Heartbeat.of(MOMENT, MOMENT, maxMissed, ping));
  }

  /** A reader waits in vain until the next moment. */
  private static void moment(HeartbeatConn conn) throws IOException {
    TimeLimit moment = conn.nextMoment();
    while (!moment.isOver()) {
      LockSupport.parkNanos(moment.left().toNanos());
    }
    conn.momentCame(0, 0);
  }

  @Test
  void aPeerIsLostAtTheMomentBehindTheLastPingAndItsConnectionWithIt() throws IOException {
    HeartbeatConn conn = heartbeat(2);
    moment(conn);
    moment(conn);
    assertFalse(beneath.isClosed());
    PeerLostException lost = assertThrows(PeerLostException.class, () -> moment(conn));
    assertEquals(2, lost.missed());
    assertTrue(beneath.isClosed());
  }

  @Test
  void bytesForgiveThePingsThatWereMissed() throws IOException {
    HeartbeatConn conn = heartbeat(2);
    for (int i = 0; i < 5; i++) {
      moment(conn);
      moment(conn);
      conn.done(1, 0);
    }
    assertFalse(beneath.isClosed());
  }

  /** Two readers wait for the same moment; the bytes come between the two. */
  @Test
  void aReaderWhoseMomentCameBehindBytesAsksNothing() throws IOException {
    HeartbeatConn conn = heartbeat(1);
    moment(conn);
    conn.done(1, 0);
    for (int i = 0; i < 3; i++) {
      conn.momentCame(0, 0);
    }
    assertFalse(beneath.isClosed());
    moment(conn); // a silence of its own
    assertThrows(PeerLostException.class, () -> moment(conn));
  }

  @Test
  void thereIsOnePingAtATimeAndAnotherBehindIt() throws Exception {
    Semaphore mayEnd = new Semaphore(0);
    HeartbeatConn conn =
        heartbeat(
            Integer.MAX_VALUE,
            c -> {
              pings.incrementAndGet();
              mayEnd.acquireUninterruptibly();
            });
    moment(conn);
    await().until(() -> pings.get() == 1);
    moment(conn);
    assertEquals(1, pings.get()); // the one under way is not over
    mayEnd.release(1000);
    await()
        .until(
            () -> {
              moment(conn);
              return pings.get() > 1;
            });
  }

  @Test
  void aPingThatFailsIsFollowedByOthers() {
    HeartbeatConn conn =
        heartbeat(
            Integer.MAX_VALUE,
            c -> {
              pings.incrementAndGet();
              throw new IOException("for the test");
            });
    await()
        .until(
            () -> {
              moment(conn);
              return pings.get() > 1;
            });
  }
}

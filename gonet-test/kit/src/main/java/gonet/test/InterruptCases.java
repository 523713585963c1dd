package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An interrupt ends a wait, is not forgotten, and harms no connection. */
@Proves("jvm-interrupt")
interface InterruptCases extends Cases {

  @Test
  default void anInterruptEndsAWaitingReadAndTheConnectionStaysUsable() throws Exception {
    CountDownLatch caught = new CountDownLatch(1);
    Job<Integer> reader =
        crew()
            .compute(
                "reader",
                () -> {
                  byte[] buf = new byte[1];
                  assertThrows(NetInterruptedException.class, () -> left().read(buf));
                  assertTrue(Thread.interrupted(), "the interrupt status was lost");
                  assertFalse(left().isClosed());
                  caught.countDown();
                  left().readFully(buf);
                  return (int) buf[0];
                });
    reader.awaitParked();
    reader.thread().interrupt();
    assertTrue(caught.await(20, TimeUnit.SECONDS));
    right().write(new byte[] {9});
    assertEquals(9, reader.result());
  }

  @Test
  default void anInterruptEndsAWaitingWriteWhichTellsHowMuchWentOut() throws Exception {
    Job<Long> writer =
        crew()
            .compute(
                "writer",
                () -> {
                  byte[] tooMuch = new byte[64 << 20];
                  var e = assertThrows(NetInterruptedException.class, () -> left().write(tooMuch));
                  assertTrue(Thread.interrupted(), "the interrupt status was lost");
                  return e.bytesTransferred();
                });
    right().readFully(new byte[1000]);
    writer.awaitParked();
    writer.thread().interrupt();
    long sent = writer.result();
    assertTrue(sent >= 1000, sent + " bytes");
    crew()
        .start(
            "last",
            () -> {
              left().write(new byte[] {1});
              left().closeWrite();
            });
    long got = 1000;
    byte last = 0;
    byte[] buf = new byte[1 << 16];
    for (int n; (n = right().read(buf)) >= 0; ) {
      got += n;
      last = n > 0 ? buf[n - 1] : last;
    }
    assertEquals(sent + 1, got);
    assertEquals(1, last);
  }

  @Test
  default void anInterruptEndsAwaitReadable() throws Exception {
    Job<?> waiter = crew().start("waiter", () -> left().awaitReadable()).awaitParked();
    waiter.thread().interrupt();
    waiter.failure(NetInterruptedException.class);
    assertFalse(left().isClosed());
  }

  @Test
  default void anInterruptEndsTheWaitForOnesTurnOnly() throws Exception {
    Job<Integer> first = crew().compute("first", () -> left().read(new byte[1])).awaitParked();
    Job<?> second = crew().start("second", () -> left().read(new byte[1])).awaitParked();
    second.thread().interrupt();
    second.failure(NetInterruptedException.class);
    right().write(new byte[1]);
    assertEquals(1, first.result());
  }

  @Test
  default void aReadThatNeedNotWaitCompletesAlthoughInterrupted() throws Exception {
    crew().start("writer", () -> right().write(new byte[1]));
    left().awaitReadable();
    Thread.currentThread().interrupt();
    int n = left().read(new byte[1]);
    assertTrue(Thread.interrupted(), "the interrupt status was lost");
    assertEquals(1, n);
  }

  @Test
  default void aCallThatWouldWaitFailsAtOnceWhileInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    try {
      for (int i = 0; i < 3; i++) {
        assertThrows(NetInterruptedException.class, () -> left().read(new byte[1]));
        assertThrows(NetInterruptedException.class, () -> left().awaitReadable());
        assertThrows(NetInterruptedException.class, () -> Traffic.flood(left()));
      }
    } finally {
      assertTrue(Thread.interrupted(), "the interrupt status was lost");
    }
    assertFalse(left().isClosed());
  }

  @Test
  default void anInterruptedThreadClosesAndStaysInterrupted() throws Exception {
    for (int i = 0; i < 20; i++) { // close need not wait for the reader to leave each time
      try (ConnPair pair = connect()) {
        Conn conn = pair.left();
        Job<?> reader = crew().start("reader", () -> conn.read(new byte[1])).awaitParked();
        Thread.currentThread().interrupt();
        conn.close();
        boolean kept = Thread.interrupted();
        assertTrue(kept, "the interrupt status was lost");
        reader.failure(NetClosedException.class);
        assertEquals(-1, pair.right().read(new byte[1]));
      }
    }
  }

  @Test
  default void anInterruptedThreadClosesGracefullyAndStaysInterrupted() throws Exception {
    Job<?> client =
        crew()
            .start(
                "client",
                () -> {
                  assertEquals(0, left().readAll().length);
                  left().close();
                });
    Thread.currentThread().interrupt();
    boolean clean = right().closeGracefully(Duration.ofSeconds(20));
    boolean kept = Thread.interrupted();
    assertTrue(kept, "the interrupt status was lost");
    assertTrue(clean, "the interrupt cut the wait for the other side short");
    client.result();
  }
}

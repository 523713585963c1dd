package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Go's {@code nettest.TestConn}, the cases about deadlines. */
@Proves("conn-deadline")
interface NettestTimeoutCases extends Cases {

  /** nettest: ReadTimeout. */
  @Test
  @Proves("error-deadline")
  default void aPastReadDeadlineFailsReadsAndSparesWrites() throws Exception {
    crew().extra("drain", () -> Traffic.drain(right()));
    left().setReadDeadline(Traffic.LONG_AGO);
    assertTimeout(() -> left().read(new byte[Traffic.CHUNK_BYTES]));
    left().write(new byte[Traffic.CHUNK_BYTES]);
  }

  /** nettest: WriteTimeout. */
  @Test
  default void aPastWriteDeadlineFailsWritesAndSparesReads() throws Exception {
    crew().extra("flood", () -> Traffic.flood(right()));
    left().setWriteDeadline(Traffic.LONG_AGO);
    assertTimeout(() -> left().write(new byte[Traffic.CHUNK_BYTES]));
    assertTrue(left().read(new byte[Traffic.CHUNK_BYTES]) > 0);
  }

  /** nettest: PastTimeout. */
  @Test
  @Proves({"conn-after-deadline", "B5"})
  default void aPastDeadlineTransfersNothingAndDoesNotPoisonTheConnection() throws Exception {
    crew().extra("echo", () -> Traffic.echo(right()));
    Traffic.roundTrip(left());
    left().setDeadline(Traffic.LONG_AGO);
    assertTimeout(() -> left().write(new byte[Traffic.CHUNK_BYTES]));
    assertTimeout(() -> left().read(new byte[Traffic.CHUNK_BYTES]));
    Traffic.roundTrip(left());
  }

  /** nettest: PresentTimeout. */
  @Test
  default void aDeadlineMovedIntoThePastEndsTheCallsThatWait() throws Exception {
    Job<?> reader = crew().start("reader", () -> left().read(new byte[Traffic.CHUNK_BYTES]));
    Job<?> writer = crew().start("writer", () -> Traffic.flood(left()));
    reader.awaitParked();
    writer.awaitParked();
    reader.staysFor(Duration.ofMillis(100));
    writer.staysFor(Duration.ofMillis(1));
    left().setReadDeadline(Traffic.LONG_AGO);
    left().setWriteDeadline(Traffic.LONG_AGO);
    assertEquals(0, reader.failure(NetTimeoutException.class).bytesTransferred());
    writer.failure(NetTimeoutException.class);
  }

  /** nettest: FutureTimeout. */
  @Test
  default void aDeadlineToComeEndsTheCallsThatWaitAndNoneTooEarly() throws Exception {
    long start = System.nanoTime();
    left().setDeadline(Instant.now().plusMillis(100));
    Job<?> reader = crew().start("reader", () -> left().read(new byte[Traffic.CHUNK_BYTES]));
    Job<?> writer = crew().start("writer", () -> Traffic.flood(left()));
    assertTrue(reader.failure(NetTimeoutException.class).timeout());
    assertTrue(writer.failure(NetTimeoutException.class).timeout());
    // A millisecond for what the wall clock and the monotonic one may differ by.
    assertTrue(System.nanoTime() - start >= Duration.ofMillis(99).toNanos());

    crew().extra("echo", () -> Traffic.echo(right()));
    Traffic.resync(left(), crew());
    Traffic.roundTrip(left());
  }

  /** nettest: CloseTimeout. */
  @Test
  default void closeEndsALoopOfReadsAndALoopOfWrites() throws Exception {
    crew().extra("echo", () -> Traffic.echo(right()));
    left().setDeadline(null);
    Conn conn = left();
    AtomicInteger reads = new AtomicInteger();
    Job<?> reader =
        crew()
            .start(
                "reader",
                () -> {
                  while (conn.read(new byte[Traffic.CHUNK_BYTES]) >= 0) {
                    reads.incrementAndGet();
                  }
                });
    Job<?> writer = crew().start("writer", () -> Traffic.flood(conn));
    Eventually.holds("a hundred reads", () -> reads.get() > 100);
    conn.close();
    reader.failure(IOException.class);
    writer.failure(IOException.class);
  }

  private static void assertTimeout(org.junit.jupiter.api.function.Executable call) {
    NetTimeoutException e = assertThrows(NetTimeoutException.class, call);
    assertTrue(e.timeout());
    assertEquals(0, e.bytesTransferred());
  }
}

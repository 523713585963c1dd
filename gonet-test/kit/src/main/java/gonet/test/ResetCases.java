package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetFailure;
import gonet.NetSocketException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A reset is never mistaken for the end of the stream. For networks that have resets. */
interface ResetCases extends Cases {

  @Test
  @Proves({"uv-read-error", "B18"})
  default void everyReadAfterAResetFails() {
    right().abort();
    for (int i = 0; i < 4; i++) {
      assertReadFailsAsReset(left());
    }
  }

  @Test
  @Proves("C19")
  default void aResetThenAWriteThenAReadIsNoCleanEnd() {
    right().abort();
    awaitWriteFails(left());
    for (int i = 0; i < 4; i++) {
      assertReadFailsAsReset(left());
      assertThrows(IOException.class, () -> left().write(new byte[1]));
    }
  }

  @Test
  default void aResetThatAwaitReadableMetIsNoCleanEnd() throws Exception {
    right().abort();
    left().awaitReadable();
    left().awaitReadable();
    awaitWriteFails(left());
    assertReadFailsAsReset(left());
    assertReadFailsAsReset(left());
  }

  @Test
  default void aResetWakesTheReaderAndTheWriter() throws Exception {
    Job<?> reader = crew().start("reader", () -> left().read(new byte[1])).awaitParked();
    Job<?> writer = crew().start("writer", () -> Traffic.flood(left())).awaitParked();
    right().abort();
    assertTrue(NetFailure.isConnectionGone(reader.failure(IOException.class)));
    assertTrue(NetFailure.isConnectionGone(writer.failure(IOException.class)));
    assertReadFailsAsReset(left());
  }

  @Test
  default void whatArrivedBeforeAResetIsDeliveredFirst() throws Exception {
    byte[] data = Traffic.random(5000, 10);
    right().write(data);
    left().awaitReadable();
    right().abort();
    awaitWriteFails(left());
    byte[] got = new byte[5000];
    left().readFully(got);
    assertArrayEquals(data, got);
    assertReadFailsAsReset(left());
    assertReadFailsAsReset(left());
  }

  @Test
  default void readAllNeverReturnsATruncatedStreamAfterAReset() throws Exception {
    crew().extra("flood", () -> Traffic.flood(right()));
    Job<?> reader = crew().compute("reader", () -> left().readAll());
    Eventually.holds("reader runs", () -> reader.thread().isAlive());
    right().abort();
    reader.failure(NetSocketException.class);
  }

  private static void assertReadFailsAsReset(Conn conn) {
    NetSocketException e = assertThrows(NetSocketException.class, () -> conn.read(new byte[1]));
    assertEquals("ECONNRESET", e.errno(), e.getMessage());
    assertTrue(NetFailure.isConnectionGone(e));
  }

  /** The reset needs a moment to arrive, and a write is the one call that takes nothing away. */
  private static void awaitWriteFails(Conn conn) {
    Eventually.holds(
        "writes fail",
        () -> {
          try {
            conn.write(new byte[1]);
            return false;
          } catch (IOException e) {
            return NetFailure.isConnectionGone(e);
          }
        });
  }
}

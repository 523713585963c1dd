package gonet.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetTimeoutException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Waiting for input without a buffer. */
@Proves("raw-wait")
interface AwaitReadableCases extends Cases {

  @Test
  default void awaitReadableReturnsWithDataAndTakesNone() throws Exception {
    Job<?> waiter = crew().start("waiter", () -> left().awaitReadable()).awaitParked();
    crew().start("writer", () -> right().write(new byte[] {1, 2}));
    waiter.result();
    left().awaitReadable();
    byte[] got = new byte[2];
    left().readFully(got);
    assertEquals(1, got[0]);
    assertEquals(2, got[1]);
  }

  @Test
  default void awaitReadableWaitsAgainWhenAllIsRead() throws Exception {
    for (int i = 0; i < 3; i++) {
      Job<?> waiter = crew().start("waiter", () -> left().awaitReadable());
      waiter.awaitParked().staysFor(Duration.ofMillis(20));
      Job<?> writer = crew().start("writer", () -> right().write(new byte[1]));
      waiter.result();
      assertEquals(1, left().read(new byte[8]));
      writer.result();
    }
  }

  @Test
  default void awaitReadableReturnsAtTheEndOfTheStream() throws Exception {
    Job<?> waiter = crew().start("waiter", () -> left().awaitReadable()).awaitParked();
    right().closeWrite();
    waiter.result();
    left().awaitReadable();
    assertEquals(-1, left().read(new byte[1]));
  }

  @Test
  default void awaitReadableKeepsTheReadDeadline() throws Exception {
    left().setReadDeadline(Instant.now().plusMillis(30));
    assertThrows(NetTimeoutException.class, () -> left().awaitReadable());
    left().setReadDeadline(Traffic.LONG_AGO);
    crew().start("writer", () -> right().write(new byte[1]));
    assertThrows(NetTimeoutException.class, () -> left().awaitReadable());
    left().setReadDeadline(null);
    left().awaitReadable();
    assertEquals(1, left().read(new byte[8]));
  }

  @Test
  default void awaitReadableKeepsTheReadTimeout() throws Exception {
    left().setReadTimeout(Duration.ofMillis(30));
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      assertThrows(NetTimeoutException.class, () -> left().awaitReadable());
      assertTrue(System.nanoTime() - start >= Duration.ofMillis(30).toNanos());
    }
  }
}

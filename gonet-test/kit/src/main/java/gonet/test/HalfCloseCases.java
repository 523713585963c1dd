package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.NetFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The ends of the two directions, one by one. */
@Proves({"tcp-half-close", "jvm-half-close"})
interface HalfCloseCases extends Cases {

  @Test
  @Proves({"A7", "B30"})
  default void closeWriteEndsOneDirectionBehindItsBytesAndTheOtherGoesOn() throws Exception {
    byte[] request = Traffic.random(100_000, 6);
    byte[] response = Traffic.random(200_000, 7);
    crew()
        .start(
            "client",
            () -> {
              left().write(request);
              left().closeWrite();
            });
    assertArrayEquals(request, right().readAll());
    crew()
        .start(
            "server",
            () -> {
              right().write(response);
              right().closeWrite();
            });
    assertArrayEquals(response, left().readAll());
    crew().join();
    assertFalse(left().isClosed());
    assertFalse(right().isClosed());
  }

  @Test
  default void bothSidesMayEndTheirDirectionsAndBothSeeTheEnd() throws Exception {
    left().closeWrite();
    right().closeWrite();
    assertEquals(-1, left().read(new byte[1]));
    assertEquals(-1, right().read(new byte[1]));
  }

  @Test
  default void writesAfterCloseWriteFailAndReadsDoNot() throws Exception {
    left().closeWrite();
    for (int i = 0; i < 3; i++) {
      IOException e = assertThrows(IOException.class, () -> left().write(new byte[1]));
      assertInstanceOf(NetFailure.class, e);
    }
    crew().start("writer", () -> right().write(new byte[] {3}));
    byte[] got = new byte[1];
    left().readFully(got);
    assertEquals(3, got[0]);
  }

  @Test
  default void closeWriteWakesAReaderWithTheEnd() throws Exception {
    Job<Integer> reader = crew().compute("reader", () -> right().read(new byte[1]));
    reader.awaitParked();
    left().closeWrite();
    assertEquals(-1, reader.result());
  }

  /** It was for writes, and there are no more. */
  @Test
  default void closeWriteWorksThoughTheDeadlineOfWritesHasPassed() throws Exception {
    Job<Integer> reader = crew().compute("reader", () -> right().read(new byte[1]));
    left().setWriteDeadline(Traffic.LONG_AGO);
    left().closeWrite();
    assertEquals(-1, reader.result());
  }

  @Test
  default void closeReadEndsAWaitingReadAndAllLaterOnesAndSparesWrites() throws Exception {
    Job<Integer> reader = crew().compute("reader", () -> left().read(new byte[1]));
    reader.awaitParked();
    left().closeRead();
    assertEquals(-1, reader.result());
    assertEquals(-1, left().read(new byte[1]));
    assertEquals(-1, left().read(ByteBuffer.allocate(1)));
    left().awaitReadable();
    crew().start("writer", () -> left().write(new byte[] {4}));
    byte[] got = new byte[1];
    right().readFully(got);
    assertEquals(4, got[0]);
  }

  @Test
  @Proves({"B19", "B53"})
  default void theEndIsReportedAgainAndAgain() throws Exception {
    right().close();
    for (int i = 0; i < 5; i++) {
      assertEquals(-1, left().read(new byte[1]));
      assertEquals(-1, left().read(ByteBuffer.allocate(1)));
      assertEquals(-1, left().read(ByteBuffer.allocateDirect(1)));
      left().awaitReadable();
    }
    assertEquals(0, left().readAll().length);
  }
}

package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.test.Callers;
import gonet.test.ConnContract;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Over a pipe, which has no buffer: the end of a direction is the alert close_notify, so bytes, and
 * bytes wait there for their reader. Where a case ends a direction while nobody reads, it stands
 * here with a reader. The rest is as it is for all.
 */
@ParameterizedClass
@EnumSource(names = "VIRTUAL")
@Proves("tls-conn")
class TlsPipeContractTest extends ConnContract {
  TlsPipeContractTest(Callers callers) {
    super(TlsPairs.over(ConnPairs.pipe(), TlsVersion.TLS_1_3, true), callers);
  }

  private Job<Integer> reading(Conn conn) {
    return crew().compute("reads the end", () -> conn.read(new byte[1])).awaitParked();
  }

  @Test
  @Override
  public void bothSidesMayEndTheirDirectionsAndBothSeeTheEnd() throws Exception {
    Job<Integer> right = reading(right());
    left().closeWrite();
    assertEquals(-1, right.result());
    Job<Integer> left = reading(left());
    right().closeWrite();
    assertEquals(-1, left.result());
  }

  @Test
  @Override
  public void writesAfterCloseWriteFailAndReadsDoNot() throws Exception {
    Job<Integer> right = reading(right());
    left().closeWrite();
    assertEquals(-1, right.result());
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
  @Override
  public void theEndIsReportedAgainAndAgain() throws Exception {
    Job<Integer> left = reading(left());
    right().close();
    assertEquals(-1, left.result());
    for (int i = 0; i < 5; i++) {
      assertEquals(-1, left().read(new byte[1]));
      assertEquals(-1, left().read(ByteBuffer.allocateDirect(1)));
      left().awaitReadable();
    }
    assertEquals(0, left().readAll().length);
  }

  @Test
  @Override
  public void aHundredThreadsMayCloseAtOnce() throws Exception {
    Job<?> reader = crew().start("reader", () -> left().read(new byte[1])).awaitParked();
    Job<Integer> right = reading(right());
    List<Job<Void>> closers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      closers.add(
          crew()
              .start(
                  "closer",
                  () -> {
                    left().close();
                    assertTrue(left().isClosed());
                  }));
    }
    for (Job<Void> closer : closers) {
      closer.result();
    }
    reader.failure(NetClosedException.class);
    assertEquals(-1, right.result());
  }

  @Test
  @Override
  public void anInterruptedThreadClosesAndStaysInterrupted() throws Exception {
    for (int i = 0; i < 3; i++) {
      try (ConnPair pair = connect()) {
        Conn conn = pair.left();
        Job<?> reader = crew().start("reader", () -> conn.read(new byte[1])).awaitParked();
        Job<Integer> right = reading(pair.right());
        Thread.currentThread().interrupt();
        conn.close();
        assertTrue(Thread.interrupted(), "the interrupt status was lost");
        reader.failure(NetClosedException.class);
        assertEquals(-1, right.result());
      }
    }
  }

  @Test
  @Override
  public void closingTheInputStreamClosesTheConnection() throws Exception {
    Job<Integer> right = reading(right());
    left().inputStream().close();
    assertTrue(left().isClosed());
    assertEquals(-1, right.result());
  }

  @Test
  @Override
  public void closingTheOutputStreamClosesTheConnection() throws Exception {
    Job<Integer> right = reading(right());
    left().outputStream().close();
    assertTrue(left().isClosed());
    assertEquals(-1, right.result());
  }

  @Test
  @Override
  public void theChannelReadsWritesAndClosesTheConnection() throws Exception {
    ByteChannel channel = left().channel();
    byte[] data = {1, 2, 3, 4, 5};
    Job<Integer> writer = crew().compute("writer", () -> channel.write(ByteBuffer.wrap(data)));
    byte[] got = new byte[data.length];
    right().readFully(got);
    assertArrayEquals(data, got);
    assertEquals(data.length, writer.result());
    Job<Integer> right = reading(right());
    channel.close();
    assertFalse(channel.isOpen());
    assertTrue(left().isClosed());
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    assertEquals(-1, right.result());
  }
}

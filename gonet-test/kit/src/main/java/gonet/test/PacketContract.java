package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * {@link ConnContract} for connections whose writes are messages, as those of {@code unixpacket}
 * are. A case that reads a message in pieces, or writes more than a message can be, stands here in
 * the form that messages have; the rest of those cannot hold and are left out, with the reason.
 */
public abstract class PacketContract extends ConnContract {
  private static final Duration MOMENT = Duration.ofMillis(30);

  /** As {@link ConnContract#ConnContract}. */
  protected PacketContract(ConnPairs pairs, Callers callers) {
    super(pairs, callers);
  }

  @Test
  @Override
  public void aReadReturnsWhatIsThereAndTouchesNoOtherByte() throws Exception {
    left().write(new byte[] {1, 2, 3});
    byte[] buf = new byte[8];
    assertEquals(3, right().read(buf, 2, 6));
    assertArrayEquals(new byte[] {0, 0, 1, 2, 3, 0, 0, 0}, buf);
  }

  @Test
  @Override
  public void buffersOfEveryKindCarryTheSameBytes() throws Exception {
    byte[] data = Traffic.random(1000, 2);
    ByteBuffer[] srcs = {
      ByteBuffer.allocateDirect(1000).put(data).flip(),
      ByteBuffer.wrap(data).slice(),
      ByteBuffer.wrap(data).asReadOnlyBuffer()
    };
    for (ByteBuffer src : srcs) {
      left().write(src);
      assertFalse(src.hasRemaining());
    }
    for (ByteBuffer dst :
        new ByteBuffer[] {
          ByteBuffer.allocate(1200), ByteBuffer.allocateDirect(1200), ByteBuffer.allocate(1000)
        }) {
      assertEquals(1000, right().read(dst));
      byte[] got = new byte[1000];
      dst.flip().get(got);
      assertArrayEquals(data, got);
    }
  }

  /** As one message, which the kernel bounds at some 200 KB. */
  @Test
  @Override
  public void aGatheringWriteSendsManyOddBuffersInOrder() throws Exception {
    byte[] data = Traffic.random(100_000, 3);
    ByteBuffer[] srcs = new ByteBuffer[2000];
    for (int i = 0; i < srcs.length; i++) {
      srcs[i] = i % 2 == 0 ? ByteBuffer.allocate(0) : ByteBuffer.wrap(data, i / 2 * 100, 100);
    }
    left().write(srcs);
    byte[] got = new byte[data.length + 1];
    assertEquals(data.length, right().read(got));
    assertArrayEquals(data, java.util.Arrays.copyOf(got, data.length));
  }

  @Test
  @Override
  public void oneDirectionCarriesEveryByteWhileAWriteOfTheOtherWaits() throws Exception {
    Job<?> there = crew().start("there", () -> Traffic.flood(left())).awaitParked();
    byte[] got = new byte[64];
    for (int i = 0; i < 1000; i++) {
      byte[] back = Traffic.random(64, i);
      right().write(back);
      assertEquals(64, left().read(got));
      assertArrayEquals(back, got);
    }
    there.awaitParked();
    left().close();
    there.failure(gonet.NetClosedException.class);
  }

  @Test
  @Override
  public void severalReadersGetEveryByteOnce() throws Exception {
    int messages = 400;
    crew()
        .start(
            "writer",
            () -> {
              for (int i = 0; i < messages; i++) {
                left().write(new byte[1 + i % 700]);
              }
              left().closeWrite();
            });
    var readers = new java.util.ArrayList<Job<Integer>>();
    for (int i = 0; i < 4; i++) {
      readers.add(
          crew()
              .compute(
                  "reader " + i,
                  () -> {
                    int count = 0;
                    while (right().read(new byte[700]) >= 0) {
                      count++;
                    }
                    return count;
                  }));
    }
    int got = 0;
    for (Job<Integer> reader : readers) {
      got += reader.result();
    }
    assertEquals(messages, got);
  }

  /** Left out: it collects a stream in buffers of its own sizes, which cut messages. */
  @Override
  public void readAllTakesExactlyItsLimitAndRefusesMore() {}

  @Test
  @Override
  public void closeWriteEndsOneDirectionBehindItsBytesAndTheOtherGoesOn() throws Exception {
    byte[] got = new byte[10];
    left().write(new byte[3]);
    left().write(new byte[4]);
    left().closeWrite();
    assertEquals(3, right().read(got));
    assertEquals(4, right().read(got));
    assertEquals(-1, right().read(got));
    right().write(new byte[5]);
    right().closeWrite();
    assertEquals(5, left().read(got));
    assertEquals(-1, left().read(got));
    assertFalse(left().isClosed());
    assertFalse(right().isClosed());
  }

  @Test
  @Override
  public void closeGracefullyDeliversTheAnswerToARequestNobodyRead() throws Exception {
    left().write(new byte[50_000]);
    Job<Boolean> server =
        crew()
            .compute(
                "server",
                () -> {
                  right().write(new byte[40_000]);
                  return right().closeGracefully(Duration.ofSeconds(20));
                });
    byte[] got = new byte[50_000];
    assertEquals(40_000, left().read(got));
    assertEquals(-1, left().read(got));
    left().close();
    assertTrue(server.result());
  }

  /** A message goes out whole or not at all. */
  @Test
  @Override
  public void anInterruptEndsAWaitingWriteWhichTellsHowMuchWentOut() throws Exception {
    Job<?> writer = crew().start("writer", () -> Traffic.flood(left())).awaitParked();
    writer.thread().interrupt();
    assertEquals(0, writer.failure(NetInterruptedException.class).bytesTransferred());
    assertEquals(Traffic.CHUNK_BYTES, right().read(new byte[2 * Traffic.CHUNK_BYTES]));
  }

  @Test
  @Override
  public void aWriteTimeoutBoundsTheWholeWriteAndTellsHowMuchWentOut() throws Exception {
    left().setWriteTimeout(MOMENT);
    NetTimeoutException e = assertThrows(NetTimeoutException.class, () -> Traffic.flood(left()));
    assertEquals(0, e.bytesTransferred());
    assertFalse(left().isClosed());
  }

  @Test
  @Override
  public void aLimitBoundsAWriteWhichTellsHowMuchWentOut() throws Exception {
    TimeLimit limit = TimeLimit.after(MOMENT);
    NetTimeoutException e =
        assertThrows(NetTimeoutException.class, () -> Traffic.flood(left().within(limit)));
    assertSame(limit, e.limit());
    assertEquals(0, e.bytesTransferred());
    assertFalse(left().isClosed());
  }
}

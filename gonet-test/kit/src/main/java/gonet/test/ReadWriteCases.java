package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetClosedException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What reads and writes of every shape do with their bytes, their buffers and the end. */
interface ReadWriteCases extends Cases {

  @Test
  default void readsOfNothingReturnZeroAtOnce() throws Exception {
    assertEquals(0, left().read(new byte[0]));
    assertEquals(0, left().read(new byte[4], 4, 0));
    assertEquals(0, left().read(ByteBuffer.allocate(0)));
    assertEquals(0, left().read(ByteBuffer.allocateDirect(4).position(4)));
    left().readFully(new byte[0]);
    assertEquals(0, right().read(new byte[0]));
  }

  @Test
  default void writesOfNothingReturnAtOnceAndSendNothing() throws Exception {
    left().write(new byte[0]);
    left().write(new byte[4], 4, 0);
    left().write(ByteBuffer.allocate(0));
    left().write(new ByteBuffer[0]);
    left().write(new ByteBuffer[] {ByteBuffer.allocate(0), ByteBuffer.allocateDirect(0)});
    crew().start("writer", () -> left().write(new byte[] {7}));
    byte[] buf = new byte[4];
    assertEquals(1, right().read(buf));
    assertArrayEquals(new byte[] {7, 0, 0, 0}, buf);
  }

  @Test
  default void rangesOutsideTheArrayAndReadOnlyTargetsAreRefused() {
    byte[] buf = new byte[4];
    for (int[] range : new int[][] {{-1, 1}, {0, 5}, {4, 1}, {0, -1}, {1, Integer.MAX_VALUE}}) {
      assertThrows(IndexOutOfBoundsException.class, () -> left().read(buf, range[0], range[1]));
      assertThrows(IndexOutOfBoundsException.class, () -> left().write(buf, range[0], range[1]));
      assertThrows(
          IndexOutOfBoundsException.class, () -> left().readFully(buf, range[0], range[1]));
    }
    ByteBuffer readOnly = ByteBuffer.allocate(4).asReadOnlyBuffer();
    assertThrows(ReadOnlyBufferException.class, () -> left().read(readOnly));
    assertEquals(0, readOnly.position());
  }

  @Test
  @Proves("node-one-buffer")
  default void aReadReturnsWhatIsThereAndTouchesNoOtherByte() throws Exception {
    crew().start("writer", () -> left().write(new byte[] {1, 2, 3}));
    byte[] buf = new byte[8];
    right().readFully(buf, 2, 1);
    int more = 0;
    while (more < 2) {
      more += right().read(buf, 3 + more, 5 - more);
    }
    assertEquals(2, more);
    assertArrayEquals(new byte[] {0, 0, 1, 2, 3, 0, 0, 0}, buf);
  }

  @Test
  default void buffersOfEveryKindCarryTheSameBytes() throws Exception {
    byte[] data = Traffic.random(3000, 2);
    ByteBuffer direct = ByteBuffer.allocateDirect(1000).put(data, 0, 1000).flip();
    ByteBuffer slice = ByteBuffer.wrap(data, 1000, 1000).slice();
    ByteBuffer readOnly = ByteBuffer.wrap(data).asReadOnlyBuffer().position(2000);
    crew()
        .start(
            "writer",
            () -> {
              for (ByteBuffer src : new ByteBuffer[] {direct, slice, readOnly}) {
                left().write(src);
                assertFalse(src.hasRemaining());
              }
            });
    byte[] got = new byte[3000];
    ByteBuffer intoDirect = ByteBuffer.allocateDirect(1700).position(200);
    readUntilFull(intoDirect);
    intoDirect.get(200, got, 0, 1500);
    ByteBuffer intoSlice = ByteBuffer.wrap(got, 1500, 1500).slice();
    readUntilFull(intoSlice);
    assertArrayEquals(data, got);
    crew().join();
  }

  private void readUntilFull(ByteBuffer dst) throws IOException {
    while (dst.hasRemaining()) {
      int before = dst.position();
      assertEquals(right().read(dst), dst.position() - before);
    }
  }

  @Test
  @Proves("buffers-write")
  default void aGatheringWriteSendsManyOddBuffersInOrder() throws Exception {
    byte[] data = Traffic.random(700_000, 3);
    // Far more buffers than one writev(2) takes, IOV_MAX being 1024, and empty ones in between.
    ByteBuffer[] srcs = new ByteBuffer[3000];
    int[] sizes = {0, 1, 3, 1023, 0, 17, 129};
    int off = 0;
    for (int i = 0; i < srcs.length; i++) {
      int size = i == srcs.length - 1 ? data.length - off : sizes[i % sizes.length];
      srcs[i] =
          switch (i % 3) {
            case 0 -> ByteBuffer.allocateDirect(size + 1).position(1).put(data, off, size);
            case 1 -> ByteBuffer.wrap(data, off, size);
            default -> ByteBuffer.wrap(data, off, size).asReadOnlyBuffer();
          };
      if (i % 3 == 0) {
        srcs[i].position(1);
      }
      off += size;
    }
    crew()
        .start(
            "writer",
            () -> {
              left().write(srcs);
              left().closeWrite();
            });
    assertArrayEquals(data, right().readAll());
    crew().join();
    assertTrue(Arrays.stream(srcs).noneMatch(ByteBuffer::hasRemaining));
  }

  @Test
  @Proves("A11")
  default void oneDirectionCarriesEveryByteWhileAWriteOfTheOtherWaits() throws Exception {
    byte[] back = Traffic.random(1 << 20, 12);
    Job<?> there = crew().start("there", () -> Traffic.flood(left())).awaitParked();
    crew().start("back", () -> right().write(back));
    byte[] got = new byte[back.length];
    // In small pieces: a writer that is let on for a moment between two reads is stuck in the end.
    for (int at = 0; at < got.length; at += 64) {
      left().readFully(got, at, 64);
    }
    assertArrayEquals(back, got);
    there.awaitParked();
    left().close();
    there.failure(NetClosedException.class);
  }

  @Test
  default void writesOfSeveralThreadsNeverInterleave() throws Exception {
    int recordBytes = 1 << 16;
    int writers = 8;
    int each = 4;
    for (int w = 0; w < writers; w++) {
      byte[] data = new byte[recordBytes];
      Arrays.fill(data, (byte) w);
      boolean gather = w % 2 == 0;
      crew()
          .start(
              "writer " + w,
              () -> {
                for (int i = 0; i < each; i++) {
                  if (gather) {
                    left().write(ByteBuffer.wrap(data, 0, 999), ByteBuffer.wrap(data, 0, 64_537));
                  } else {
                    left().write(data);
                  }
                }
              });
    }
    byte[] got = new byte[recordBytes];
    for (int i = 0; i < writers * each; i++) {
      right().readFully(got);
      byte[] pure = new byte[recordBytes];
      Arrays.fill(pure, got[0]);
      assertArrayEquals(pure, got);
    }
    crew().join();
  }

  @Test
  default void severalReadersGetEveryByteOnce() throws Exception {
    byte[] data = Traffic.random(300_000, 4);
    long want = sum(data, data.length);
    crew()
        .start(
            "writer",
            () -> {
              left().write(data);
              left().closeWrite();
            });
    var readers = new java.util.ArrayList<Job<Long>>();
    for (int i = 0; i < 4; i++) {
      readers.add(crew().compute("reader " + i, this::sumToTheEnd));
    }
    long got = 0;
    for (Job<Long> reader : readers) {
      got += reader.result();
    }
    assertEquals(want, got);
  }

  private long sumToTheEnd() throws IOException {
    byte[] buf = new byte[700];
    long sum = 0;
    for (int n; (n = right().read(buf)) >= 0; ) {
      sum += sum(buf, n);
    }
    return sum;
  }

  /** Order does not matter, how often a byte came does. */
  private static long sum(byte[] buf, int len) {
    long sum = 0;
    for (int i = 0; i < len; i++) {
      sum += 1_000_000 + (buf[i] & 0xff);
    }
    return sum;
  }

  @Test
  default void readFullyTellsHowManyBytesCameBeforeTheEnd() throws Exception {
    crew()
        .start(
            "writer",
            () -> {
              left().write(new byte[5]);
              left().closeWrite();
            });
    EOFException e = assertThrows(EOFException.class, () -> right().readFully(new byte[8]));
    assertTrue(String.valueOf(e.getMessage()).contains("5"), e.getMessage());
  }

  @Test
  @Proves("S14")
  default void readAllTakesExactlyItsLimitAndRefusesMore() throws Exception {
    byte[] data = Traffic.random(10_000, 5);
    crew()
        .start(
            "writer",
            () -> {
              left().write(data);
              left().closeWrite();
              right().write(data);
            });
    assertArrayEquals(data, right().readAll(10_000));
    assertThrows(IOException.class, () -> left().readAll(9_999));
    assertThrows(IllegalArgumentException.class, () -> left().readAll(-1));
    crew().join();
  }
}

package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The kernel takes a part of a write and no more, and has a limit to the pieces of one call. The
 * rest has to follow, from the right place, before anybody else's bytes.
 */
@LeakCheck
class WritersTest {
  private static final int WRITERS = 8;
  private static final int RECORDS = 20;
  private static final int RECORD_BYTES = 64 << 10;

  /** IOV_MAX is 1024: this needs several system calls however fast the reader is. */
  private static final int BUFFERS = 5000;

  @ParameterizedTest
  @MethodSource("gonet.test.Callers#kinds")
  void recordsOfManyWritersArriveInOnePieceEach(Callers callers) throws Exception {
    Crew crew = new Crew(callers);
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      for (int writer = 0; writer < WRITERS; writer++) {
        byte id = (byte) writer;
        crew.start("writer", () -> writeRecords(pair.client(), id));
      }
      int[] nextOf = new int[WRITERS];
      byte[] record = new byte[RECORD_BYTES];
      for (int i = 0; i < WRITERS * RECORDS; i++) {
        readSlowly(pair.server(), record);
        int writer = record[0];
        assertArrayEquals(record(writer, nextOf[writer]), record, "record " + i);
        nextOf[writer]++;
      }
      crew.join();
    }
  }

  @Test
  @Proves({"buffers-write", "B22"})
  void aGatheringWriteSendsThousandsOfBuffersThroughATinyOne() throws Exception {
    Crew crew = new Crew(Callers.VIRTUAL);
    ByteBuffer[] buffers = buffers(BUFFERS, 1);
    byte[] expected = contentOf(buffers);
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      Job<Void> writer = crew.start("writer", () -> pair.client().write(buffers));
      byte[] got = new byte[expected.length];
      readSlowly(pair.server(), got);
      writer.result();
      assertArrayEquals(expected, got);
      assertAllEmpty(buffers);
    }
  }

  @Test
  @Proves("B22")
  void aGatheringWriteGoesOnInTheMiddleOfABuffer() throws Exception {
    Crew crew = new Crew(Callers.VIRTUAL);
    ByteBuffer[] buffers = buffers(BUFFERS, 2);
    byte[] expected = contentOf(buffers);
    try (TcpPair pair = TcpPair.connect();
        Faults faults = Faults.begin()) {
      faults.shortWrites(11); // less than most buffers have
      Job<Void> writer = crew.start("writer", () -> pair.client().write(buffers));
      byte[] got = new byte[expected.length];
      pair.server().readFully(got);
      writer.result();
      assertArrayEquals(expected, got);
      assertAllEmpty(buffers);
    }
  }

  @Test
  @Proves("B29")
  void aWriteOfOneArrayOrBufferGoesOnWhereTheKernelStopped() throws Exception {
    Crew crew = new Crew(Callers.VIRTUAL);
    byte[] data = new byte[100_000];
    new Random(3).nextBytes(data);
    try (TcpPair pair = TcpPair.connect();
        Faults faults = Faults.begin()) {
      faults.shortWrites(13);
      Job<Void> writer =
          crew.start(
              "writer",
              () -> {
                pair.client().write(data);
                pair.client().write(ByteBuffer.wrap(data));
                pair.client().write(direct(data));
              });
      byte[] got = new byte[data.length];
      for (int i = 0; i < 3; i++) {
        pair.server().readFully(got);
        assertArrayEquals(data, got, "write " + i);
      }
      writer.result();
    }
  }

  private static void writeRecords(Conn conn, int writer) throws IOException {
    for (int sequence = 0; sequence < RECORDS; sequence++) {
      byte[] record = record(writer, sequence);
      int half = RECORD_BYTES / 2;
      switch (sequence % 4) {
        case 0 -> conn.write(record);
        case 1 -> conn.write(ByteBuffer.wrap(record));
        case 2 -> conn.write(direct(record));
        default ->
            conn.write(
                ByteBuffer.wrap(record, 0, half),
                direct(Arrays.copyOfRange(record, half, RECORD_BYTES)));
      }
    }
  }

  private static byte[] record(int writer, int sequence) {
    byte[] record = new byte[RECORD_BYTES];
    new Random(writer * 1000L + sequence).nextBytes(record);
    record[0] = (byte) writer;
    return record;
  }

  /** In small pieces of any size, so that the writers often find no room. */
  @SuppressWarnings("ThreadPriorityCheck") // the writers shall find the buffers full
  private static void readSlowly(Conn conn, byte[] all) throws IOException {
    Random random = new Random(all.length);
    int pieces = 0;
    for (int off = 0; off < all.length; ) {
      int n = conn.read(all, off, Math.min(1 + random.nextInt(3000), all.length - off));
      assertTrue(n > 0, "the stream ended");
      off += n;
      if (++pieces % 8 == 0) { // on one busy core each costs a turn of all others
        Thread.yield();
      }
    }
  }

  /** Odd sizes, empty ones among them; on the heap and outside, slices and read-only ones. */
  private static ByteBuffer[] buffers(int count, long seed) {
    Random random = new Random(seed);
    ByteBuffer[] buffers = new ByteBuffer[count];
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[random.nextInt(40) == 0 ? 0 : random.nextInt(60) * 2 + 1];
      random.nextBytes(bytes);
      buffers[i] =
          switch (random.nextInt(4)) {
            case 0 -> ByteBuffer.wrap(bytes);
            case 1 -> direct(bytes);
            case 2 -> ByteBuffer.wrap(bytes).asReadOnlyBuffer();
            default -> {
              byte[] wider = new byte[bytes.length + 9];
              System.arraycopy(bytes, 0, wider, 5, bytes.length);
              yield ByteBuffer.wrap(wider, 5, bytes.length).slice();
            }
          };
    }
    return buffers;
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] contentOf(ByteBuffer[] buffers) {
    ByteBuffer all =
        ByteBuffer.allocate(Arrays.stream(buffers).mapToInt(ByteBuffer::remaining).sum());
    for (ByteBuffer buffer : buffers) {
      all.put(buffer.duplicate());
    }
    return all.array();
  }

  private static void assertAllEmpty(ByteBuffer[] buffers) {
    for (ByteBuffer buffer : buffers) {
      assertEquals(buffer.limit(), buffer.position());
    }
  }
}

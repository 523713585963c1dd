package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetFailure;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More bytes than an int can count, signed or not. */
@Tag("slow")
@LeakCheck
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HugeTransferTest {
  private static final int BLOCK_BYTES = 64 << 20;
  private static final int BLOCKS = 80;
  private static final long TOTAL_BYTES = (long) BLOCK_BYTES * BLOCKS;

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private final byte[] block = new byte[BLOCK_BYTES];

  HugeTransferTest() {
    new Random(26).nextBytes(block);
  }

  @Test
  void oneGatheringWriteSendsFiveGibibytes() throws Exception {
    ByteBuffer[] buffers = fiveGibibytes();
    try (TcpPair pair = TcpPair.connect()) {
      Job<Void> writer = crew.start("writer", () -> pair.client().write(buffers));
      readAndCompare(pair.server(), TOTAL_BYTES);
      writer.result();
      assertEquals(TOTAL_BYTES, positions(buffers));
      pair.client().closeWrite();
      assertEquals(-1, pair.server().read(new byte[1]));
    }
  }

  @Test
  void aWriteThatFailsBehindFourGibibytesTellsHowMuchWentOut() throws Exception {
    ByteBuffer[] buffers = fiveGibibytes();
    long enough = (1L << 32) + 1000;
    try (TcpPair pair = TcpPair.connect()) {
      Job<Void> writer = crew.start("writer", () -> pair.client().write(buffers));
      readAndCompare(pair.server(), enough);
      pair.server().abort();
      NetFailure e = (NetFailure) writer.failure(IOException.class);
      assertTrue(e.bytesTransferred() >= enough, e::toString);
      assertEquals(positions(buffers), e.bytesTransferred());
    }
  }

  /** One block again and again: each buffer counts for itself, the bytes are the same. */
  private ByteBuffer[] fiveGibibytes() {
    ByteBuffer direct = ByteBuffer.allocateDirect(BLOCK_BYTES).put(block).flip();
    ByteBuffer[] buffers = new ByteBuffer[BLOCKS];
    Arrays.setAll(buffers, i -> direct.duplicate());
    return buffers;
  }

  private static long positions(ByteBuffer[] buffers) {
    return Arrays.stream(buffers).mapToLong(ByteBuffer::position).sum();
  }

  private void readAndCompare(Conn conn, long count) throws IOException {
    byte[] got = new byte[1 << 20];
    for (long total = 0; total < count; ) {
      int at = (int) (total % BLOCK_BYTES);
      int ask = (int) Math.min(Math.min(got.length, BLOCK_BYTES - at), count - total);
      int n = conn.read(got, 0, ask);
      assertTrue(n > 0, "the stream ended after " + total);
      if (!Arrays.equals(got, 0, n, block, at, at + n)) {
        throw new AssertionError("wrong bytes behind " + total);
      }
      total += n;
    }
  }
}

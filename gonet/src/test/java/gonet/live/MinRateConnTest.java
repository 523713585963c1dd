package gonet.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ForwardingConn;
import gonet.Net;
import gonet.NetFailure;
import gonet.Pipe;
import gonet.TimeLimit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where one stretch of a minimum rate ends; the test says how long each part has taken. */
class MinRateConnTest {
  private static final Duration PER = Duration.ofHours(1);
  private static final long ALL = PER.toNanos();
  private static final MinRate RATE = MinRate.of(10, PER);

  private final Pipe pipe = Net.pipe();

  @AfterEach
  void close() {
    pipe.close();
  }

  private MinRateConn reading() {
    return new MinRateConn(pipe.first(), RATE);
  }

  @Test
  void theTimeOfAllReadsCountsWhetherTheyGotSomethingOrNot() throws IOException {
    MinRateConn conn = reading();
    conn.done(4, ALL / 2);
    var _ = conn.nextMoment();
    conn.waited(ALL / 4);
    var _ = conn.nextMoment();
    conn.waited(ALL / 4);
    StalledException e = assertThrows(StalledException.class, conn::nextMoment);
    assertTrue(String.valueOf(e.getMessage()).contains("stalled: 4 bytes"), e::getMessage);
    var _ = conn.nextMoment(); // the next stretch
  }

  @Test
  void aStretchEndsWithItsLastByteAndWithTheStream() throws IOException {
    MinRateConn conn = reading();
    conn.done(4, ALL / 2);
    conn.done(6, ALL);
    var _ = conn.nextMoment();
    conn.done(9, ALL / 2);
    conn.done(-1, ALL);
    var _ = conn.nextMoment();
    conn.waited(ALL);
    StalledException e = assertThrows(StalledException.class, conn::nextMoment);
    assertTrue(String.valueOf(e.getMessage()).contains("stalled: 0 bytes"), e::getMessage);
  }

  /** Takes so many bytes until each moment of its guard, and the rest at the end. */
  private static final class Slow extends ForwardingConn {
    private final Queue<Integer> parts = new ArrayDeque<>();
    final List<Byte> firsts = new ArrayList<>();

    Slow(Conn conn, Integer... parts) {
      super(conn);
      this.parts.addAll(List.of(parts));
    }

    @Override
    public void write(byte[] buf, int off, int len, TimeLimit limit) throws IOException {
      firsts.add(buf[off]);
      Integer n = parts.poll();
      if (n != null) {
        throw NetFailure.timeout("write", this, n, limit);
      }
    }
  }

  private static byte[] counting(int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @Test
  void aWriteAtExactlyTheRateGoesOnWhereItWas() throws IOException {
    Slow slow = new Slow(pipe.first(), 10, 10, 12);
    new MinRateConn(slow, RATE).write(counting(40));
    assertEquals(List.of((byte) 0, (byte) 10, (byte) 20, (byte) 32), slow.firsts);
  }

  @Test
  void aWriteBelowTheRateTellsTheBytesOfItsLastStretchAndOfAll() {
    Slow slow = new Slow(pipe.first(), 10, 9);
    StalledException e =
        assertThrows(StalledException.class, () -> new MinRateConn(slow, RATE).write(counting(40)));
    assertTrue(String.valueOf(e.getMessage()).contains("stalled: 9 bytes"), e::getMessage);
    assertEquals(19, e.bytesTransferred());
  }
}

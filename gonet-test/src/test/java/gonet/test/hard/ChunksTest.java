package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Faults;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * TCP keeps no borders: what was written in one piece arrives in several, what was written in
 * several arrives in one. And nothing at all is neither an end nor a byte.
 */
@LeakCheck
class ChunksTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @ParameterizedTest
  @Proves("A5")
  @ValueSource(longs = {1, 2, 3, 4})
  void bytesArriveInOrderWhateverTheSizesOfWritesAndReads(long seed) throws Exception {
    byte[] data = random(2_000_000, seed);
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0");
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.addr().port());
        TcpConn conn = listener.accept()) {
      Job<Void> writer = crew.start("writer", () -> writeInChunks(socket, data, seed + 100));
      assertArrayEquals(data, readInChunks(conn, seed + 200));
      writer.result();
      // And the end comes again and again.
      assertEquals(-1, conn.read(new byte[10]));
      assertEquals(-1, conn.read(ByteBuffer.allocate(10)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000})
  void readsThatTheKernelCutsShortLoseNothing(int longest) throws Exception {
    byte[] data = random(longest * 5000, 9);
    try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0");
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.addr().port());
        TcpConn conn = listener.accept();
        Faults faults = Faults.begin()) {
      faults.shortReads(longest);
      Job<Void> writer = crew.start("writer", () -> writeInChunks(socket, data, 10));
      assertArrayEquals(data, readInChunks(conn, 11));
      writer.result();
      assertTrue(faults.calls(Faults.Call.RECEIVE) >= 5000);
    }
  }

  @Test
  void readFullyWaitsForAllOfManyPieces() throws Exception {
    byte[] data = random(3000, 5);
    try (TcpPair pair = TcpPair.connect()) {
      Job<Void> writer =
          crew.start(
              "writer",
              () -> {
                for (byte b : data) {
                  pair.client().write(new byte[] {b});
                }
              });
      byte[] got = new byte[data.length];
      pair.server().readFully(got);
      assertArrayEquals(data, got);
      writer.result();
    }
  }

  @Test
  void aReadOfNothingIsZeroAtOnceAndNoEndOfTheStream() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      pair.server().setReadTimeout(Duration.ofSeconds(20));
      assertReadsZero(pair.server()); // nothing there
      pair.client().write(new byte[] {1, 2});
      pair.server().awaitReadable();
      assertReadsZero(pair.server()); // something there
      assertEquals(2, pair.server().read(new byte[10]));
      pair.client().closeWrite();
      pair.server().awaitReadable();
      assertReadsZero(pair.server()); // the end there
      assertEquals(-1, pair.server().read(new byte[10]));
      assertReadsZero(pair.server()); // the end known
    }
  }

  @Test
  void aWriteOfNothingReturnsAtOnceAndSendsNothing() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      writeNothing(pair.client());
      Job<Integer> reader = crew.compute("reader", () -> pair.server().read(new byte[10]));
      reader.awaitParked();
      writeNothing(pair.client());
      reader.staysFor(Duration.ofMillis(50));
      assertFalse(pair.server().isClosed());
      pair.client().write(new byte[] {3});
      assertEquals(1, reader.result());
    }
  }

  private static void assertReadsZero(Conn conn) throws IOException {
    assertEquals(0, conn.read(new byte[0]));
    assertEquals(0, conn.read(new byte[5], 5, 0));
    assertEquals(0, conn.read(ByteBuffer.allocate(0)));
    assertEquals(0, conn.read(ByteBuffer.allocateDirect(0)));
    assertEquals(0, conn.inputStream().read(new byte[0]));
    conn.readFully(new byte[0]);
  }

  private static void writeNothing(Conn conn) throws IOException {
    conn.write(new byte[0]);
    conn.write(new byte[5], 5, 0);
    conn.write(ByteBuffer.allocate(0));
    conn.write(ByteBuffer.allocateDirect(0));
    conn.write(new ByteBuffer[0]);
    conn.write(new ByteBuffer[] {ByteBuffer.allocate(0), ByteBuffer.allocateDirect(0)});
    conn.outputStream().write(new byte[0]);
  }

  private static void writeInChunks(Socket socket, byte[] data, long seed) throws IOException {
    Random random = new Random(seed);
    socket.setTcpNoDelay(true);
    OutputStream out = socket.getOutputStream();
    for (int off = 0; off < data.length; ) {
      int n = Math.min(size(random), data.length - off);
      out.write(data, off, n);
      off += n;
    }
    socket.shutdownOutput();
  }

  /** All there is to the end, by every way to read. */
  private static byte[] readInChunks(Conn conn, long seed) throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (; ; ) {
      int size = size(random);
      byte[] got = new byte[size + 7];
      int n;
      switch (random.nextInt(4)) {
        case 0 -> n = conn.read(got, 7, size);
        case 1 -> {
          ByteBuffer heap = ByteBuffer.wrap(got, 7, size).slice();
          n = conn.read(heap);
          assertEquals(Math.max(n, 0), heap.position());
        }
        case 2 -> {
          ByteBuffer direct = ByteBuffer.allocateDirect(size);
          n = conn.read(direct);
          assertEquals(Math.max(n, 0), direct.position());
          direct.flip().get(got, 7, Math.max(n, 0));
        }
        default -> {
          conn.awaitReadable();
          n = conn.inputStream().read(got, 7, size);
        }
      }
      if (n < 0) {
        return all.toByteArray();
      }
      assertTrue(n > 0 && n <= size, () -> "read " + n + " of " + size);
      all.write(got, 7, n);
    }
  }

  /** Mostly small, now and then more than a socket's buffer. */
  private static int size(Random random) {
    return 1 + random.nextInt(1 << random.nextInt(18));
  }

  private static byte[] random(int size, long seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}

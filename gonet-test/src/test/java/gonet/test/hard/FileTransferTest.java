package gonet.test.hard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.FileTransfer;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.wire.WireLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files over connections: Go's {@code sendfile_test.go}, and what {@link FileTransfer} says. */
@LeakCheck
@Timeout(180)
@Proves({"tcp-read-from", "jvm-sendfile"})
class FileTransferTest {
  private static final int SIZE = 3 * 1024 * 1024 + 77;

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private Path dir;
  private Path path;
  private byte[] content;
  private FileChannel file;

  @BeforeEach
  void makeFile() throws IOException {
    dir = Files.createTempDirectory("gonet");
    path = dir.resolve("f");
    content = new byte[SIZE];
    new Random(7).nextBytes(content);
    Files.write(path, content);
    file = FileChannel.open(path);
  }

  @AfterEach
  void removeFile() throws Exception {
    crew.end();
    file.close();
    Files.delete(path);
    Files.delete(dir);
  }

  private static byte[] part(byte[] all, int from, int count) {
    return java.util.Arrays.copyOfRange(all, from, from + count);
  }

  /** What arrives until the end of the stream. */
  private Job<byte[]> receive(Conn conn) {
    return crew.compute("receives", () -> conn.inputStream().readAllBytes());
  }

  // ---- bytes -----------------------------------------------------------------------------------

  /** Go: TestSendfile. */
  @ParameterizedTest
  @ValueSource(strings = {"tcp", "unix"})
  void everyPartOfAFileArrivesUnchanged(String network) throws Exception {
    int[][] parts = {
      {0, 0},
      {0, 1},
      {5, 100},
      {0, 16 * 1024},
      {1, 16 * 1024 + 1},
      {4095, 70_000},
      {0, SIZE},
      {4097, SIZE - 4097},
      {SIZE - 3, 3}
    };
    String at = network.equals("tcp") ? "127.0.0.1:0" : dir.resolve("s").toString();
    try (Listener listener = Net.listen(network, at)) {
      for (int[] part : parts) {
        try (Conn client = Net.dial(network, listener.addr().toString());
            Conn server = listener.accept()) {
          Job<byte[]> received = receive(server);
          FileTransfer transfer = FileTransfer.of(file, part[0], part[1], client);
          assertEquals(part[1], transfer.run());
          assertEquals(part[1], transfer.bytes());
          assertEquals(part[1], transfer.run()); // there is no more
          client.closeWrite();
          assertArrayEquals(part(content, part[0], part[1]), received.result());
        }
      }
    }
    assertEquals(0, file.position());
  }

  /** Go: TestSendfileParts, TestSendfileSeeked. */
  @Test
  void partsFollowOneAnotherAndWritesBetweenThemStandBetween() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      Job<byte[]> received = receive(pair.server());
      for (int i = 0; i < 3; i++) {
        pair.client().write(new byte[] {'<'});
        FileTransfer.of(file, 100_000L * i, 100_000, pair.client()).run();
      }
      pair.client().closeWrite();
      byte[] all = received.result();
      assertEquals(300_003, all.length);
      for (int i = 0; i < 3; i++) {
        assertEquals('<', all[100_001 * i]);
        assertArrayEquals(part(content, 100_000 * i, 100_000), part(all, 100_001 * i + 1, 100_000));
      }
    }
  }

  @Test
  void aFileThatIsShorterEndsItAndTheCountTells() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      Job<byte[]> received = receive(pair.server());
      assertEquals(SIZE - 5, FileTransfer.of(file, 5, Long.MAX_VALUE, pair.client()).run());
      assertEquals(0, FileTransfer.of(file, SIZE, 10, pair.client()).run());
      assertEquals(0, FileTransfer.of(file, 10L * SIZE, 1 << 20, pair.client()).run());
      pair.client().closeWrite();
      assertArrayEquals(part(content, 5, SIZE - 5), received.result());
    }
  }

  @Test
  void whatHasNoSocketOfItsOwnGetsACopy() throws Exception {
    Pipe pipe = Net.pipe();
    try (Conn left = pipe.first();
        Conn right = pipe.second()) {
      Job<byte[]> received = receive(right);
      assertEquals(SIZE, FileTransfer.of(file, 0, SIZE, left).run());
      left.closeWrite();
      assertArrayEquals(content, received.result());
    }
  }

  @Test
  void aLayerThatLooksAtTheBytesSeesThem() throws Exception {
    try (TcpPair pair = TcpPair.connect();
        Conn logged = WireLog.hexDump(_ -> {}, 0).over(pair.client())) {
      Job<byte[]> received = receive(pair.server());
      assertEquals(SIZE, FileTransfer.of(file, 0, SIZE, logged).run());
      logged.closeWrite();
      assertArrayEquals(content, received.result());
    }
  }

  /** A file of a gibibyte, most of which is a hole. */
  @Test
  void aGibibyteArrivesUnchanged() throws Exception {
    Path large = dir.resolve("large");
    long size = 1L << 30;
    try (FileChannel made =
        FileChannel.open(
            large, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
      for (long at : new long[] {0, 300_000_001, size - SIZE}) {
        made.write(ByteBuffer.wrap(content), at);
      }
      try (TcpPair pair = TcpPair.connect()) {
        Job<Long> sum = crew.compute("sums", () -> sum(pair.server()));
        assertEquals(size, FileTransfer.of(made, 0, size, pair.client()).run());
        pair.client().closeWrite();
        assertEquals(expected(size), sum.result());
      }
    } finally {
      Files.delete(large);
    }
  }

  private static long sum(Conn conn) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] buf = new byte[128 * 1024];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      sum.update(buf, 0, n);
    }
    return sum.getValue();
  }

  private long expected(long size) {
    CRC32C sum = new CRC32C();
    sum.update(content);
    zeros(sum, 300_000_001 - SIZE);
    sum.update(content);
    zeros(sum, size - SIZE - 300_000_001 - SIZE);
    sum.update(content);
    return sum.getValue();
  }

  private static void zeros(CRC32C sum, long count) {
    byte[] zeros = new byte[1 << 20];
    for (long left = count; left > 0; left -= zeros.length) {
      sum.update(zeros, 0, (int) Math.min(left, zeros.length));
    }
  }

  // ---- ends ------------------------------------------------------------------------------------

  /** Go: TestSendfileOnWriteTimeoutExceeded. */
  @Test
  void aDeadlineThatIsOverLetsNothingOutAndNothingIsLostWhenItGoesOn() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      pair.client().setWriteDeadline(Instant.EPOCH);
      FileTransfer transfer = FileTransfer.of(file, 0, SIZE, pair.client());
      assertThrows(NetTimeoutException.class, transfer::run);
      assertEquals(0, transfer.bytes());
      pair.client().setWriteDeadline(null);
      Job<byte[]> received = receive(pair.server());
      assertEquals(SIZE, transfer.run());
      pair.client().closeWrite();
      assertArrayEquals(content, received.result());
    }
  }

  @Test
  void aReceiverThatDoesNotReadEndsItByTheTimeoutAndItGoesOnFromThere() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      pair.client().setWriteTimeout(Duration.ofMillis(50));
      FileTransfer transfer = FileTransfer.of(file, 0, SIZE, pair.client());
      assertThrows(NetTimeoutException.class, transfer::run);
      long before = transfer.bytes();
      assertTrue(before > 0 && before < SIZE, "" + before);
      pair.client().setWriteTimeout(null);
      Job<byte[]> received = receive(pair.server());
      assertEquals(SIZE, transfer.run());
      pair.client().closeWrite();
      assertArrayEquals(content, received.result());
    }
  }

  @Test
  void anInterruptBeforeItBeginsLeavesTheFileOpenAndItCanGoOn() throws Exception {
    try (TcpPair pair = TcpPair.connect()) {
      FileTransfer transfer = FileTransfer.of(file, 0, 100, pair.client());
      Thread.currentThread().interrupt();
      assertThrows(NetInterruptedException.class, transfer::run);
      assertTrue(Thread.interrupted());
      assertTrue(file.isOpen());
      assertEquals(100, transfer.run());
    }
  }

  @Test
  void anInterruptWhileItWaitsForTheReceiverLosesNothing() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      FileTransfer transfer = FileTransfer.of(file, 0, SIZE, pair.client());
      Job<Long> runs = crew.compute("runs", transfer::run);
      runs.awaitParked();
      runs.thread().interrupt();
      runs.failure(NetInterruptedException.class);
      assertTrue(file.isOpen());
      Job<byte[]> received = receive(pair.server());
      assertEquals(SIZE, transfer.run());
      pair.client().closeWrite();
      assertArrayEquals(content, received.result());
    }
  }

  @Test
  @SuppressWarnings("try") // closed early on purpose
  void aCloseEndsItForGood() throws Exception {
    try (TcpPair pair = TcpPair.withSmallBuffers()) {
      FileTransfer transfer = FileTransfer.of(file, 0, SIZE, pair.client());
      Job<Long> runs = crew.compute("runs", transfer::run);
      runs.awaitParked();
      pair.client().close();
      runs.failure(NetClosedException.class);
      assertThrows(IllegalStateException.class, transfer::run);
    }
  }

  @Test
  @SuppressWarnings("try") // as above
  void aBadFileOrArgumentIsRefusedAndTheConnectionGoesOn() throws Exception {
    try (TcpPair pair = TcpPair.connect();
        FileChannel writeOnly = FileChannel.open(path, StandardOpenOption.WRITE)) {
      Conn conn = pair.client();
      assertEquals(
          "position is -1, below 0",
          assertThrows(IllegalArgumentException.class, () -> FileTransfer.of(file, -1, 0, conn))
              .getMessage());
      assertEquals(
          "count is -2 bytes, below 0",
          assertThrows(IllegalArgumentException.class, () -> FileTransfer.of(file, 0, -2, conn))
              .getMessage());
      for (int count : new int[] {1, SIZE}) {
        assertThrows(
            NonReadableChannelException.class,
            () -> FileTransfer.of(writeOnly, 0, count, conn).run());
        file.close();
        assertThrows(
            ClosedChannelException.class, () -> FileTransfer.of(file, 0, count, conn).run());
      }
      conn.write("on".getBytes(UTF_8));
      assertEquals("on", new String(pair.server().inputStream().readNBytes(2), UTF_8));
    }
  }
}

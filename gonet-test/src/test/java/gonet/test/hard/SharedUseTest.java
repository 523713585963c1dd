package gonet.test.hard;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.TcpConn;
import gonet.TcpListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that share a connection, a deadline or a buffer without talking to each other. */
@Timeout(180)
class SharedUseTest {
  private TcpListener listener;
  private TcpConn near;
  private TcpConn far;

  @BeforeEach
  void connect() throws IOException {
    listener = (TcpListener) Net.listen("tcp", "127.0.0.1:0");
    near = (TcpConn) Net.dial("tcp", listener.addr().toString());
    far = listener.accept();
  }

  @AfterEach
  void disconnect() {
    near.close();
    far.close();
    listener.close();
  }

  private interface Action {
    void run() throws Exception;
  }

  private static Future<?> start(Action action) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              action.run();
              return null;
            });
    Net.go(task::run);
    return task;
  }

  @Test
  void aGracefulCloseEndsInTimeThoughAReaderKeepsMovingItsDeadline() {
    Future<?> drip =
        start(
            () -> {
              for (; ; ) {
                far.write(new byte[10]);
              }
            });
    Future<?> reader =
        start(
            () -> {
              byte[] buf = new byte[10];
              do {
                near.setReadDeadline(Instant.now().plusSeconds(30));
              } while (near.read(buf) >= 0);
            });
    Instant begin = Instant.now();
    assertFalse(near.closeGracefully(Duration.ofMillis(300)));
    assertTrue(Duration.between(begin, Instant.now()).toSeconds() < 10);
    assertEnds(drip);
    assertEnds(reader);
  }

  @Test
  void aGracefulCloseEndsInTimeThoughAWriterIsStuck() {
    Future<?> writer = start(() -> near.write(new byte[64 << 20]));
    Instant begin = Instant.now();
    assertFalse(near.closeGracefully(Duration.ofMillis(300)));
    assertTrue(Duration.between(begin, Instant.now()).toSeconds() < 10);
    assertEnds(writer);
  }

  @Test
  void aGracefulCloseIgnoresADeadlineThatHasPassed() throws Exception {
    near.setDeadline(Instant.now().minusSeconds(1));
    far.closeWrite();
    assertTrue(near.closeGracefully(Duration.ofSeconds(20)));
  }

  @Test
  void aGracefulCloseWithANegativeTimeLeavesTheConnectionOpen() throws Exception {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> near.closeGracefully(Duration.ofSeconds(-1)));
    assertTrue(e.getMessage().contains("PT-1S"), e.getMessage());
    assertFalse(near.isClosed());
  }

  @Test
  void writersThatShareABufferSendItOnceAndBothReturn() throws Exception {
    int size = 8 << 20;
    ByteBuffer shared = ByteBuffer.allocate(size);
    Future<?> first = start(() -> near.write(shared));
    Future<?> second = start(() -> near.write(shared));
    far.readFully(new byte[size]);
    first.get(20, SECONDS);
    second.get(20, SECONDS);
    near.closeWrite();
    assertEquals(-1, far.read(new byte[1]));
  }

  /** How often it is sent is nobody's promise, as with a channel of the JDK. */
  @Test
  void aListThatNamesABufferTwiceIsWrittenToItsEnd() throws Exception {
    ByteBuffer twice = ByteBuffer.allocate(200_000);
    Future<?> writer =
        start(
            () -> {
              near.write(twice, twice);
              near.closeWrite();
            });
    assertTrue(far.readAll().length >= 200_000);
    writer.get(20, SECONDS);
    assertEquals(0, twice.remaining());
  }

  @Test
  void readersThatShareABufferNeverSeeAFalseEnd() throws Exception {
    ByteBuffer shared = ByteBuffer.allocate(4);
    int[] results = new int[2];
    Future<?> first = start(() -> results[0] = near.read(shared));
    Future<?> second = start(() -> results[1] = near.read(shared));
    far.write(new byte[4]);
    first.get(20, SECONDS);
    second.get(20, SECONDS);
    assertEquals(4, results[0] + results[1]);
  }

  @Test
  void theStreamTellsWhatIsAvailableWhereTheSystemDoes() throws Exception {
    far.write(new byte[7]);
    near.awaitReadable();
    boolean tells = Net.stats().backend().equals("epoll");
    assertEquals(tells ? 7 : 0, near.inputStream().available());
  }

  private static void assertEnds(Future<?> task) {
    try {
      task.get(20, SECONDS);
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof IOException, () -> "" + e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("still running", e);
    }
  }
}

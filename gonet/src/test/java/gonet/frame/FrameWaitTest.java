package gonet.frame;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Background;
import gonet.Conn;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.Pipe;
import gonet.support.Proves;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames over connections that wait: deadlines, interrupts, close and several writers. */
@Timeout(180)
class FrameWaitTest {
  private final Pipe pipe = Net.pipe();
  private final Conn here = pipe.first();
  private final Conn there = pipe.second();

  @AfterEach
  void close() {
    pipe.close();
  }

  @Test
  void aReadThatTimesOutInsideOfAFrameIsGoneOnWith() throws Exception {
    FrameReader reader = LengthPrefixed.ofBytes(4, 100).reader(here);
    byte[] stream = {0, 0, 0, 3, 'a', 'b', 'c', 0, 0, 0, 1, 'd'};
    Background<Void> writer =
        Background.run(
            () -> {
              for (byte b : stream) {
                there.write(new byte[] {b});
              }
            });
    List<String> frames = new ArrayList<>();
    int timeouts = 0;
    while (frames.size() < 2) {
      try {
        // Past, or so near that it may pass anywhere.
        here.setReadDeadline(Instant.now().plusNanos(timeouts % 7 * 20_000L));
        frames.add(reader.readString(US_ASCII));
      } catch (NetTimeoutException e) {
        timeouts++;
      }
    }
    assertEquals(List.of("abc", "d"), frames);
    assertTrue(timeouts > 0);
    writer.get();
  }

  @Test
  void aFrameThatIsHereIsReturnedAfterTheDeadline() throws Exception {
    FrameReader reader = Lines.upTo(100).reader(here);
    Background<Void> writer = Background.run(() -> write(there, "a\nb\nc"));
    assertEquals("a", reader.readString(US_ASCII));
    writer.get();
    here.setReadDeadline(Instant.EPOCH);
    assertEquals("b", reader.readString(US_ASCII));
    assertThrows(NetTimeoutException.class, reader::read);
    here.setReadDeadline(null);
    Background<Void> rest = Background.run(() -> write(there, "d\n"));
    assertEquals("cd", reader.readString(US_ASCII));
    rest.get();
  }

  @Test
  @Proves("C8")
  void aReadThatIsInterruptedInsideOfAFrameIsGoneOnWith() throws Exception {
    FrameReader reader = Lines.upTo(100).reader(here);
    CountDownLatch interrupted = new CountDownLatch(1);
    Background<String> read =
        Background.call(
            () -> {
              assertThrows(NetInterruptedException.class, reader::read);
              assertTrue(Thread.interrupted());
              interrupted.countDown();
              return reader.readString(US_ASCII);
            });
    write(there, "be");
    read.awaitParked().interrupt();
    interrupted.await(); // what can be read at once is read, interrupted or not
    write(there, "gun\n");
    assertEquals("begun", read.get());
  }

  @Test
  void aSkipThatTimesOutIsGoneOnWith() throws Exception {
    FrameReader reader = Lines.upTo(3).reader(here, TooLong.SKIP);
    Background<Void> begin = Background.run(() -> write(there, "much too long"));
    assertThrows(FrameTooLongException.class, reader::read);
    begin.get();
    here.setReadTimeout(Duration.ofMillis(1));
    assertThrows(NetTimeoutException.class, reader::read);
    assertThrows(NetTimeoutException.class, reader::read);
    here.setReadTimeout(null);
    Background<Void> end = Background.run(() -> write(there, " still\nok\n"));
    assertEquals("ok", reader.readString(US_ASCII));
    end.get();
  }

  @Test
  void closeEndsAReadInsideOfAFrame() throws Exception {
    FrameReader reader = Lines.upTo(100).reader(here);
    Background<NetClosedException> read =
        Background.call(() -> assertThrows(NetClosedException.class, reader::read));
    write(there, "be");
    read.awaitParked();
    here.close();
    read.get();
  }

  @Test
  @Proves("C6")
  void theEndInsideOfAFrameIsNoCleanEnd() throws Exception {
    FrameReader reader = LengthPrefixed.ofBytes(1, 100).reader(here);
    Background<Void> writer =
        Background.run(
            () -> {
              there.write(new byte[] {1, 'a', 2, 'b'});
              there.closeWrite();
            });
    assertEquals("a", reader.readString(US_ASCII));
    assertThrows(TruncatedFrameException.class, reader::read);
    writer.get();
  }

  @Test
  void aWriteThatTimesOutInsideOfAFrameIsFinishedByResume() throws Exception {
    FrameWriter writer = Lines.upTo(100).writer(here);
    Background<NetTimeoutException> cutOff =
        Background.call(
            () -> assertThrows(NetTimeoutException.class, () -> writer.write("abcd", US_ASCII)));
    there.readFully(new byte[2]);
    here.setWriteDeadline(Instant.EPOCH);
    assertEquals(2, cutOff.get().bytesTransferred());
    assertEquals(3, writer.owedBytes());
    here.setWriteDeadline(null);
    Background<String> rest =
        Background.call(() -> Lines.upTo(9).reader(there).readString(US_ASCII));
    writer.resume();
    assertEquals("cd", rest.get());
  }

  @Test
  void framesOfSeveralWritersAreNeverMixed() throws Exception {
    int writers = 8;
    int each = 200;
    FrameWriter writer = LengthPrefixed.varint(1000).writer(here);
    List<Background<Void>> tasks = new ArrayList<>();
    for (int w = 0; w < writers; w++) {
      String mark = String.valueOf((char) ('a' + w));
      tasks.add(
          Background.run(
              () -> {
                for (int i = 0; i < each; i++) {
                  writer.write(mark.repeat(i), US_ASCII);
                }
              }));
    }
    FrameReader reader = LengthPrefixed.varint(1000).reader(there);
    int[] seen = new int[writers];
    int empty = 0;
    for (int i = 0; i < writers * each; i++) {
      String frame = reader.readString(US_ASCII);
      if (frame.isEmpty()) {
        empty++;
        continue;
      }
      int w = frame.charAt(0) - 'a';
      assertEquals(String.valueOf((char) ('a' + w)).repeat(++seen[w]), frame);
    }
    assertEquals(writers, empty);
    for (Background<Void> task : tasks) {
      task.get();
    }
    here.close();
    assertNull(reader.read());
  }

  @Test
  void aWriterThatWaitsForAnotherIsEndedByAnInterrupt() throws Exception {
    FrameWriter writer = Lines.upTo(100).writer(here);
    Background<NetClosedException> first =
        Background.call(
            () ->
                assertThrows(
                    NetClosedException.class, () -> writer.write("nobody reads", US_ASCII)));
    first.awaitParked();
    Background<InterruptedIOException> second =
        Background.call(
            () -> {
              InterruptedIOException e =
                  assertThrows(InterruptedIOException.class, () -> writer.write("me", US_ASCII));
              assertTrue(Thread.interrupted(), "the status is the caller's");
              return e;
            });
    second.awaitParked().interrupt();
    second.get();
    here.close();
    first.get();
  }

  private static void write(Conn conn, String text) throws IOException {
    conn.write(text.getBytes(US_ASCII));
  }
}

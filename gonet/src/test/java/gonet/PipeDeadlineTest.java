package gonet;

import static gonet.PipeTest.bytes;
import static gonet.PipeTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Deadlines and timeouts of a {@link Pipe}. */
@Timeout(180)
@Proves("pipe-deadline")
class PipeDeadlineTest {
  private static final Duration SHORT = Duration.ofMillis(30);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Pipe pipe = Pipe.create();
  private final Conn a = pipe.first();
  private final Conn b = pipe.second();

  @AfterEach
  void close() {
    pipe.close();
  }

  @Test
  void aPastDeadlineFailsBeforeAnythingHappens() throws Exception {
    var write = Background.parked(() -> a.write(bytes("x")));
    b.setReadDeadline(Instant.EPOCH);
    var read = assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
    assertEquals("read pipe: i/o timeout", read.getMessage());
    assertTrue(read.timeout());
    assertThrows(NetTimeoutException.class, b::awaitReadable);
    b.setReadDeadline(null);
    assertEquals("x", text(b, 8));
    write.get();

    a.setWriteDeadline(Instant.EPOCH);
    var reader = Background.call(() -> text(b, 8)).awaitParked();
    var late = assertThrows(NetTimeoutException.class, () -> a.write(bytes("y")));
    assertEquals("write pipe: i/o timeout", late.getMessage());
    assertEquals(0, late.failure().bytesTransferred());
    assertFalse(reader.isDone());
    a.setWriteDeadline(null);
    a.write(bytes("z"));
    assertEquals("z", reader.get());
  }

  @Test
  void theEarliestAndTheLatestInstantAreDeadlines() throws Exception {
    b.setReadDeadline(Instant.MIN);
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
    b.setDeadline(Instant.MAX);
    a.setDeadline(Instant.MAX);
    var read = Background.call(() -> text(b, 8)).awaitParked();
    a.write(bytes("x"));
    assertEquals("x", read.get());
  }

  @Test
  void oneDirectionsDeadlineLeavesTheOtherAlone() throws Exception {
    a.setReadDeadline(Instant.EPOCH);
    b.setWriteDeadline(Instant.EPOCH);
    var write = Background.run(() -> a.write(bytes("x")));
    assertEquals("x", text(b, 8));
    write.get();
  }

  @Test
  void aZeroLengthReadLooksAtNoDeadline() throws Exception {
    a.setDeadline(Instant.EPOCH);
    assertEquals(0, a.read(new byte[0]));
    a.write(new byte[0]);
  }

  @Test
  void aDeadlineIsStickyAndNeverEarly() throws Exception {
    Instant when = Instant.now().plus(SHORT);
    b.setReadDeadline(when);
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
    assertFalse(Instant.now().isBefore(when), "early");
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
  }

  @Test
  void aWriteThatTimesOutTellsWhatHadBeenTaken() throws Exception {
    ByteBuffer src = ByteBuffer.wrap(bytes("abcde"));
    var write = Background.parked(() -> a.write(src));
    assertEquals("ab", text(b, 2));
    a.setWriteDeadline(Instant.now());
    var e = write.failure(NetTimeoutException.class);
    assertEquals(2, e.failure().bytesTransferred());
    assertEquals(2, src.position());
    // The rest was withdrawn.
    b.setReadDeadline(Instant.now().plus(SHORT));
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
  }

  @Test
  void aGatheringWriteThatTimesOutLeavesThePositions() throws Exception {
    ByteBuffer[] srcs = {
      ByteBuffer.wrap(bytes("ab")), ByteBuffer.wrap(bytes("cd")), ByteBuffer.wrap(bytes("ef"))
    };
    var write = Background.parked(() -> a.write(srcs));
    assertEquals("abc", text(b, 3));
    a.setWriteDeadline(Instant.EPOCH);
    assertEquals(3, write.failure(NetTimeoutException.class).failure().bytesTransferred());
    assertEquals(List.of(2, 1, 0), Arrays.stream(srcs).map(ByteBuffer::position).toList());
  }

  @Test
  void aDeadlineMovedNearerEndsTheWait() throws Exception {
    var read = Background.parked(() -> b.read(new byte[1]));
    var ready = Background.parked(b::awaitReadable);
    var write = Background.parked(() -> b.write(bytes("x")));
    var next = Background.parked(() -> b.write(bytes("y")));
    b.setDeadline(Instant.now().plus(SHORT));
    read.failure(NetTimeoutException.class);
    ready.failure(NetTimeoutException.class);
    write.failure(NetTimeoutException.class);
    next.failure(NetTimeoutException.class);
  }

  @Test
  void aDeadlineMovedAwayProlongsTheWait() throws Exception {
    Instant first;
    Background<String> read;
    Duration limit = Duration.ofMillis(300);
    for (; ; limit = limit.multipliedBy(2)) {
      first = Instant.now().plus(limit);
      b.setReadDeadline(first);
      read = Background.call(() -> text(b, 8)).spinUntilParked();
      b.setReadDeadline(Instant.now().plus(LONG));
      if (Instant.now().isBefore(first)) {
        break;
      }
      read.interrupt(); // if it has not timed out, rightly: the machine stood still
      read.failure(IOException.class);
    }
    // A second reader with a limit of its own is the clock: it proves that the first moment is
    // over.
    Pipe clock = Pipe.create();
    clock.first().setReadDeadline(first.plusMillis(20));
    assertThrows(NetTimeoutException.class, () -> clock.first().read(new byte[1]));
    assertFalse(read.isDone());
    a.write(bytes("x"));
    assertEquals("x", read.get());
  }

  @Test
  void aClearedDeadlineLetsThePipeWorkAgain() throws Exception {
    a.setDeadline(Instant.EPOCH);
    b.setDeadline(Instant.EPOCH);
    assertThrows(NetTimeoutException.class, () -> a.write(bytes("x")));
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
    a.setDeadline(null);
    b.setDeadline(null);
    roundTrip();
  }

  @Test
  void aTimeoutCountsAnewForEachCall() throws Exception {
    b.setReadTimeout(Duration.ofMillis(200));
    for (int i = 0; i < 2; i++) {
      long start = System.nanoTime();
      assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
      assertTrue(System.nanoTime() - start >= 200_000_000, "early");
    }
    b.setReadTimeout(LONG);
    var read = Background.call(() -> text(b, 8)).awaitParked();
    a.write(bytes("x"));
    assertEquals("x", read.get());
  }

  @Test
  void aWriteTimeoutHoldsForTheWholeWrite() throws Exception {
    // A busy machine may let the time pass before anybody reads: then more of it.
    for (Duration time = SHORT; ; time = time.multipliedBy(4)) {
      a.setWriteTimeout(time);
      b.setReadTimeout(time);
      var write = Background.run(() -> a.write(bytes("ab")));
      boolean came = true;
      try {
        assertEquals("a", text(b, 1));
      } catch (NetTimeoutException e) {
        came = false;
      }
      long sent = write.failure(NetTimeoutException.class).bytesTransferred();
      assertEquals(came ? 1 : 0, sent);
      if (came) {
        return;
      }
    }
  }

  @Test
  void aTimeoutHoldsWhileAWriterWaitsForItsTurn() throws Exception {
    var first = Background.parked(() -> a.write(bytes("x")));
    a.setWriteTimeout(SHORT);
    var second = Background.run(() -> a.write(bytes("y")));
    second.failure(NetTimeoutException.class);
    assertFalse(first.isDone());
    assertEquals("x", text(b, 8));
    first.get();
  }

  /** The turn may be offered to a writer at the very moment in which its time is over. */
  @Test
  void aWriterWhoseTimeIsOverLeavesTheTurnToTheNext() throws Exception {
    for (int round = 0; round < 300; round++) {
      var first = Background.run(() -> a.write(bytes("1"))).spinUntilParked();
      a.setWriteTimeout(Duration.ofMillis(1));
      long over = System.nanoTime() + 1_000_000;
      var hasty = Background.run(() -> a.write(bytes("2"))).spinUntilParked();
      a.setWriteTimeout(null);
      var patient = Background.run(() -> a.write(bytes("3"))).spinUntilParked();
      long read = over + ThreadLocalRandom.current().nextInt(-20_000, 60_000);
      while (System.nanoTime() < read) {
        Thread.onSpinWait();
      }
      assertEquals("1", text(b, 1));
      b.setReadTimeout(Duration.ofSeconds(10));
      if (text(b, 1).equals("2")) {
        assertEquals("3", text(b, 1));
        hasty.get();
      } else {
        hasty.failure(NetTimeoutException.class);
      }
      first.get();
      patient.get();
    }
  }

  @Test
  void theEarlierOfDeadlineAndTimeoutWins() throws Exception {
    b.setReadDeadline(Instant.now().plus(LONG));
    b.setReadTimeout(SHORT);
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
    b.setReadTimeout(LONG);
    b.setReadDeadline(Instant.now().plus(SHORT));
    assertThrows(NetTimeoutException.class, () -> b.read(new byte[1]));
  }

  @Test
  void aTimeoutOfZeroOrLessIsRefused() throws Exception {
    for (Duration bad : List.of(Duration.ZERO, Duration.ofNanos(-1))) {
      var e = assertThrows(IllegalArgumentException.class, () -> a.setReadTimeout(bad));
      assertTrue(e.getMessage().contains(bad.toString()), e.getMessage());
      assertThrows(IllegalArgumentException.class, () -> a.setWriteTimeout(bad));
    }
    a.setReadTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    var read = Background.call(() -> text(a, 8)).awaitParked();
    b.write(bytes("x"));
    assertEquals("x", read.get());
  }

  @Test
  void racingReadersOfAFloodSeeNothingButTimeouts() throws Exception {
    var flood =
        Background.run(
            () -> {
              byte[] buf = new byte[1024];
              for (; ; ) {
                a.write(buf);
              }
            });
    b.setReadDeadline(Instant.now().plusMillis(1));
    List<Background<Void>> readers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      readers.add(
          Background.run(
              () -> {
                byte[] buf = new byte[1024];
                byte[] mine = new byte[1024];
                for (int round = 0; round < 100; round++) {
                  try {
                    b.read(buf);
                  } catch (NetTimeoutException e) {
                    b.setReadDeadline(Instant.now().plusMillis(1));
                  }
                  // Nobody writes into a buffer whose read has returned.
                  Arrays.fill(buf, (byte) 7);
                  Arrays.fill(mine, (byte) 7);
                  assertTrue(Arrays.equals(mine, buf));
                }
              }));
    }
    for (Background<Void> reader : readers) {
      reader.get();
    }
    b.close();
    flood.failure(NetClosedException.class);
  }

  @Test
  void racingWritersSeeNothingButTimeouts() throws Exception {
    var drain =
        Background.call(
            () -> {
              long sum = 0;
              byte[] buf = new byte[100];
              for (int n; (n = b.read(buf)) >= 0; ) {
                sum += n;
              }
              return sum;
            });
    a.setWriteDeadline(Instant.now().plusMillis(1));
    List<Background<Long>> writers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      writers.add(
          Background.call(
              () -> {
                byte[] buf = new byte[1024];
                long sent = 0;
                for (int round = 0; round < 100; round++) {
                  try {
                    a.write(buf);
                    sent += buf.length;
                  } catch (NetTimeoutException e) {
                    sent += e.failure().bytesTransferred();
                    a.setWriteDeadline(Instant.now().plusMillis(1));
                  }
                }
                return sent;
              }));
    }
    long sent = 0;
    for (Background<Long> writer : writers) {
      sent += writer.get();
    }
    a.close();
    assertEquals(sent, drain.get());
  }

  @Test
  void allMethodsMayRace() throws Exception {
    List<Background<Void>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(Background.run(() -> ignoringTimeouts(() -> a.read(new byte[64]))));
      all.add(Background.run(() -> ignoringTimeouts(() -> a.write(new byte[64]))));
      all.add(Background.run(() -> a.setDeadline(Instant.now().plusMillis(10))));
      all.add(Background.run(() -> a.setReadDeadline(Instant.EPOCH)));
      all.add(Background.run(() -> a.setWriteDeadline(Instant.EPOCH)));
      all.add(Background.run(a::localAddr));
    }
    for (Background<Void> call : all) {
      a.setDeadline(Instant.EPOCH);
      call.get();
    }
    a.setDeadline(null);
    roundTrip();
  }

  private void roundTrip() throws Exception {
    var write = Background.run(() -> a.write(bytes("x")));
    assertEquals("x", text(b, 8));
    write.get();
  }

  private static void ignoringTimeouts(Background.Action call) throws Exception {
    try {
      call.run();
    } catch (NetTimeoutException e) {
      assertTrue(e.timeout());
    }
  }
}

package gonet;

import static gonet.PipeTest.bytes;
import static gonet.PipeTest.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.support.Proves;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Closing, half-closing and interrupting a {@link Pipe}. */
@Timeout(180)
class PipeCloseTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Pipe pipe = Pipe.create();
  private final Conn a = pipe.first();
  private final Conn b = pipe.second();

  // ---- close ------------------------------------------------------------------------------------

  @Test
  @Proves("pipe-close")
  void afterACloseOnThisSideEveryCallFailsWithGosText() {
    assertFalse(a.isClosed());
    a.close();
    a.close();
    assertTrue(a.isClosed());
    assertClosedPipe(() -> a.read(new byte[1]));
    assertClosedPipe(() -> a.read(new byte[0]));
    assertClosedPipe(() -> a.read(ByteBuffer.allocate(1)));
    assertClosedPipe(a::awaitReadable);
    assertClosedPipe(() -> a.write(bytes("x")));
    assertClosedPipe(() -> a.write(new byte[0]));
    assertClosedPipe(() -> a.write(ByteBuffer.allocate(1), ByteBuffer.allocate(1)));
    assertClosedPipe(() -> a.setDeadline(Instant.now()));
    assertClosedPipe(() -> a.setReadDeadline(null));
    assertClosedPipe(() -> a.setWriteDeadline(null));
    assertClosedPipe(() -> a.setReadTimeout(LONG));
    assertClosedPipe(() -> a.setWriteTimeout(null));
    assertClosedPipe(a::closeRead);
    assertClosedPipe(a::closeWrite);
  }

  @Test
  @Proves("pipe-close")
  void afterACloseOnTheOtherSideReadsSeeTheEndAndWritesFail() throws Exception {
    a.close();
    assertEquals(-1, b.read(new byte[1]));
    assertEquals(-1, b.read(ByteBuffer.allocate(1)));
    assertEquals(0, b.read(new byte[0]));
    assertClosedPipe(() -> b.write(bytes("x")));
    assertFalse(b.isClosed());
    b.setDeadline(Instant.now().plus(LONG));
  }

  @Test
  @Proves("pipe-deadline")
  void theOtherSidesCloseWinsOverAPastDeadline() throws Exception {
    b.setDeadline(Instant.EPOCH);
    a.close();
    assertEquals(-1, b.read(new byte[1]));
    assertClosedPipe(() -> b.write(bytes("x")));
  }

  @Test
  void abortIsAResetForTheOtherSide() throws Exception {
    var reader = Background.parked(() -> b.read(new byte[1]));
    var writer = Background.parked(() -> b.write(new byte[1]));
    a.abort();
    assertTrue(a.isClosed());
    for (NetSocketException e :
        List.of(
            reader.failure(NetSocketException.class), writer.failure(NetSocketException.class))) {
      assertEquals("ECONNRESET", e.errno());
      assertTrue(NetFailure.isConnectionGone(e));
    }
    for (int i = 0; i < 2; i++) {
      NetSocketException e = assertThrows(NetSocketException.class, () -> b.read(new byte[1]));
      assertEquals("read pipe: read: connection reset by peer", e.getMessage());
    }
    assertFalse(b.closeGracefully(Duration.ofSeconds(20)), "a reset is no orderly end");
  }

  @Test
  void theFirstCloseDecidesHowItLooksFromTheOtherSide() throws Exception {
    a.close();
    a.abort();
    assertEquals(-1, b.read(new byte[1]));
  }

  @Test
  void closeOnThisSideWakesEverybodyWhoWaits() {
    var read = Background.parked(() -> a.read(new byte[1]));
    var ready = Background.parked(a::awaitReadable);
    var write = Background.parked(() -> a.write(bytes("abc")));
    var next = Background.parked(() -> a.write(bytes("d")));
    a.close();
    read.failure(NetClosedException.class);
    ready.failure(NetClosedException.class);
    write.failure(NetClosedException.class);
    next.failure(NetClosedException.class);
  }

  @Test
  void closeOnTheOtherSideWakesEverybodyWhoWaits() throws Exception {
    var read = Background.call(() -> a.read(new byte[1])).awaitParked();
    var ready = Background.parked(a::awaitReadable);
    var write = Background.parked(() -> a.write(bytes("abc")));
    var next = Background.parked(() -> a.write(bytes("d")));
    b.close();
    assertEquals(-1, read.get());
    ready.get();
    write.failure(NetClosedException.class);
    next.failure(NetClosedException.class);
  }

  @Test
  void aWriteThatIsClosedTellsWhatHadBeenTaken() throws Exception {
    ByteBuffer src = ByteBuffer.wrap(bytes("abcde"));
    var write = Background.parked(() -> a.write(src));
    assertEquals("ab", text(b, 2));
    b.close();
    assertEquals(2, write.failure(NetClosedException.class).failure().bytesTransferred());
    assertEquals(2, src.position());
  }

  @Test
  void whatAClosedWriterOfferedIsNotRead() throws Exception {
    var write = Background.parked(() -> a.write(bytes("abc")));
    a.close();
    assertEquals(-1, b.read(new byte[1]));
    write.failure(NetClosedException.class);
  }

  // ---- half-close -------------------------------------------------------------------------------

  @Test
  void closeWriteEndsTheStreamAndLeavesTheOtherDirection() throws Exception {
    var read = Background.call(() -> b.read(new byte[1])).awaitParked();
    a.closeWrite();
    a.closeWrite();
    assertEquals(-1, read.get());
    assertEquals(-1, b.read(new byte[1]));
    assertClosedPipe(() -> a.write(bytes("x")));
    assertFalse(a.isClosed());
    var write = Background.run(() -> b.write(bytes("still")));
    assertEquals("still", text(a, 8));
    write.get();
  }

  @Test
  void closeWriteComesBehindTheWriteInProgress() throws Exception {
    var write = Background.parked(() -> a.write(bytes("abc")));
    var shut = Background.parked(a::closeWrite);
    assertEquals("ab", text(b, 2));
    assertFalse(shut.isDone());
    assertEquals("c", text(b, 2));
    assertEquals("end", text(b, 2));
    write.get();
    shut.get();
  }

  @Test
  void closeReadEndsReadsAndDropsWhatTheOtherSideSends() throws Exception {
    var read = Background.call(() -> a.read(new byte[1])).awaitParked();
    a.closeRead();
    assertEquals(-1, read.get());
    ByteBuffer dropped = ByteBuffer.allocate(100_000);
    b.write(dropped);
    assertEquals(0, dropped.remaining());
    assertEquals(-1, a.read(new byte[1]));
    var write = Background.run(() -> a.write(bytes("still")));
    assertEquals("still", text(b, 8));
    write.get();
  }

  @Test
  void closeReadReleasesAWriteThatWaits() throws Exception {
    var write = Background.parked(() -> b.write(bytes("abc")));
    a.closeRead();
    write.get();
  }

  @Test
  void aDroppedWriteStillObeysItsDeadline() throws Exception {
    a.closeRead();
    b.setWriteDeadline(Instant.EPOCH);
    assertThrows(NetTimeoutException.class, () -> b.write(bytes("x")));
  }

  // ---- closeGracefully --------------------------------------------------------------------------

  @Test
  void closeGracefullyDropsInputUntilTheOtherSideEnds() throws Exception {
    var peer =
        Background.run(
            () -> {
              b.write(bytes("unread"));
              assertEquals(-1, b.read(new byte[1]));
              b.write(bytes("late"));
              b.close();
            });
    assertTrue(a.closeGracefully(LONG));
    peer.get();
    assertTrue(a.isClosed());
  }

  @Test
  void closeGracefullyGivesUpInTime() {
    assertFalse(a.closeGracefully(Duration.ofMillis(20)));
    assertTrue(a.isClosed());
    assertFalse(a.closeGracefully(LONG));
  }

  @Test
  void closeGracefullyWithoutTimeClosesAtOnce() {
    assertFalse(a.closeGracefully(Duration.ZERO));
    assertTrue(a.isClosed());
  }

  @Test
  void closeGracefullyGivesUpInTimeWhenAWriteHangs() {
    var write = Background.parked(() -> a.write(bytes("x")));
    assertFalse(a.closeGracefully(Duration.ofMillis(20)));
    write.failure(NetClosedException.class);
  }

  @Test
  void closeGracefullyKnowsThatTheOtherSideHasEnded() throws Exception {
    b.closeWrite();
    assertTrue(a.closeGracefully(Duration.ofSeconds(10)));
    assertEquals(-1, b.read(new byte[1]));
  }

  @Test
  void closeGracefullyIsNotEndedByAnInterruptBefore() throws Exception {
    var closing = Background.call(() -> closeWithStatus(true)).awaitParked();
    assertEquals(-1, b.read(new byte[1]));
    assertFalse(closing.isDone());
    b.close();
    assertTrue(closing.get(), "the interrupt status is lost");
  }

  @Test
  void closeGracefullyIsNotEndedByAnInterruptMeanwhile() throws Exception {
    var closing = Background.call(() -> closeWithStatus(false)).awaitParked();
    closing.interrupt();
    assertEquals(-1, b.read(new byte[1]));
    assertFalse(closing.isDone());
    b.close();
    assertTrue(closing.get(), "the interrupt status is lost");
  }

  /** The interrupt status after the other side has ended in time. */
  private boolean closeWithStatus(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    assertTrue(a.closeGracefully(LONG));
    return Thread.currentThread().isInterrupted();
  }

  @Test
  void closeGracefullyEndsWhenAnotherThreadCloses() throws Exception {
    var closing = Background.call(() -> a.closeGracefully(LONG)).awaitParked();
    a.close();
    assertFalse(closing.get());
  }

  @Test
  void aNegativeTimeoutIsRefusedAndClosesNothing() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> a.closeGracefully(Duration.ofSeconds(-1)));
    assertTrue(e.getMessage().contains("PT-1S"), e.getMessage());
    assertFalse(a.isClosed());
  }

  // ---- interrupts -------------------------------------------------------------------------------

  @Test
  void anInterruptedReadFailsAndLeavesThePipeUsable() throws Exception {
    var read =
        Background.call(
                () -> {
                  var e = assertThrows(NetInterruptedException.class, () -> b.read(new byte[1]));
                  assertTrue(Thread.currentThread().isInterrupted());
                  return e.getMessage();
                })
            .awaitParked();
    read.interrupt();
    assertEquals("read pipe: operation was canceled", read.get());
    var write = Background.run(() -> a.write(bytes("x")));
    assertEquals("x", text(b, 1));
    write.get();
  }

  @Test
  void anInterruptedWriteTellsWhatHadBeenTaken() throws Exception {
    ByteBuffer src = ByteBuffer.wrap(bytes("abcde"));
    var write = Background.parked(() -> a.write(src));
    assertEquals("abc", text(b, 3));
    write.awaitParked();
    write.interrupt();
    var e = write.failure(NetInterruptedException.class);
    assertEquals(3, e.failure().bytesTransferred());
    assertEquals(3, e.bytesTransferred);
    assertEquals(3, src.position());
    var next = Background.run(() -> a.write(bytes("x")));
    assertEquals("x", text(b, 8));
    next.get();
  }

  @Test
  void anInterruptedWriterLeavesTheQueue() throws Exception {
    var write = Background.parked(() -> a.write(bytes("a")));
    var next = Background.parked(() -> a.write(bytes("b")));
    var last = Background.parked(() -> a.write(bytes("c")));
    next.interrupt();
    assertEquals(0, next.failure(NetInterruptedException.class).failure().bytesTransferred());
    assertEquals("a", text(b, 8));
    assertEquals("c", text(b, 8));
    write.get();
    last.get();
  }

  @Test
  void aCallThatNeedNotWaitCompletesWhileTheStatusIsSet() throws Exception {
    var write = Background.parked(() -> a.write(bytes("x")));
    var read =
        Background.call(
            () -> {
              Thread.currentThread().interrupt();
              String s = text(b, 8);
              assertTrue(Thread.currentThread().isInterrupted());
              return s;
            });
    assertEquals("x", read.get());
    write.get();
  }

  @Test
  void aCallThatWouldWaitFailsAtOnceWhileTheStatusIsSet() {
    Background.run(
            () -> {
              Thread.currentThread().interrupt();
              b.read(new byte[1]);
            })
        .failure(NetInterruptedException.class);
    Background.run(
            () -> {
              Thread.currentThread().interrupt();
              b.awaitReadable();
            })
        .failure(NetInterruptedException.class);
  }

  private static void assertClosedPipe(Executable call) {
    var e = assertThrows(NetClosedException.class, call);
    assertEquals("io: read/write on closed pipe", e.getMessage());
  }
}

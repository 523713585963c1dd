package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.ECONNABORTED;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EINVAL;
import static gonet.internal.backend.Errno.EMFILE;
import static gonet.internal.backend.Errno.ENFILE;
import static gonet.internal.backend.Errno.ENOBUFS;
import static gonet.internal.backend.Errno.ENOMEM;
import static gonet.internal.backend.Errno.EPROTO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Readiness;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.internal.time.Timer;
import gonet.support.Proves;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener outlives dead connections and shortages. */
@Timeout(180)
@Proves({"S7", "D16"})
class FDAcceptTest {
  private static final ManualLane LANE = new ManualLane();
  private static final long MILLI = 1_000_000;

  private final FakeDescriptor socket = new FakeDescriptor();
  private final FD fd = new FD(socket, LANE, true);

  /** The pauses that were announced, in milliseconds. */
  private final List<Long> pauses = new CopyOnWriteArrayList<>();

  private final List<Integer> reasons = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
  }

  @Test
  void aConnectionInTheQueueIsTakenAtOnce() throws Exception {
    socket.accept.then(-EINTR, 0);
    accept(Clock.NONE);
    assertEquals(2, socket.accept.calls());
  }

  @Test
  void anEmptyQueueIsWaitedFor() throws Exception {
    Call<String> acceptor = parked();
    socket.accept.then(0);
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals("done", acceptor.result());
  }

  @Test
  @Proves("uv-armed")
  void afterAnAcceptTheNextOneMustTry() throws Exception {
    socket.accept.then(0, 0);
    accept(Clock.NONE);
    accept(Clock.NONE);
    assertEquals(2, socket.accept.calls());
  }

  @Test
  void connectionsThatDiedInTheQueueArePassedOver() throws Exception {
    socket.accept.then(-ECONNABORTED, -EPROTO, -ECONNABORTED, 0);
    accept(Clock.NONE);
    assertEquals(4, socket.accept.calls());
    assertEquals(List.of(), pauses);
  }

  @Test
  void aShortageIsPausedForTwiceAsLongEachTime() throws Exception {
    long start = Clock.now();
    socket.accept.then(-EMFILE, -ENFILE, -ENOBUFS, -ENOMEM, 0);
    accept(Clock.NONE);
    assertEquals(List.of(5L, 10L, 20L, 40L), pauses);
    assertEquals(List.of(EMFILE, ENFILE, ENOBUFS, ENOMEM), reasons);
    assertTrue(Clock.now() - start >= 75 * MILLI, "tried again too early");
  }

  @Test
  void theNextAcceptBeginsWithAShortPauseAgain() throws Exception {
    socket.accept.then(-EMFILE, -EMFILE, 0, -EMFILE, 0);
    accept(Clock.NONE);
    accept(Clock.NONE);
    assertEquals(List.of(5L, 10L, 5L), pauses);
  }

  @Test
  void theDeadlineEndsAPause() throws Exception {
    socket.accept.always(-EMFILE);
    fd.readDeadline(Clock.after(20 * MILLI));
    assertEquals(Kind.TIMEOUT, Call.run(() -> accept(Clock.NONE)).failure().kind());
  }

  @Test
  void theLimitOfTheCallEndsAPause() throws Exception {
    socket.accept.always(-EMFILE);
    Call<String> acceptor;
    long limit;
    try (var _ = new HeldTimers()) {
      limit = Clock.after(20 * MILLI);
      acceptor = Call.run(() -> acceptPausingJustBefore(limit));
      Eventually.until(() -> acceptor.done() || LANE.armedTimers() > 0);
      // Done already where the machine stood still over the limit.
      assertTrue(acceptor.done() || fd.desc.read.armedBy(limit), "the pause goes on");
    }
    assertEquals(Kind.TIMEOUT, acceptor.failure().kind());
    assertTrue(Clock.now() >= limit, "early");
  }

  /** The first pause, of 5 ms, would end behind the limit. */
  private void acceptPausingJustBefore(long limit) throws FDException {
    fd.accept(
        new Descriptor.Accepted(),
        (errno, nanos) -> {
          while (Clock.now() < limit - 2 * MILLI) {
            Thread.onSpinWait();
          }
        },
        limit);
  }

  /** The lane's timers, none of which fires until the end of this. */
  private static final class HeldTimers extends Timer implements AutoCloseable {
    private final CountDownLatch holds = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    HeldTimers() throws InterruptedException {
      LANE.timers().arm(this, Clock.LONG_AGO);
      holds.await();
    }

    @Override
    protected long fire(long now) {
      holds.countDown();
      try {
        over.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return Clock.NONE;
    }

    @Override
    public void close() {
      over.countDown();
    }
  }

  @Test
  void aDeadlineSetDuringAPauseEndsIt() throws Exception {
    socket.accept.always(-EMFILE);
    fd.readDeadline(Clock.after(TimeUnit.HOURS.toNanos(1)));
    Call<String> acceptor = Call.run(() -> accept(Clock.NONE));
    Eventually.until(() -> pauses.size() > 2);
    fd.readDeadline(Clock.LONG_AGO);
    assertEquals(Kind.TIMEOUT, acceptor.failure().kind());
  }

  @Test
  void anInterruptEndsAPause() {
    socket.accept.always(-EMFILE);
    Call<String> acceptor = Call.run(() -> accept(Clock.NONE));
    Eventually.until(() -> pauses.size() > 1);
    acceptor.thread().interrupt();
    assertEquals(Kind.INTERRUPTED, acceptor.failure().kind());
    assertTrue(acceptor.interruptStatus());
  }

  @Test
  void closeEndsAPause() {
    socket.accept.always(-EMFILE);
    Call<String> acceptor = Call.run(() -> accept(Clock.NONE));
    Eventually.until(() -> pauses.size() > 1);
    fd.close();
    assertEquals(Kind.CLOSED, acceptor.failure().kind());
  }

  @Test
  void edgesDoNotShortenAPause() throws Exception {
    Call<String> acceptor = parked();
    socket.accept.then(-EMFILE, -EMFILE, -EMFILE, -EMFILE, 0);
    long start = Clock.now();
    while (!acceptor.done()) {
      LANE.kernel.edge(socket, Readiness.READ);
      Thread.onSpinWait();
    }
    assertEquals("done", acceptor.result());
    assertTrue(Clock.now() - start >= 75 * MILLI, "an edge ended a pause");
  }

  @Test
  void aCloseOfAnotherDescriptorEndsAPause() throws Exception {
    socket.accept.then(-EMFILE, -EMFILE, -EMFILE, -EMFILE, -EMFILE, -EMFILE, -EMFILE, -EMFILE, 0);
    try (var _ = new HeldTimers()) { // so nothing else ends one
      Call<String> acceptor = Call.run(() -> accept(Clock.NONE));
      Eventually.until(
          () -> {
            new FD(new FakeDescriptor(), LANE, true).close();
            return acceptor.done();
          });
      assertEquals("done", acceptor.result());
    }
    assertEquals(8, pauses.size());
  }

  @Test
  void aCloseOfAnotherDescriptorIsNotToldBehindThePause() throws Exception {
    socket.accept.then(-EMFILE, 0);
    accept(Clock.NONE);
    String before = fd.toString();
    new FD(new FakeDescriptor(), LANE, true).close();
    assertEquals(before, fd.toString());
    assertTrue(before.contains("read unknown"), before);
  }

  /** One that starves new threads otherwise has to know when there are some. */
  @Test
  void theLaneHearsOfEachConnectionOnce() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    ManualLane lane =
        new ManualLane() {
          @Override
          public void newConnection() {
            connections.incrementAndGet();
          }
        };
    FD listener = new FD(socket, lane, true);
    socket.accept.then(-ECONNABORTED, 0, -EINTR, 0, -EAGAIN);
    listener.accept(new Descriptor.Accepted(), (errno, nanos) -> {}, Clock.NONE);
    assertEquals(1, connections.get());
    assertTrue(listener.acceptQueued(new Descriptor.Accepted(), (errno, nanos) -> {}));
    assertEquals(2, connections.get());
    assertFalse(listener.acceptQueued(new Descriptor.Accepted(), (errno, nanos) -> {}));
    assertEquals(2, connections.get());
  }

  @Test
  void anyOtherErrorIsTheListenersEnd() {
    socket.accept.then(-EINVAL);
    FDException e = Call.run(() -> accept(Clock.NONE)).failure();
    assertEquals("accept4", e.call());
    assertEquals(EINVAL, e.errno());
  }

  @Test
  void closeEndsAWaitingAccept() {
    socket.accept.then(-EAGAIN);
    Call<String> acceptor = parked();
    fd.close();
    assertEquals(Kind.CLOSED, acceptor.failure().kind());
  }

  private void accept(long limit) throws FDException {
    fd.accept(
        new Descriptor.Accepted(),
        (errno, nanos) -> {
          reasons.add(errno);
          pauses.add(nanos / MILLI);
        },
        limit);
  }

  private Call<String> parked() {
    return Call.run(() -> accept(Clock.NONE)).parkedIn(fd, "read");
  }
}

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
import gonet.support.Proves;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
  void theLimitOfTheCallEndsAPause() {
    socket.accept.always(-EMFILE);
    long start = Clock.now();
    long limit = Clock.after(330 * MILLI); // the pause before takes until 315, the next until 635
    assertEquals(Kind.TIMEOUT, Call.run(() -> accept(limit)).failure().kind());
    assertTrue(Clock.now() >= limit, "early");
    assertTrue(Clock.now() - start < 600 * MILLI, "the pause went on");
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
    long start = Clock.now();
    Call<String> acceptor = Call.run(() -> accept(Clock.NONE));
    while (!acceptor.done()) {
      new FD(new FakeDescriptor(), LANE, true).close();
      Thread.onSpinWait();
    }
    assertEquals("done", acceptor.result());
    assertEquals(8, pauses.size());
    assertTrue(Clock.now() - start < 1275 * MILLI, "no pause was cut short");
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

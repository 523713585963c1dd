package gonet.internal.pipe;

import gonet.internal.backend.Errno;
import gonet.internal.poll.FDException;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a pipe: a meeting point without a buffer. The writer offers its own buffers and
 * waits; readers copy out of them, as many as it takes; the writer leaves when nothing is left, or
 * withdraws the rest.
 *
 * <pre>
 *          write: takes the turn, offers              read: copies a part
 *   IDLE ---------------------------------> OFFERED ---------+
 *    ^                                       |  |  ^         |
 *    |   the writer leaves: success,         |  |  +---------+
 *    +---deadline, interrupt or close -------+  | read or drain: takes the last byte
 *    |                                          v
 *    +------ the writer leaves: success ----- TAKEN
 *
 *   IDLE      no turn is taken               writing = false, offer = null
 *   OFFERED   a writer waits for readers     writing = true,  offer = its buffers
 *   TAKEN     a writer has yet to wake up    writing = true,  offer = null
 * </pre>
 *
 * <p>Besides, either {@link PipeEnd} may be shut (half-closed) or closed. A reader's end that is
 * shut swallows what is offered; a writer's end is shut only in IDLE, so the end of the stream
 * comes behind every write that has begun.
 *
 * <p>Go's order of checks: closed on this side, ended by the other side, deadline. Interrupts come
 * last, for a call that need not wait completes.
 *
 * <p>Thread-safe. Bytes are copied, and positions moved, under the lock: once a call has returned
 * or failed, nobody touches its buffers any more.
 */
public final class PipeHalf {
  /**
   * Reads after which a virtual thread pauses. Two threads that wake each other up keep their
   * carrier's own queue filled, and the JDK's scheduler looks at no other queue until it is empty:
   * with as many busy pipes as carriers, no other virtual thread would ever run. A thread that
   * comes back from a pause comes from outside, too, so the queue gets empty first.
   */
  private static final int READS_BEFORE_PAUSE = 256;

  private final ReentrantLock lock = new ReentrantLock();

  /** Readers wait here for an offer. */
  private final Condition offered = lock.newCondition();

  /** The writer whose turn it is waits here until its offer is taken. */
  private final Condition taken = lock.newCondition();

  /** Other writers, and closeWrite, wait here for their turn. */
  private final Condition turn = lock.newCondition();

  private final PipeEnd reader = new PipeEnd();
  private final PipeEnd writer = new PipeEnd();

  /** What the present writer has left, at least one byte, or null. Guarded by {@link #lock}. */
  private ByteBuffer @Nullable [] offer;

  /** Whether a writer has the turn. Guarded by {@link #lock}. */
  private boolean writing;

  /** Successful reads since the last pause. Guarded by {@link #lock}. */
  private int reads;

  // ---- the reader's end -------------------------------------------------------------------------

  /**
   * Reads what is offered, at least one byte; −1 at the end.
   *
   * @param callLimit a moment of the clock, beside the sticky deadline; or {@link Clock#NONE}
   */
  public int read(ByteBuffer dst, long callLimit) throws FDException {
    int n;
    boolean pause;
    lock.lock();
    try {
      if (!dst.hasRemaining() && !reader.isClosed()) {
        return 0;
      }
      ByteBuffer[] srcs = awaitOffer(callLimit);
      if (srcs == null) {
        return -1;
      }
      n = take(srcs, dst);
      pause = ++reads == READS_BEFORE_PAUSE;
      if (pause) {
        reads = 0;
      }
    } finally {
      lock.unlock();
    }
    if (pause && Thread.currentThread().isVirtual()) {
      LockSupport.parkNanos(1);
    }
    return n;
  }

  /** Waits for an offer or the end. */
  public void awaitReadable(long callLimit) throws FDException {
    lock.lock();
    try {
      awaitOffer(callLimit);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops what is offered until the writer's end is shut or closed.
   *
   * @return false when {@code limit} came first, or the reader's end was closed meanwhile
   */
  public boolean drain(long limit) throws FDException {
    lock.lock();
    try {
      while (writer.isOpen()) {
        if (reader.isClosed() || PipeEnd.isOver(limit)) {
          return false;
        }
        if (offer != null) {
          skip(offer);
          takenAll();
        }
        await(offered, limit, 0);
      }
      return !writer.isReset();
    } finally {
      lock.unlock();
    }
  }

  public void closeRead() throws FDException {
    lock.lock();
    try {
      requireNotClosed(reader);
      reader.shut();
      wakeAll();
    } finally {
      lock.unlock();
    }
  }

  /** The offer, or null at the end of the stream. */
  private ByteBuffer @Nullable [] awaitOffer(long callLimit) throws FDException {
    for (; ; ) {
      requireNotClosed(reader);
      if (writer.isReset() && !reader.isShut()) {
        throw FDException.syscall("read", Errno.ECONNRESET, 0);
      }
      if (reader.isShut() || !writer.isOpen()) {
        return null;
      }
      if (reader.expired(callLimit)) {
        throw FDException.of(Kind.TIMEOUT, 0);
      }
      if (offer != null) {
        return offer;
      }
      await(offered, reader.limit(callLimit), 0);
    }
  }

  private int take(ByteBuffer[] srcs, ByteBuffer dst) {
    int before = dst.remaining();
    for (ByteBuffer src : srcs) {
      int n = Math.min(src.remaining(), dst.remaining());
      dst.put(dst.position(), src, src.position(), n);
      dst.position(dst.position() + n);
      src.position(src.position() + n);
    }
    if (remaining(srcs) == 0) {
      takenAll();
    }
    return before - dst.remaining();
  }

  private void takenAll() {
    offer = null;
    taken.signal();
  }

  // ---- the writer's end -------------------------------------------------------------------------

  /** Returns when readers have taken all that {@code srcs} have remaining. */
  public void write(ByteBuffer[] srcs, long callLimit) throws FDException {
    long size = remaining(srcs);
    lock.lock();
    try {
      if (size == 0) {
        requireNotClosed(writer);
        return;
      }
      awaitTurn(callLimit);
      try {
        deliver(srcs, size, callLimit);
      } finally {
        offer = null;
        writing = false;
        turn.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitTurn(long callLimit) throws FDException {
    try {
      requireWritable(callLimit, 0);
      while (writing) {
        await(turn, writer.limit(callLimit), 0);
        requireWritable(callLimit, 0);
      }
      writing = true;
    } finally {
      if (!writing) {
        turn.signal(); // this writer gives up, and may be the one that was woken for the turn
      }
    }
  }

  private void deliver(ByteBuffer[] srcs, long size, long callLimit) throws FDException {
    offer = srcs;
    offered.signalAll(); // all, for awaitReadable wakes up and takes nothing
    for (long left = size; left > 0; left = remaining(srcs)) {
      requireWritable(callLimit, size - left);
      if (reader.isShut()) {
        skip(srcs);
        return;
      }
      await(taken, writer.limit(callLimit), size - left);
    }
  }

  /**
   * Ends the stream behind the write in progress.
   *
   * @param limit how long to wait for that write, {@link Clock#NONE} for as long as it takes
   */
  public void closeWrite(long limit) throws FDException {
    lock.lock();
    try {
      while (writing && writer.isOpen()) {
        if (PipeEnd.isOver(limit)) {
          throw FDException.of(Kind.TIMEOUT, 0);
        }
        await(turn, limit, 0);
      }
      requireNotClosed(writer);
      writer.shut();
      wakeAll();
    } finally {
      lock.unlock();
    }
  }

  private void requireWritable(long callLimit, long sent) throws FDException {
    if (writer.isOpen() && reader.isReset()) {
      throw FDException.syscall("write", Errno.ECONNRESET, sent);
    }
    if (!writer.isOpen() || reader.isClosed()) {
      throw FDException.of(Kind.CLOSED, sent);
    }
    if (writer.expired(callLimit)) {
      throw FDException.of(Kind.TIMEOUT, sent);
    }
  }

  // ---- both ends --------------------------------------------------------------------------------

  /** Closes the reader's end; with {@code reset} the writer sees a reset. */
  public void closeReader(boolean reset) {
    close(reader, reset);
  }

  /** Closes the writer's end; with {@code reset} the reader sees a reset. */
  public void closeWriter(boolean reset) {
    close(writer, reset);
  }

  private void close(PipeEnd end, boolean reset) {
    lock.lock();
    try {
      end.close(reset);
      wakeAll();
    } finally {
      lock.unlock();
    }
  }

  public boolean isReaderClosed() {
    lock.lock();
    try {
      return reader.isClosed();
    } finally {
      lock.unlock();
    }
  }

  public void readDeadline(@Nullable Instant when) throws FDException {
    deadline(reader, when);
  }

  public void writeDeadline(@Nullable Instant when) throws FDException {
    deadline(writer, when);
  }

  private void deadline(PipeEnd end, @Nullable Instant when) throws FDException {
    lock.lock();
    try {
      requireNotClosed(end);
      end.deadline(when);
      wakeAll(); // those who wait now wait until the new moment
    } finally {
      lock.unlock();
    }
  }

  public void readTimeout(@Nullable Duration each) throws FDException {
    timeout(reader, each);
  }

  public void writeTimeout(@Nullable Duration each) throws FDException {
    timeout(writer, each);
  }

  /** Of each call; nanoseconds, 0 for none. */
  public long readTimeoutNanos() {
    return timeoutNanos(reader);
  }

  /** Of each call; nanoseconds, 0 for none. */
  public long writeTimeoutNanos() {
    return timeoutNanos(writer);
  }

  private long timeoutNanos(PipeEnd end) {
    lock.lock();
    try {
      return end.timeoutNanos();
    } finally {
      lock.unlock();
    }
  }

  /** The sticky deadline of readers, a moment of the clock. */
  public long readDeadline() {
    return deadline(reader);
  }

  /** The sticky deadline of writers. */
  public long writeDeadline() {
    return deadline(writer);
  }

  private long deadline(PipeEnd end) {
    lock.lock();
    try {
      return end.deadline();
    } finally {
      lock.unlock();
    }
  }

  private void timeout(PipeEnd end, @Nullable Duration each) throws FDException {
    lock.lock();
    try {
      requireNotClosed(end);
      end.timeout(each);
    } finally {
      lock.unlock();
    }
  }

  private static void requireNotClosed(PipeEnd end) throws FDException {
    if (end.isClosed()) {
      throw FDException.of(Kind.CLOSED, 0);
    }
  }

  /**
   * Waits for a change, at most until {@code limit}; the caller looks at everything again. An
   * interrupt only ends the wait: it fails the call when that would have to wait once more, so it
   * cannot take away a success that came at the same time. The interrupt status stays set.
   *
   * @param sent what a write has handed over so far
   */
  @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
  private static void await(Condition change, long limit, long sent) throws FDException {
    if (Thread.currentThread().isInterrupted()) {
      throw FDException.of(Kind.INTERRUPTED, sent);
    }
    try {
      if (limit == Clock.NONE) {
        change.await();
      } else {
        change.awaitNanos(limit - Clock.now());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void wakeAll() {
    offered.signalAll();
    taken.signalAll();
    turn.signalAll();
  }

  private static long remaining(ByteBuffer[] bufs) {
    long sum = 0;
    for (ByteBuffer buf : bufs) {
      sum += buf.remaining();
    }
    return sum;
  }

  private static void skip(ByteBuffer[] bufs) {
    for (ByteBuffer buf : bufs) {
      buf.position(buf.limit());
    }
  }
}

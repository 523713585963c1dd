package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.EBADF;
import static gonet.internal.backend.Errno.EINTR;
import static gonet.internal.backend.Errno.EINVAL;
import static gonet.internal.backend.Errno.EMSGSIZE;
import static gonet.internal.backend.Errno.ENOBUFS;
import static gonet.internal.backend.Errno.ENOMEM;
import static gonet.internal.backend.Errno.ENOSYS;
import static gonet.internal.backend.Errno.EPERM;
import static gonet.internal.backend.Errno.EPIPE;
import static gonet.internal.backend.Errno.ETOOMANYREFS;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Rights;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.UnixName;
import gonet.internal.flight.Flight;
import gonet.internal.layer.Room;
import gonet.internal.poll.FDException.Kind;
import gonet.internal.time.Clock;
import gonet.internal.time.NoThreadError;
import gonet.netip.AddrPort;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor that many threads may use at once: Go's {@code poll.FD}. Calls look blocking; what
 * really happens is a system call that does not block and, when it found nothing, a wait in the
 * {@link ParkSlot} of that direction.
 *
 * <p>Every operation has the same shape:
 *
 * <pre>
 *   lock the direction            FDMutex: one reader, one writer, and no close under their feet
 *   loop
 *     closed? deadline over?      fails before the system call, even when data is ready
 *     if the kernel may have something
 *       try the system call       done: return.   EAGAIN: the slot is EMPTY, unless an edge came
 *     else wait                   until an edge, the deadline, an interrupt or close
 *   unlock                        the last one out after close destroys the descriptor
 * </pre>
 *
 * <p><b>Errors.</b> A StackOverflowError or an OutOfMemoryError may come out of any step. What it
 * leaves behind is settled by whoever comes next; see "Errors" in docs/concurrency.md.
 *
 * <p><b>The latch.</b> The kernel tells a connection's fatal error once, to whoever asks first, and
 * then pretends a clean end of stream. So the first such error is recorded, and a read that would
 * report the end reports the error instead, every time. Bytes that arrived before it are delivered
 * first. EPIPE proves nothing about the other direction; want of memory and a message that is too
 * long prove nothing about the connection.
 *
 * <p>Deadlines are moments of {@link Clock}; a limit passed to a call counts besides the sticky
 * deadline of its direction, and the earlier one wins.
 */
public final class FD extends OpenDescriptor {

  /** What {@link #read} answers at the end of the stream. */
  public static final int END_OF_STREAM = -1;

  /** Looks at a send under way before the reader parks between two of them. */
  private static final int SPINS = 200;

  private static final long LOOK_AGAIN_NANOS = 20_000;

  /** No thread has this id. */
  private static final short NOBODY = 0;

  private static final VarHandle SENDS;

  static {
    try {
      SENDS = MethodHandles.lookup().findVarHandle(FD.class, "sends", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Whether a short read proves that the kernel is empty: TCP only, see {@link #read}. */
  private final boolean shortReadMeansEmpty;

  /** The fatal error of the connection, or zero. Written by whoever meets it first. */
  private volatile int latched;

  /** Set by {@link #closeRead}; reads report the end from then on. */
  volatile boolean readShut;

  /** Reads and accepts in a row that did not wait. Guarded by the read lock. */
  byte busyReads;

  /** Writes in a row that did not wait. Guarded by the write lock. */
  byte busyWrites;

  /**
   * The lowest bits of the id of the thread that has waited here last, in either direction. A wait
   * ends the busy run of the thread that waited, and of no other: a writer that never waits keeps
   * its carrier, however often the connection's reader does. Races cost a needless turn, or one
   * that comes a run later.
   */
  private short waited;

  /**
   * How many sends have begun, so that a reader can tell whether one of them is over. Written under
   * the write lock, read by {@link #awaitSendUnderWay}.
   */
  private volatile int sends;

  /** The last turn at whose beginning a busy thread stood aside. Races cost a needless turn. */
  private int turn;

  /**
   * Takes over an open descriptor, which from here on is closed by {@link #close} alone.
   *
   * @param shortReadMeansEmpty true for TCP; false for sockets whose reads stop at a message or at
   *     passed descriptors with more behind it
   */
  public FD(Descriptor descriptor, Poller poller, boolean shortReadMeansEmpty) {
    super(descriptor, poller);
    this.shortReadMeansEmpty = shortReadMeansEmpty;
  }

  // ---- reading ---------------------------------------------------------------------------------

  /**
   * Reads at least one byte, waiting for it. Answers zero when {@code len} is zero, and {@link
   * #END_OF_STREAM} at the end, again and again.
   */
  public int read(byte[] buf, int off, int len, long limit) throws FDException {
    return read(buf, off, null, len, null, null, limit);
  }

  /** Reads at least one byte, and the descriptors beside it. Answers as {@link #read} does. */
  public int receiveRights(byte[] buf, int off, int len, Rights into, long limit)
      throws FDException {
    return read(buf, off, null, len, into, null, limit);
  }

  /** Reads into what {@code buf} has remaining; its position moves by the result. */
  public int read(ByteBuffer buf, long limit) throws FDException {
    return read(null, 0, buf, 0, null, null, limit);
  }

  /** Reads at least one byte into room that it has while it asks the kernel, not while it waits. */
  public int read(Room room, long limit) throws FDException {
    return read(null, 0, null, 1, null, room, limit);
  }

  private int read(
      byte @Nullable [] array,
      int off,
      @Nullable ByteBuffer buffer,
      int len,
      @Nullable Rights rights,
      @Nullable Room room,
      long limit)
      throws FDException {
    lock(true, limit);
    boolean held = true;
    int got = 0;
    try {
      try {
        // Asked under the lock: another reader may just have filled the same buffer.
        int space = buffer == null ? len : buffer.remaining();
        if (space == 0) {
          return 0;
        }
        ParkSlot slot = desc.read;
        int asked = Math.min(space, descriptor.maxReceive());
        for (boolean expired = false; ; ) {
          stopIf(expired ? desc.closed() : slot.check(limit), slot, limit, 0);
          if (readShut) {
            return END_OF_STREAM;
          }
          if (expired || slot.mustTry()) {
            slot.beginTry();
            if (room != null) {
              buffer = room.take();
              asked = Math.min(buffer.remaining(), descriptor.maxReceive());
            }
            int n =
                array == null
                    ? descriptor.receive(Objects.requireNonNull(buffer), asked)
                    : rights == null
                        ? descriptor.receive(array, off, asked)
                        : descriptor.receiveRights(array, off, asked, rights);
            if (n > 0) {
              got = n;
              // A stream that gave less than it was asked for had no more, and more raises an edge;
              // unless something stands in the stream that stops a read early and stays silent.
              if (n < asked && shortReadMeansEmpty && !desc.sticky()) {
                slot.sawEmpty();
              }
              busyReads++;
              return n;
            }
            if (n == 0) {
              return endOfStream();
            }
            if (!sawNothing(slot, "read", n, 0)) {
              continue;
            }
            stopIf(expired ? Kind.TIMEOUT : null, slot, limit, 0);
          }
          if (room != null) {
            room.rest();
          }
          expired = awaitTraffic(slot, true, limit, 0);
        }
      } finally {
        unlockAfterReads();
        held = false;
      }
    } catch (Error e) {
      if (held) {
        mutex.readOwed = true;
      }
      if (got > 0) {
        return got; // bytes that are out of the kernel belong to the caller
      }
      throw e;
    }
  }

  /**
   * Waits until a read would not wait: data, the end of the stream or an error. Takes no byte and
   * needs no buffer.
   */
  public void awaitReadable(long limit) throws FDException {
    lock(true, limit);
    boolean held = true;
    try {
      try {
        ParkSlot slot = desc.read;
        boolean expired = false;
        for (boolean edge = false; ; edge = !expired) {
          stopIf(expired ? desc.closed() : slot.check(limit), slot, limit, 0);
          if (readShut || ((expired || slot.mustTry()) && probe(slot, edge))) {
            return;
          }
          if (!slot.mustTry()) {
            stopIf(expired ? Kind.TIMEOUT : null, slot, limit, 0);
            expired = awaitTraffic(slot, true, limit, 0);
          }
        }
      } finally {
        unlock(true);
        held = false;
      }
    } catch (Error e) {
      if (held) {
        mutex.readOwed = true;
      }
      throw e;
    }
  }

  /**
   * Waits as {@link #awaitReadable} does, but without a thread. The wait holds the read lock: other
   * reads wait behind it, and close waits until {@link #endWait}.
   *
   * @return true if a read would not have to wait now, in which case nothing was left behind; false
   *     if {@code wait} will be told
   * @throws FDException if the descriptor is closed; nothing was left behind
   */
  public boolean whenReadable(ReadWait wait) throws FDException {
    lock(true, Clock.NONE);
    boolean held = true; // by this thread; a wait takes the lock over
    try {
      try {
        ParkSlot slot = desc.read;
        for (boolean edge = false; ; edge = true) {
          stopIf(desc.closed(), 0);
          if (readShut || (slot.mustTry() && probe(slot, edge))) {
            return true;
          }
          if (slot.mustTry()) {
            continue;
          }
          register(0);
          descriptor.rest();
          if (slot.enter(wait)) {
            held = false;
            return false;
          }
        }
      } finally {
        if (held) {
          unlock(true);
          held = false;
        }
      }
    } catch (Error e) {
      if (held) {
        mutex.readOwed = true;
      }
      throw e;
    }
  }

  /** Whether a read would find something; if not, the slot is EMPTY unless an edge came since. */
  private boolean probe(ParkSlot slot, boolean edge) {
    slot.beginTry();
    int n = descriptor.probeRead();
    if (n >= 0 || (n == -ENOSYS && edge)) {
      return true;
    }
    if (n == -ENOSYS || n == -EAGAIN) { // the selector looks at the level when it is asked to
      slot.sawEmpty();
      return false;
    }
    if (n == -EINTR) {
      return false;
    }
    latch(-n);
    return true; // the read that follows reports it
  }

  /** Gives back what a wait holds; by whom {@link #whenReadable}'s wait was told, once. */
  public void endWait() {
    boolean held = true;
    try {
      unlock(true);
      held = false;
    } catch (Error e) {
      if (held) {
        mutex.readOwed = true;
      }
      throw e;
    }
  }

  /**
   * Ends a wait that nobody has told yet.
   *
   * @return true if so; false if it was told, or is about to be
   */
  public boolean cancelWait(ReadWait wait) {
    if (!desc.read.take(wait)) {
      return false;
    }
    endWait();
    return true;
  }

  /**
   * What a read says when the kernel has no more: the end, or the error that the connection died
   * of. The kernel may have told that error to a send which has not come to record it yet, so a
   * send that could be under way is waited for.
   */
  int endOfStream() throws FDException {
    awaitSendUnderWay();
    int error = latched;
    if (error != 0) {
      throw FDException.syscall("read", error, 0);
    }
    return END_OF_STREAM;
  }

  /**
   * Waits until no send is left that began before this call. Not a wait for traffic: a send does
   * not block, and a writer that waits is not in one. Parks, because a loop of yields could keep
   * the writer off the only carrier.
   */
  private void awaitSendUnderWay() {
    int begun = sends;
    boolean interrupted = false;
    for (int looks = 0;
        latched == 0 && mutex.isWriting() && mayBeSending() && sends == begun;
        looks++) {
      if (looks < SPINS) {
        Thread.onSpinWait();
      } else {
        interrupted |= Thread.interrupted(); // park returns at once while the status is set
        LockSupport.parkNanos(this, LOOK_AGAIN_NANOS);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean mayBeSending() {
    ParkSlot slot = desc.writeIfMade();
    return slot == null || slot.mayBeTrying();
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** Writes all of {@code buf[off, off+len)}; a failure tells how much had gone out. */
  public void write(byte[] buf, int off, int len, long limit) throws FDException {
    write(buf, off, null, null, len, null, limit);
  }

  /**
   * Writes all of {@code buf[off, off+len)}, at least one byte, with descriptors beside the first.
   */
  public void writeRights(byte[] buf, int off, int len, int[] numbers, long limit)
      throws FDException {
    write(buf, off, null, null, len, numbers, limit);
  }

  /** Writes what {@code buf} has remaining; its position tells what went out. */
  public void write(ByteBuffer buf, long limit) throws FDException {
    write(null, 0, buf, null, 0, null, limit);
  }

  /** Writes what all {@code bufs} have remaining, in order; their positions tell what went out. */
  public void write(ByteBuffer[] bufs, long limit) throws FDException {
    write(null, 0, null, bufs, 0, null, limit);
  }

  private void write(
      byte @Nullable [] array,
      int off,
      @Nullable ByteBuffer buffer,
      ByteBuffer @Nullable [] buffers,
      int len,
      int @Nullable [] rights,
      long limit)
      throws FDException {
    lock(false, limit);
    boolean held = true;
    boolean done = false;
    try {
      try {
        ParkSlot slot = null; // as long as nobody has had to wait
        int first = 0; // of the buffers, the first that is not empty
        for (long sent = 0; ; ) {
          // Asked anew each time: several writers may share a buffer, and a list may name one
          // twice.
          if (buffers != null) {
            first = Gathering.firstRemaining(buffers, first);
          }
          boolean more =
              buffers != null
                  ? first < buffers.length
                  : buffer != null ? buffer.hasRemaining() : sent < len;
          if (!more) {
            done = true;
            return;
          }
          slot = checkWrite(slot, limit, sent);
          if (slot == null || slot.mustTry()) {
            beginSend(slot);
            long n;
            if (array != null) {
              int chunk = (int) Math.min(len - sent, descriptor.maxSend());
              n =
                  rights == null || sent > 0
                      ? descriptor.send(array, off + (int) sent, chunk)
                      : descriptor.sendRights(array, off, chunk, rights);
              if (rights != null && concernsRights((int) n)) {
                throw FDException.syscall("sendmsg", (int) -n, sent);
              }
            } else if (buffer != null) {
              n = descriptor.send(buffer);
            } else {
              ByteBuffer[] all = Objects.requireNonNull(buffers);
              n = descriptor.send(all, first, all.length - first);
            }
            if (n >= 0) {
              sent += n;
              busyWrites += (byte) (1 + n / Turn.BUSY_BYTES);
              if (busyWrites >= 2 * Turn.BUSY_CALLS) { // in the middle of a long write
                busyWrites = 0;
                letOthersRun();
              }
              continue;
            }
            if (slot == null) {
              slot = desc.write();
              if (n == -EAGAIN && desc.mayMissEdges()) {
                continue; // once more, now that an edge finds something to mark
              }
            }
            if (!sawNothing(slot, "write", (int) n, sent)) {
              continue;
            }
          }
          stopIf(awaitTraffic(slot, false, limit, sent) ? Kind.TIMEOUT : null, slot, limit, sent);
        }
      } finally {
        unlockAfterWrites();
        held = false;
      }
    } catch (Error e) {
      if (held) {
        mutex.writeOwed = true;
      }
      if (!done) {
        throw e;
      }
    }
  }

  // ---- establishment ---------------------------------------------------------------------------

  /**
   * Takes one connection from the queue, waiting for it. Connections that died in the queue are
   * passed over; while descriptors or memory are short it pauses, 5 ms first and up to a second,
   * because no edge tells when there are some again. A close by this process ends the pause.
   */
  public void accept(Descriptor.Accepted into, AcceptTrouble trouble, long limit)
      throws FDException {
    var _ = Establishment.accept(this, into, trouble, limit, true);
  }

  /**
   * Takes one connection if there is one in the queue. Asks the kernel in any case, so that nothing
   * that is there already waits for its edge. Waits only while descriptors or memory are short.
   *
   * @return false when the queue is empty
   */
  public boolean acceptQueued(Descriptor.Accepted into, AcceptTrouble trouble) throws FDException {
    return Establishment.accept(this, into, trouble, Clock.NONE, false);
  }

  /**
   * Connects, waiting for the outcome. A thread that is interrupted while it waits gets no
   * connection even if one was made in that moment (Go issue 16523). After a failure the descriptor
   * is good for nothing but {@link #close}.
   */
  public void connect(AddrPort remote, long limit) throws FDException {
    Establishment.connect(this, new Establishment.Connecting(remote), limit);
  }

  /**
   * Connects a Unix socket, which does not wait: EAGAIN says that the listener's queue is full.
   * After a failure the descriptor is good for nothing but {@link #close}.
   */
  public void connect(UnixName remote, long limit) throws FDException {
    Establishment.connect(this, new Establishment.ConnectingUnix(remote), limit);
  }

  // ---- half-close, options, addresses ----------------------------------------------------------

  /** Ends the sending half, behind all writes that have begun; waits for them until the limit. */
  public void closeWrite(long limit) throws FDException {
    lock(false, limit);
    boolean held = true;
    try {
      try {
        int result = descriptor.shutdownWrite();
        if (result < 0) {
          throw FDException.syscall("shutdown", -result, 0);
        }
      } finally {
        unlock(false);
        held = false;
      }
    } catch (Error e) {
      if (held) {
        mutex.writeOwed = true;
      }
      throw e;
    }
  }

  /** Ends the receiving half: a waiting read and all later ones see the end of the stream. */
  public void closeRead() throws FDException {
    use(new ShutdownRead(this));
  }

  private record ShutdownRead(FD fd) implements Use<Integer> {
    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      fd.readShut = true; // Linux goes on delivering what arrives after SHUT_RD
      int n = descriptor.shutdownRead();
      fd.desc.read.ready();
      if (n < 0) {
        throw new SyscallException("shutdown", -n);
      }
      return n;
    }
  }

  // ---- deadlines -------------------------------------------------------------------------------

  /** The sticky deadline of reads and accepts, {@link Clock#NONE} for none. */
  public void readDeadline(long when) throws FDException {
    stopIf(desc.closed(), 0);
    move(desc.read, when);
    mutex.deadlineMoved(true);
  }

  /** The sticky deadline of writes. */
  public void writeDeadline(long when) throws FDException {
    stopIf(desc.closed(), 0);
    if (when != Clock.NONE || desc.writeIfMade() != null) {
      move(desc.write(), when);
      mutex.deadlineMoved(false);
    }
  }

  /** It stands also if no timer can be had for the call that waits now. */
  private static void move(ParkSlot slot, long when) throws FDException {
    try {
      slot.deadline(when);
    } catch (NoThreadError e) {
      throw FDException.syscall(e.call(), EAGAIN, 0);
    }
  }

  /** The sticky deadline of reads, a moment of {@link Clock}; for dumps. */
  public long readDeadline() {
    return desc.read.deadline();
  }

  /** The sticky deadline of writes; for dumps. */
  public long writeDeadline() {
    ParkSlot slot = desc.writeIfMade();
    return slot == null ? Clock.NONE : slot.deadline();
  }

  /** The error that the connection died of, positive; zero while none is known. */
  public int error() {
    return latched;
  }

  // ---- the steps of an operation ---------------------------------------------------------------

  /**
   * Before each try of a write: fails if the descriptor is closed or the time is over.
   *
   * @param known the slot, or null as long as nobody is known to have waited
   * @return the slot, or null if nobody has
   */
  @Nullable ParkSlot checkWrite(@Nullable ParkSlot known, long limit, long sent)
      throws FDException {
    ParkSlot slot = known != null ? known : desc.writeIfMade();
    stopIf(slot == null ? desc.check(limit) : slot.check(limit), slot, limit, sent);
    return slot;
  }

  /** Right before the system call of a write. */
  void beginSend(@Nullable ParkSlot slot) {
    SENDS.setRelease(this, sends + 1);
    if (slot != null) {
      slot.beginTry();
    }
  }

  void unlockAfterReads() {
    boolean busy = busyReads >= Turn.BUSY_CALLS;
    if (busy) {
      busyReads = 0;
    }
    unlock(true, busy);
  }

  void unlockAfterWrites() {
    desc.wrote();
    boolean busy = busyWrites >= Turn.BUSY_CALLS;
    if (busy) {
      busyWrites = 0;
    }
    unlock(false, busy);
  }

  /**
   * Unlocks, and stands aside behind a busy run. An Error means, as from {@link #unlock(boolean)},
   * that nothing was unlocked.
   */
  private void unlock(boolean read, boolean busy) {
    boolean standsAside = busy && !hasWaited();
    unlock(read);
    if (standsAside) {
      try {
        letOthersRun();
      } catch (Error e) {
        // No room to stand aside. The operation has its result, and the lock is released.
      }
    }
  }

  /** Whether this thread has waited since it was asked last; for the end of a busy run. */
  private boolean hasWaited() {
    if (waited != (short) Thread.currentThread().threadId()) {
      return false;
    }
    waited = NOBODY;
    return true;
  }

  /** See {@link Turn}. */
  private void letOthersRun() {
    turn = Turn.letOthersRun(turn, desc.yieldIsFair(), this);
  }

  static void stopIf(@Nullable Kind why, long transferred) throws FDException {
    if (why != null) {
      throw FDException.of(why, transferred);
    }
  }

  static void stopIf(@Nullable Kind why, @Nullable ParkSlot slot, long limit, long transferred)
      throws FDException {
    if (why != null) {
      throw FDException.of(why, slot, limit, transferred);
    }
  }

  /** True when the system call found nothing and no edge came since, so that waiting is right. */
  boolean sawNothing(ParkSlot slot, String call, int result, long transferred) throws FDException {
    if (result == -EAGAIN) {
      return slot.sawEmpty();
    }
    if (result == -EINTR) {
      return false;
    }
    latch(-result);
    throw FDException.syscall(call, -result, transferred);
  }

  /** A failure that comes of the descriptors that were to be passed, and proves nothing else. */
  private static boolean concernsRights(int result) {
    return switch (-result) {
      case EBADF, EINVAL, EPERM, ETOOMANYREFS, ENOSYS -> true;
      default -> false;
    };
  }

  private void latch(int errno) {
    boolean ofOneCall =
        errno == EPIPE
            || errno == ENOMEM
            || errno == ENOBUFS
            || errno == EMSGSIZE
            || errno == ENOSYS;
    if (latched == 0 && !ofOneCall) {
      latched = errno; // two at once: either of them tells the truth
    }
  }

  /**
   * Waits for an edge.
   *
   * @return true after a timeout, which is no failure yet: a reader takes a last look. The process
   *     may have stood still, with the bytes in the kernel all the time
   */
  boolean await(ParkSlot slot, long limit, long transferred) throws FDException {
    waited = (short) Thread.currentThread().threadId();
    register(transferred);
    Kind stop;
    try {
      stop = slot.await(limit);
    } catch (NoThreadError e) { // for the timer
      throw FDException.syscall(e.call(), EAGAIN, transferred);
    }
    if (stop == Kind.TIMEOUT) {
      return true;
    }
    stopIf(stop, transferred);
    return false;
  }

  private void register(long transferred) throws FDException {
    try {
      desc.register();
    } catch (SyscallException e) {
      throw FDException.syscall(e.call(), e.errno(), transferred);
    }
  }

  /** The same for data, which flight recordings may show. Ends a busy run of this direction. */
  boolean awaitTraffic(ParkSlot slot, boolean read, long limit, long transferred)
      throws FDException {
    if (read) {
      busyReads = 0;
    } else {
      busyWrites = 0;
    }
    if (!Flight.waits(read)) {
      return await(slot, limit, transferred);
    }
    RecordedWait wait = new RecordedWait(read);
    Kind stop = null;
    try {
      boolean expired = await(slot, limit, transferred);
      stop = expired ? Kind.TIMEOUT : null;
      return expired;
    } catch (FDException e) {
      stop = e.kind();
      throw e;
    } finally {
      wait.end(descriptor, stop == null ? "READY" : stop.name());
    }
  }
}

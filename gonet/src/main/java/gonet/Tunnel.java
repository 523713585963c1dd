package gonet;

import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Ties two connections together: what either side sends the other receives, the end of each
 * direction by itself, and a reset as a reset. What a proxy does with a client and its target.
 *
 * {@snippet :
 * try (Conn target = dialer.dial("tcp", "10.0.0.7:5432")) {
 *   Tunnel.between(client, target)
 *       .withIdleTimeout(Duration.ofHours(1))
 *       .withHalfCloseTimeout(Duration.ofSeconds(30))
 *       .run();
 * }
 * }
 *
 * <p>Go's usual two {@code io.Copy} turn a reset into a clean end, and the other side takes half an
 * answer for a whole one. Here each direction is a {@link Transfer}; while a receiver is slow
 * nothing is read, so that the sender's kernel stops the sender. The limits are what HAProxy calls
 * {@code timeout tunnel} and {@code timeout client-fin}.
 *
 * <p>One thread at a time runs it; {@link #bytesToA} and {@link #bytesToB} are for any.
 *
 * @since 0.1
 */
public final class Tunnel {
  /** Nothing is shorter: what is silent for less is a burst. */
  private static final Duration SHORTEST = Duration.ofMillis(1);

  /**
   * A direction that does not read does not see a reset. That concerns a direction that waits for a
   * slow receiver, and one whose sender has ended its stream but still receives: both look at the
   * state of the sender's connection so often.
   */
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Who finds silence looks once more after so long: the process may have stood still, with bytes
   * in the kernel that the other direction has yet to fetch.
   */
  private static final long SECOND_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Conn a;
  private final Conn b;
  private final long idleNanos;
  private final long halfCloseNanos;

  private final AtomicBoolean begun = new AtomicBoolean();
  private final Half toB;
  private final Half toA;

  /** When a byte went out last, on either side; a moment of {@link Clock}. */
  private volatile long active = Clock.now();

  private Tunnel(Conn a, Conn b, long idleNanos, long halfCloseNanos) {
    this.a = a;
    this.b = b;
    this.idleNanos = idleNanos;
    this.halfCloseNanos = halfCloseNanos;
    this.toB = new Half(a, b);
    this.toA = new Half(b, a);
  }

  /** Between these two, without limits of its own. */
  public static Tunnel between(Conn a, Conn b) {
    return new Tunnel(Objects.requireNonNull(a, "a"), Objects.requireNonNull(b, "b"), 0, 0);
  }

  /**
   * Both connections are reset when no byte has gone out on either side for so long. Null, the
   * default, for never.
   *
   * @throws IllegalArgumentException if it is shorter than a millisecond
   */
  public Tunnel withIdleTimeout(@Nullable Duration limit) {
    return new Tunnel(a, b, nanos(limit, "idle timeout"), halfCloseNanos);
  }

  /**
   * The same for a tunnel one of whose directions has ended: its peer may have vanished behind its
   * last byte, and nobody would notice. An answer that goes on is not cut off. Null, the default,
   * leaves that to the idle timeout.
   *
   * @throws IllegalArgumentException if it is shorter than a millisecond
   */
  public Tunnel withHalfCloseTimeout(@Nullable Duration limit) {
    return new Tunnel(a, b, idleNanos, nanos(limit, "half-close timeout"));
  }

  private static long nanos(@Nullable Duration limit, String name) {
    if (limit == null) {
      return 0;
    }
    if (limit.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(name + " " + limit + " is shorter than 1 ms");
    }
    return Durations.nanos(limit, name);
  }

  /** The bytes that have gone out on the first connection. */
  public long bytesToA() {
    return toA.transfer.bytes();
  }

  /** The bytes that have gone out on the second one. */
  public long bytesToB() {
    return toB.transfer.bytes();
  }

  private record Carrying(Half half, Half other) implements Runnable {
    @Override
    public void run() {
      half.carry(other);
    }
  }

  /**
   * Carries bytes until both directions have ended, which is the way it returns; the connections
   * are the caller's to close. After anything else both are reset: an orderly end would tell the
   * other side that it has got everything. One direction is carried by the calling thread, the
   * other by one of {@link Net#go}.
   *
   * @throws NetTimeoutException after the idle or the half-close timeout, or by a timeout of one of
   *     the connections
   * @throws NetInterruptedException if the thread is interrupted
   * @throws IOException what ended it: what a read or a write of one of the connections throws
   * @throws IllegalStateException if it has run before
   */
  public void run() throws IOException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("this tunnel has run before");
    }
    Thread other = Net.threads().unstarted(new Carrying(toA, toB));
    active = Clock.now();
    other.start();
    toB.carry(toA);
    boolean interrupted = false;
    while (other.isAlive()) { // not for long: the two end together
      try {
        other.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    IOException failure = toB.first(toA);
    if (failure != null) {
      throw failure;
    }
  }

  private void reset() {
    a.abort();
    b.abort();
  }

  /** One direction. What is not final is its own thread's, unless it says otherwise. */
  private final class Half implements Transfer.Guard {
    private final Conn from;
    private final Conn to;
    private final Transfer transfer;

    /** Kept until they fire: an idle tunnel costs a wake-up for each limit, a busy one nothing. */
    private @Nullable TimeLimit readLimit;

    private @Nullable TimeLimit writeLimit;

    /** The last byte behind which silence was found once; {@link Clock#NONE} for none. */
    private long suspect = Clock.NONE;

    /** Set before the receiver is told of the end. */
    private volatile boolean ending;

    private final CountDownLatch ended = new CountDownLatch(1);

    /** Why it ended early, and when. Written before {@link #ended}. */
    private @Nullable IOException failure;

    private long failedAt;

    Half(Conn from, Conn to) {
      this.from = from;
      this.to = to;
      this.transfer = Transfer.guarded(from, to, this);
    }

    @Override
    public @Nullable TimeLimit read() {
      if (readLimit == null && idleNanos != 0) {
        long last = active;
        // The second look has time to find what arrived while the process stood still.
        readLimit =
            TimeLimit.atMoment(
                suspect == last ? Clock.after(SECOND_LOOK_NANOS) : Clock.plus(last, idleNanos));
      }
      return readLimit;
    }

    @Override
    public @Nullable TimeLimit write() {
      if (writeLimit == null || writeLimit.isOver()) {
        writeLimit = TimeLimit.atMoment(Clock.after(LOOK_NANOS));
      }
      return writeLimit;
    }

    @Override
    public void wentOut() {
      active = Clock.now();
    }

    /** Carries bytes until its own stream has ended and the other's too, or all is lost. */
    void carry(Half other) {
      boolean orderly = false;
      try {
        copy(other);
        ending = true;
        to.closeWrite();
        ended.countDown();
        awaitEnd(other);
        orderly = true;
      } catch (IOException e) {
        failure = e;
        failedAt = Clock.now();
      } finally {
        ended.countDown();
        if (!orderly) {
          reset();
        }
      }
    }

    private void copy(Half other) throws IOException {
      for (; ; ) {
        try {
          transfer.run();
          return;
        } catch (NetTimeoutException e) {
          TimeLimit mine = e.limit();
          if (mine == null || !(mine.equals(readLimit) || mine.equals(writeLimit))) {
            throw e; // the caller's
          }
          readLimit = null;
          writeLimit = null;
          look(other);
        }
      }
    }

    /** The other direction goes on alone: looks after it, while that one may wait in a read. */
    private void awaitEnd(Half other) throws IOException {
      try {
        while (!other.ended.await(lookNanos(), TimeUnit.NANOSECONDS)) {
          look(other);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw NetFailure.interrupted("read", other.from, 0);
      }
      if (!other.ending) {
        throw new IOException("the other direction of the tunnel has failed", other.failure);
      }
    }

    private long lookNanos() {
      long limit = limitNanos();
      return limit == 0
          ? LOOK_NANOS
          : Math.min(LOOK_NANOS, Math.max(left(limit), SECOND_LOOK_NANOS));
    }

    private long left(long limit) {
      return Clock.plus(active, limit) - Clock.now();
    }

    /** How long there may be silence now; 0 without limit. */
    private long limitNanos() {
      boolean half = toA.ending || toB.ending;
      if (!half || halfCloseNanos == 0) {
        return idleNanos;
      }
      return idleNanos == 0 ? halfCloseNanos : Math.min(idleNanos, halfCloseNanos);
    }

    /**
     * Fails if there has been silence for too long, or the sender's connection is gone. The state
     * CLOSE is also where two orderly ends lead to, but not before this side has sent its own.
     */
    private void look(Half other) throws IOException {
      long limit = limitNanos();
      if (limit != 0 && left(limit) <= 0) {
        long last = active;
        if (suspect == last) {
          throw NetFailure.timeout("read", ending ? other.from : from, 0);
        }
        suspect = last;
      }
      TcpConn tcp = from.find(TcpConn.class);
      if (tcp != null && state(tcp) == TcpInfo.State.CLOSE && !other.ending) {
        throw NetFailure.errno("read", from, "read", "ECONNRESET", 0);
      }
    }

    /** Why the tunnel ended: what failed first, and not what failed because of that. */
    @Nullable IOException first(Half other) {
      if (failure == null || other.failure == null) {
        return failure == null ? other.failure : failure;
      }
      return failedAt <= other.failedAt ? failure : other.failure;
    }
  }

  private static TcpInfo.State state(TcpConn conn) throws IOException {
    try {
      return conn.info().state();
    } catch (UnsupportedOperationException e) {
      return TcpInfo.State.UNKNOWN; // the next read or write will tell
    }
  }
}

package gonet;

import static gonet.internal.backend.Errno.EINVAL;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.SyscallException;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.RawCalls;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket's descriptor for system calls of the program's own, through a foreign function for
 * instance, while the socket is held open; with the netpoller's waiting. Go: {@code
 * syscall.RawConn}.
 *
 * {@snippet :
 * conn.rawConn().read(fd -> {
 *   received = Native.recvmsg(fd, message); // non-blocking: the descriptor is
 *   return received >= 0 || Native.errno() != EAGAIN;
 * });
 * }
 *
 * <p>What is called must not block, must not clear O_NONBLOCK, and must not close the number nor
 * keep it beyond the call; {@link NetSocket#duplicateDescriptor} is for that. It runs on the
 * caller's thread, and what it throws is thrown from here.
 *
 * <p>Any thread. {@link #read} takes its place among the socket's reads, {@link #write} among its
 * writes, with their deadlines and timeouts; both end with close and interrupt as those do.
 *
 * @since 0.1
 */
public final class RawConn {

  /** Something to do with a descriptor. */
  @FunctionalInterface
  public interface Control {
    /** Must not block. */
    void run(int fd) throws IOException;
  }

  /** A system call that may find nothing. */
  @FunctionalInterface
  public interface Attempt {
    /**
     * Makes it. Must not block.
     *
     * @return true when it is done, well or not; false, after EAGAIN, to be called again when there
     *     may be something. No news comes of what was there already
     */
    boolean run(int fd) throws IOException;
  }

  /** What has the descriptor: kept reachable while it is used. */
  private interface Owner {
    FD fd();

    /** Of calls in this direction, as they begin now; {@link Clock#NONE} for none. */
    long limit(boolean read);

    /** Whether there is something to read and write; not so for a listener. */
    boolean carriesData();

    Op op(String name);
  }

  private final Owner owner;

  private RawConn(Owner owner) {
    this.owner = owner;
    SocketDescriptor.requireNumber(owner.fd());
  }

  static RawConn of(SocketConn conn) {
    return new RawConn(new OfConn(conn));
  }

  static RawConn of(SocketListener<?> listener) {
    return new RawConn(new OfListener(listener));
  }

  private record OfConn(SocketConn conn) implements Owner {
    @Override
    public FD fd() {
      return conn.fd;
    }

    @Override
    public long limit(boolean read) {
      return read ? conn.readLimit() : conn.writeLimit();
    }

    @Override
    public boolean carriesData() {
      return true;
    }

    @Override
    public Op op(String name) {
      return new Op(name, conn.network(), null, conn.localAddr());
    }

    @Override
    public String toString() {
      return conn.toString();
    }
  }

  private record OfListener(SocketListener<?> listener) implements Owner {
    @Override
    public FD fd() {
      return listener.fd;
    }

    @Override
    public long limit(boolean read) {
      return Clock.NONE;
    }

    @Override
    public boolean carriesData() {
      return false;
    }

    @Override
    public Op op(String name) {
      return listener.op(name);
    }

    @Override
    public String toString() {
      return listener.toString();
    }
  }

  /**
   * Calls {@code control} once, beside reads and writes.
   *
   * @throws NetClosedException if the socket is closed; nothing was called then
   */
  public void control(Control control) throws IOException {
    Controlling use = new Controlling(Objects.requireNonNull(control, "control"));
    try {
      var _ = owner.fd().use(use);
    } catch (FDException e) {
      throw OpErrors.of(owner.op("raw-control"), e);
    } finally {
      Reference.reachabilityFence(owner);
    }
    if (use.failure != null) {
      throw use.failure;
    }
  }

  private static final class Controlling implements FD.Use<Integer> {
    private final Control control;
    private @Nullable IOException failure;

    private Controlling(Control control) {
      this.control = control;
    }

    @Override
    public Integer apply(Descriptor descriptor) throws SyscallException {
      try {
        control.run(descriptor.number());
      } catch (IOException e) {
        failure = e;
      }
      return 0;
    }
  }

  /**
   * Calls {@code attempt} until it is done, and waits between for something to read.
   *
   * @throws NetTimeoutException when the deadline or the timeout of reads is over; without a call
   *     if that is so from the beginning
   * @throws NetSocketException EINVAL for a listener; nothing was called then
   */
  public void read(Attempt attempt) throws IOException {
    read(attempt, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  public void read(Attempt attempt, @Nullable TimeLimit limit) throws IOException {
    run(true, "raw-read", attempt, limit);
  }

  /** Calls {@code attempt} until it is done, and waits between for room to write. */
  public void write(Attempt attempt) throws IOException {
    write(attempt, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  public void write(Attempt attempt, @Nullable TimeLimit limit) throws IOException {
    run(false, "raw-write", attempt, limit);
  }

  private void run(boolean read, String name, Attempt attempt, @Nullable TimeLimit limit)
      throws IOException {
    Objects.requireNonNull(attempt, "attempt");
    if (!owner.carriesData()) {
      throw new NetSocketException(
          OpFailure.ofErrno(owner.op(name), "a listener carries no data", EINVAL));
    }
    FD fd = owner.fd();
    long own = owner.limit(read);
    try {
      RawCalls.run(fd, read, new Calling(attempt), Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      long sticky = read ? fd.readDeadline() : fd.writeDeadline();
      throw OpErrors.of(owner.op(name), e, limit, Clock.earlier(own, sticky));
    } finally {
      Reference.reachabilityFence(owner);
    }
  }

  private record Calling(Attempt attempt) implements RawCalls.Attempt {
    @Override
    public boolean run(int number) throws IOException {
      return attempt.run(number);
    }
  }

  @Override
  public String toString() {
    return "raw " + owner;
  }
}

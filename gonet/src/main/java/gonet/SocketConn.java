package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.flight.Flight;
import gonet.internal.flight.Trace;
import gonet.internal.layer.LateRead;
import gonet.internal.layer.PromptClose;
import gonet.internal.layer.Room;
import gonet.internal.poll.Dropped;
import gonet.internal.poll.FD;
import gonet.internal.poll.FDException;
import gonet.internal.poll.GracefulClose;
import gonet.internal.poll.Poller;
import gonet.internal.poll.Splice;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection over a descriptor: everything of {@link Conn} that does not depend on the kind of
 * socket. Turns the descriptor's failures into exceptions with text.
 *
 * <p>Each call that may wait ends with a reachability fence, because the {@link Dropped cleaner}
 * must not take a connection away from a thread that is parked on its descriptor.
 */
abstract sealed class SocketConn implements Conn permits TcpConn, DatagramConn, UnixConn {
  final FD fd;
  private final String network;

  /** Asked of the kernel when somebody wants to know it, at close at the latest. */
  private volatile @Nullable NetAddr local;

  /** Null until one is set: an idle connection should be small. Written once, under the monitor. */
  private volatile @Nullable Timeouts timeouts;

  /** It was handed to the program, and counts. Written before that, by the thread that does it. */
  private boolean established;

  /** Close ends the watching. Null where somebody else keeps the connection until its end. */
  private final Cleaner.@Nullable Cleanable watch;

  SocketConn(
      Descriptor descriptor,
      Poller poller,
      boolean shortReadMeansEmpty,
      String network,
      @Nullable NetAddr local,
      @Nullable NetAddr remote,
      boolean watched) {
    this.fd = new FD(descriptor, poller, shortReadMeansEmpty);
    this.network = network;
    this.local = local;
    this.watch = watched ? watch(remote) : null;
  }

  /** {@code remote} is null for a socket that is not connected, whose local address is known. */
  private Cleaner.Cleanable watch(@Nullable NetAddr remote) {
    return remote != null
        ? Dropped.watch(this, fd, "connection from", remote)
        : Dropped.watch(this, fd, Dropped.SOCKET, Objects.requireNonNull(local));
  }

  // ---- reading ---------------------------------------------------------------------------------

  // The methods without a limit are here again, for a frame less on the stack of a thread that
  // waits.

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    try {
      return fd.read(buf, off, len, readLimit());
    } catch (FDException e) {
      throw failure(Op.READ, e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    long own = readLimit();
    try {
      return fd.read(buf, off, len, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, Clock.earlier(own, fd.readDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    long own = readLimit();
    try {
      return fd.read(dst, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, Clock.earlier(own, fd.readDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private int readLate(Room room, @Nullable TimeLimit limit) throws IOException {
    try {
      return fd.read(room, TimeLimit.moment(limit));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, fd.readDeadline());
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void awaitReadable() throws IOException {
    try {
      fd.awaitReadable(readLimit());
    } catch (FDException e) {
      throw failure(Op.READ, e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    long own = readLimit();
    try {
      fd.awaitReadable(Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, Clock.earlier(own, fd.readDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    try {
      fd.write(buf, off, len, writeLimit());
    } catch (FDException e) {
      throw failure(Op.WRITE, e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    long own = writeLimit();
    try {
      fd.write(buf, off, len, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.WRITE, e, limit, Clock.earlier(own, fd.writeDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    long own = writeLimit();
    try {
      fd.write(src, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.WRITE, e, limit, Clock.earlier(own, fd.writeDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    long own = writeLimit();
    try {
      fd.write(srcs, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.WRITEV, e, limit, Clock.earlier(own, fd.writeDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- from socket to socket -------------------------------------------------------------------

  /** A read that leaves its bytes in the kernel; see {@link Splice#fill}. */
  final int fill(Splice splice, @Nullable TimeLimit limit) throws IOException {
    long own = readLimit();
    try {
      return splice.fill(fd, Clock.earlier(own, TimeLimit.moment(limit)));
    } catch (FDException e) {
      throw failure(Op.READ, e, limit, Clock.earlier(own, fd.readDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The write that follows; see {@link Splice#drain}. */
  final void drain(Splice splice, @Nullable TimeLimit limit, LongConsumer progress)
      throws IOException {
    long own = writeLimit();
    try {
      splice.drain(fd, Clock.earlier(own, TimeLimit.moment(limit)), progress);
    } catch (FDException e) {
      throw failure(Op.WRITE, e, limit, Clock.earlier(own, fd.writeDeadline()));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- closing ---------------------------------------------------------------------------------

  /** The program is about to get this connection: from here on it is counted. */
  final void established() {
    established = true;
  }

  @Override
  public void closeRead() throws IOException {
    try {
      fd.closeRead();
    } catch (FDException e) {
      throw failure(Op.CLOSE, e);
    }
  }

  @Override
  public void closeWrite() throws IOException {
    try {
      fd.closeWrite(Clock.NONE);
    } catch (FDException e) {
      throw failure(Op.CLOSE, e);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public void close() {
    close("close");
  }

  /**
   * Closes.
   *
   * @param reason which call it was, for recordings
   */
  final void close(String reason) {
    rememberAddr();
    closing();
    ended(fd.close(), reason);
  }

  private void closeSoon() {
    rememberAddr();
    closing();
    ended(fd.closeSoon(), "close");
  }

  /** Before the descriptor goes. May be called again, and by several threads at once. */
  void closing() {}

  /** Nobody can ask the kernel any more after the close. Never hinders that. */
  private void rememberAddr() {
    try {
      if (!fd.closed()) {
        localAddr();
      }
    } catch (OutOfMemoryError | StackOverflowError e) {
      // Then the address is unknown.
    }
  }

  private void ended(boolean byThisCall, String reason) {
    if (byThisCall && established) {
      traceClose(reason);
    }
    if (watch != null) {
      watch.clean();
    }
  }

  private void traceClose(String reason) {
    Trace.closed();
    if (Flight.closes()) {
      int error = fd.error();
      Flight.close(
          fd.number(),
          localAddr().toString(),
          remoteAddr().toString(),
          reason,
          error == 0 ? null : Errno.name(error));
    }
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    long nanos = Durations.nanos(timeout, "timeout");
    boolean inTime = false;
    try {
      inTime = GracefulClose.run(fd, nanos);
      return inTime;
    } finally {
      close(inTime ? "graceful" : "graceful but late");
    }
  }

  @Override
  public boolean isClosed() {
    return fd.closed();
  }

  // ---- addresses -------------------------------------------------------------------------------

  @Override
  public NetAddr localAddr() {
    NetAddr known = local;
    if (known == null) {
      known = askLocalAddr();
      local = known;
    }
    return known;
  }

  /** The kernel's answer, or a stand-in when it gives none any more. */
  abstract NetAddr askLocalAddr();

  // ---- time ------------------------------------------------------------------------------------

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    try {
      fd.readDeadline(Durations.moment(when));
    } catch (FDException e) {
      throw setFailure(e);
    }
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    try {
      fd.writeDeadline(Durations.moment(when));
    } catch (FDException e) {
      throw setFailure(e);
    }
  }

  @Override
  public void setReadTimeout(@Nullable Duration each) throws IOException {
    long nanos = each == null ? 0 : Durations.positiveNanos(each, "read timeout");
    requireOpen();
    if (nanos != 0 || timeouts != null) {
      timeouts().read = nanos;
    }
  }

  @Override
  public void setWriteTimeout(@Nullable Duration each) throws IOException {
    long nanos = each == null ? 0 : Durations.positiveNanos(each, "write timeout");
    requireOpen();
    if (nanos != 0 || timeouts != null) {
      timeouts().write = nanos;
    }
  }

  @Override
  public @Nullable Instant readDeadline() {
    return Durations.instant(fd.readDeadline());
  }

  @Override
  public @Nullable Instant writeDeadline() {
    return Durations.instant(fd.writeDeadline());
  }

  @Override
  public @Nullable Duration readTimeout() {
    Timeouts t = timeouts;
    return t == null ? null : Durations.each(t.read);
  }

  @Override
  public @Nullable Duration writeTimeout() {
    Timeouts t = timeouts;
    return t == null ? null : Durations.each(t.write);
  }

  /** Of each call; nanoseconds, 0 for none. */
  private static final class Timeouts {
    volatile long read;
    volatile long write;
  }

  private synchronized Timeouts timeouts() {
    Timeouts made = timeouts;
    if (made == null) {
      made = new Timeouts();
      timeouts = made;
    }
    return made;
  }

  final long readLimit() {
    Timeouts t = timeouts;
    return t == null ? Clock.NONE : limit(t.read);
  }

  final long writeLimit() {
    Timeouts t = timeouts;
    return t == null ? Clock.NONE : limit(t.write);
  }

  private static long limit(long timeout) {
    return timeout == 0 ? Clock.NONE : Clock.after(timeout);
  }

  // ---- layers ----------------------------------------------------------------------------------

  private record CloseSoon(SocketConn socket) implements PromptClose {
    @Override
    public void closeSoon() {
      socket.closeSoon();
    }
  }

  /** {@inheritDoc} gonet's own layers find the descriptor: {@code gonet.internal.layer}. */
  @Override
  public <T> @Nullable T find(Class<T> type) {
    if (type == FD.class) {
      return type.cast(fd);
    }
    if (type == LateRead.class) {
      return type.cast(new Late(this));
    }
    if (type == PromptClose.class) {
      return type.cast(new CloseSoon(this));
    }
    return Conn.super.find(type);
  }

  // ---- descriptors -----------------------------------------------------------------------------

  /** As {@link NetSocket#duplicateDescriptor} says. */
  public SocketDescriptor duplicateDescriptor() throws IOException {
    try {
      return SocketDescriptor.of(fd, op(Op.FILE));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** As {@link NetSocket#rawConn} says. */
  public RawConn rawConn() {
    return RawConn.of(this);
  }

  // ---- failures --------------------------------------------------------------------------------

  private void requireOpen() throws IOException {
    if (fd.closed()) {
      throw OpErrors.closed(new Op(Op.SET, network, null, localAddr()), 0);
    }
  }

  /** An operation that concerns both ends. */
  final Op op(String name) {
    return new Op(name, network, localAddr(), peer());
  }

  /** No lambda: as {@link SetOp}. */
  private record Late(SocketConn conn) implements LateRead<TimeLimit> {
    @Override
    public int read(Room room, @Nullable TimeLimit limit) throws IOException {
      return conn.readLate(room, limit);
    }
  }

  final void set(Option option, int value) throws IOException {
    SocketOptions.set(fd, option, value, new SetOp(this));
  }

  final int get(Option option) throws IOException {
    return SocketOptions.get(fd, option, new SetOp(this));
  }

  /**
   * Of an option. Made for a failure alone: it asks the kernel for the local address. No lambda:
   * one that is linked at the end of a stack stays broken.
   */
  record SetOp(SocketConn socket) implements Supplier<Op> {
    @Override
    public Op get() {
      return socket.op(Op.SET);
    }
  }

  /** The other side as failures show it; null if there is none. */
  @Nullable NetAddr peer() {
    return remoteAddr();
  }

  final IOException failure(String name, FDException e) {
    return OpErrors.of(op(name), e);
  }

  /**
   * The same, of a call that had a limit beside the connection's own.
   *
   * @param own the earlier of the connection's deadline and the call's timeout
   */
  final IOException failure(String op, FDException e, @Nullable TimeLimit limit, long own) {
    return OpErrors.of(op(op), e, limit, own);
  }

  /** A failure to set what concerns this end alone. */
  final IOException setFailure(FDException e) {
    return OpErrors.of(new Op(Op.SET, network, null, localAddr()), e);
  }

  final String network() {
    return network;
  }

  @Override
  public String toString() {
    NetAddr peer = peer();
    return network
        + " "
        + localAddr()
        + (peer == null ? "" : "->" + peer)
        + (fd.closed() ? " (closed)" : "");
  }
}

package gonet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection: a stream of bytes in each direction. Go's {@code net.Conn}.
 *
 * {@snippet :
 * try (Conn conn = Net.dial("tcp", "localhost:7099")) {
 *   conn.setReadTimeout(Duration.ofSeconds(5));
 *   conn.write("hello".getBytes(UTF_8));
 *   byte[] answer = new byte[5];
 *   conn.readFully(answer);
 * }
 * }
 *
 * <p><b>Threads.</b> Any thread, virtual or platform, may call any method at any time. One read and
 * one write run at the same time; further readers and writers wait their turn, and one write is
 * never mixed with another. {@link #close} ends all calls in progress.
 *
 * <p><b>Blocking.</b> A call that cannot go on parks its thread. A virtual thread leaves its
 * carrier meanwhile.
 *
 * <p><b>Deadlines</b> are absolute and sticky, one for reads and one for writes: they hold for the
 * call in progress and for all later ones until they are moved. A past deadline fails a call before
 * it does anything, even when data is there; a call for no bytes has nothing to do and succeeds.
 * Moving it makes the connection usable again. <b>Timeouts</b> are relative and count anew for each
 * call, from its entry. Where both are set the earlier one wins. The failure is a {@link
 * NetTimeoutException}.
 *
 * <p><b>Interrupts.</b> A call that has to wait while its thread's interrupt status is set, or that
 * is interrupted while it waits, throws {@link NetInterruptedException}. The status stays set, and
 * the connection stays open and usable; the JDK's own sockets close. A call that need not wait
 * completes. {@link #close} and {@link #closeGracefully} always do their work.
 *
 * <p><b>Failures</b> implement {@link NetFailure}. After a close on this side, every call fails
 * with {@link NetClosedException}.
 *
 * <p><b>Implementations.</b> Anybody may implement this interface; {@link ForwardingConn} is the
 * way to begin a layer over another connection. {@link NetFailure} makes the failures. Whatever
 * takes a {@code Conn} here takes such a one, and judges failures by the JDK's types: {@link
 * java.net.SocketTimeoutException}, {@link java.io.InterruptedIOException}, {@link
 * java.nio.channels.ClosedChannelException}. Methods that later versions add have defaults. The
 * suite {@code gonet.test.ConnContract} tries all that is promised here.
 *
 * @since 0.1
 */
public interface Conn extends AutoCloseable {

  // ---- reading ---------------------------------------------------------------------------------

  /** {@link #read(byte[], int, int)} into the whole array. */
  default int read(byte[] buf) throws IOException {
    return read(buf, 0, buf.length);
  }

  /**
   * Reads what is there, at least one byte, and waits until there is something.
   *
   * @return the number of bytes; 0, at once, if {@code len} is 0; −1 at the end of the stream,
   *     again and again
   * @throws IndexOutOfBoundsException if the range is not inside {@code buf}
   * @throws NetSocketException when the connection was reset: first everything that had arrived is
   *     delivered, then every read fails
   * @throws IOException otherwise, as the class comment says
   */
  default int read(byte[] buf, int off, int len) throws IOException {
    return read(buf, off, len, null);
  }

  /**
   * As {@link #read(byte[], int, int)}, for at most as long as {@code limit} says, beside the
   * deadlines and timeouts of the connection. For layers; others write {@link #within}.
   *
   * @param limit null for none
   * @throws NetTimeoutException whose {@link NetTimeoutException#limit} is {@code limit}, if that
   *     is over and nothing else
   */
  int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException;

  /**
   * As {@link #read(byte[], int, int)}, into what {@code dst} has remaining; its position moves by
   * the result.
   *
   * @throws java.nio.ReadOnlyBufferException if {@code dst} is read-only
   */
  default int read(ByteBuffer dst) throws IOException {
    return read(dst, null);
  }

  /** As {@link #read(ByteBuffer)}, for at most as long as {@code limit} says; null for no limit. */
  int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException;

  /** {@link #readFully(byte[], int, int)} of the whole array. */
  default void readFully(byte[] buf) throws IOException {
    readFully(buf, 0, buf.length);
  }

  /**
   * Reads exactly {@code len} bytes.
   *
   * @throws NetEofException when the stream ends before; it tells how many bytes came first
   */
  default void readFully(byte[] buf, int off, int len) throws IOException {
    ReadAll.fully(this, buf, off, len);
  }

  /**
   * Reads to the end of the stream. Go's {@code io.ReadAll}.
   *
   * @throws NetTooLongException if the stream is longer than an array can be, about 2 GiB; nothing
   *     bounds it before, so use {@link #readAll(int)} with peers that are not trusted
   */
  default byte[] readAll() throws IOException {
    return ReadAll.all(this, Integer.MAX_VALUE);
  }

  /**
   * Reads to the end of the stream, at most {@code maxBytes}.
   *
   * @throws NetTooLongException if the stream is longer; what was read until then is lost
   * @throws IllegalArgumentException if {@code maxBytes} is negative
   */
  default byte[] readAll(int maxBytes) throws IOException {
    return ReadAll.all(this, maxBytes);
  }

  /**
   * Waits until a read would not have to wait: for data, for the end of the stream or for an error.
   * Takes no byte and needs no buffer, so an idle connection costs its parked thread and little
   * else.
   */
  default void awaitReadable() throws IOException {
    awaitReadable(null);
  }

  /** As {@link #awaitReadable()}, for at most as long as {@code limit} says; null for no limit. */
  void awaitReadable(@Nullable TimeLimit limit) throws IOException;

  // ---- writing ---------------------------------------------------------------------------------

  /** {@link #write(byte[], int, int)} of the whole array. */
  default void write(byte[] buf) throws IOException {
    write(buf, 0, buf.length);
  }

  /**
   * Writes all bytes, waiting as long as the other side is slow. Returning means that the kernel
   * has them, not that anybody has read them.
   *
   * @throws IndexOutOfBoundsException if the range is not inside {@code buf}
   * @throws IOException if not all bytes could be written; {@link NetFailure#bytesTransferred}
   *     tells how many were
   */
  default void write(byte[] buf, int off, int len) throws IOException {
    write(buf, off, len, null);
  }

  /**
   * As {@link #write(byte[], int, int)}, for at most as long as {@code limit} says, beside the
   * deadlines and timeouts of the connection. For layers; others write {@link #within}.
   *
   * @param limit null for none
   */
  void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException;

  /**
   * As {@link #write(byte[], int, int)}, of what {@code src} has remaining; its position tells what
   * went out, after a failure too.
   */
  default void write(ByteBuffer src) throws IOException {
    write(src, null);
  }

  /**
   * As {@link #write(ByteBuffer)}, for at most as long as {@code limit} says; null for no limit.
   */
  void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException;

  /**
   * Writes what all {@code srcs} have remaining, in order, as one write and with as few system
   * calls as the kernel allows; positions tell what went out. Go's {@code net.Buffers}.
   */
  default void write(ByteBuffer... srcs) throws IOException {
    write(srcs, null);
  }

  /**
   * As {@link #write(ByteBuffer...)}, for at most as long as {@code limit} says; null for no limit.
   */
  void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException;

  // ---- closing ---------------------------------------------------------------------------------

  /**
   * Ends the receiving direction on this side: a waiting read and all later ones see the end of the
   * stream. Bytes that the other side sends are dropped.
   *
   * @throws NetSocketException ENOTCONN when the connection is gone already
   */
  void closeRead() throws IOException;

  /**
   * Ends the sending direction: behind everything written so far, the other side sees the end of
   * the stream. Reading goes on. Waits for writes in progress.
   *
   * @throws NetSocketException ENOTCONN when the connection is gone already
   */
  void closeWrite() throws IOException;

  /**
   * Closes both directions, wakes every thread that waits in a call, and returns when the
   * descriptor has been given back. Bytes that were written are still delivered, unless there is
   * unread input: then the kernel resets the connection (RFC 2525, 2.17), and bytes that the other
   * side has not read yet may be lost. {@link #closeGracefully} avoids that. A second close has no
   * effect.
   *
   * <p>Not ended by an interrupt. Does not throw.
   */
  @Override
  void close();

  /**
   * Closes so that what was written arrives: ends the sending direction, reads and drops input
   * until the other side has ended its own or the time is over, then closes.
   *
   * <p>Not ended by an interrupt. Does not throw for failures of the connection. Deadlines do not
   * shorten the time; a read deadline that has passed is cleared. A reader that waits meanwhile
   * sees the input or the end of the stream as usual, or {@link NetClosedException} at the close.
   *
   * @param timeout how long to wait for the other side at most; zero does not wait
   * @return true when the other side ended its direction in time
   * @throws IllegalArgumentException if {@code timeout} is negative; the connection stays open then
   */
  boolean closeGracefully(Duration timeout);

  /**
   * Closes at once and tells the other side so by a reset, where the network has one: what was
   * written and not sent yet is dropped. No TIME_WAIT remains. For shedding load and for peers that
   * broke the rules.
   */
  void abort();

  /** Whether this side has closed the connection. */
  boolean isClosed();

  // ---- addresses -------------------------------------------------------------------------------

  /** The address on this side. Known after close as well. */
  NetAddr localAddr();

  /** The address on the other side. Known after close as well. */
  NetAddr remoteAddr();

  // ---- time ------------------------------------------------------------------------------------

  /**
   * Moves both deadlines. The wall clock is read once, here; what it does later does not matter.
   *
   * @param when the moment, or null for none
   * @throws NetClosedException if the connection is closed
   */
  default void setDeadline(@Nullable Instant when) throws IOException {
    setReadDeadline(when);
    setWriteDeadline(when);
  }

  /** Moves the deadline of reads, {@link #awaitReadable} included; null for none. */
  void setReadDeadline(@Nullable Instant when) throws IOException;

  /** Moves the deadline of writes; null for none. */
  void setWriteDeadline(@Nullable Instant when) throws IOException;

  /**
   * Bounds each later read by a time of its own, counted from the call's entry. {@code
   * Socket.setSoTimeout}'s habit.
   *
   * @param each above zero, or null for none
   * @throws IllegalArgumentException if {@code each} is zero or negative
   * @throws NetClosedException if the connection is closed
   */
  void setReadTimeout(@Nullable Duration each) throws IOException;

  /**
   * Bounds each later write by a time of its own, counted from the call's entry, for all of its
   * bytes.
   *
   * @param each above zero, or null for none
   * @throws IllegalArgumentException if {@code each} is zero or negative
   * @throws NetClosedException if the connection is closed
   */
  void setWriteTimeout(@Nullable Duration each) throws IOException;

  /**
   * The deadline of reads; null for none. After a close, the last one.
   *
   * <p>There is one truth, the moment on the monotonic clock that {@link #setReadDeadline} made of
   * its argument; this is where the wall clock will stand then, as it goes now. So the answer is
   * not equal to the argument: it differs by less than a microsecond on an idle machine, and by
   * whatever the wall clock was moved in between. One that had passed when it was set reads back as
   * some moment in the past, one more than 292 years away as {@link Instant#MAX}.
   */
  @Nullable Instant readDeadline();

  /** The deadline of writes; otherwise as {@link #readDeadline}. */
  @Nullable Instant writeDeadline();

  /**
   * What {@link #setReadTimeout} has set, exactly, but at most 292 years; null for none. After a
   * close, the last one.
   */
  @Nullable Duration readTimeout();

  /** What {@link #setWriteTimeout} has set; otherwise as {@link #readTimeout}. */
  @Nullable Duration writeTimeout();

  /**
   * This connection, each of whose reads and writes ends with {@code limit} as well: for a piece of
   * work of several calls, and without touching the deadlines, which others may use.
   *
   * {@snippet :
   * Conn c = conn.within(TimeLimit.after(Duration.ofSeconds(5)));
   * c.write(request);
   * c.readFully(answer);
   * }
   *
   * <p>Costs a small object; nothing is armed or to be undone. Everything else, {@link #close}
   * included, is this connection's.
   */
  default Conn within(TimeLimit limit) {
    return new LimitedConn(this, Objects.requireNonNull(limit, "limit"));
  }

  // ---- layers ----------------------------------------------------------------------------------

  /**
   * The connection that this one is a layer over; null, the default, for one that is no layer. What
   * is read or written there passes this layer by.
   */
  default @Nullable Conn beneath() {
    return null;
  }

  /**
   * This connection, or the first beneath it, that is of a type: {@code find(TcpConn.class)} has
   * the options of the socket, whatever stands over it.
   *
   * @return null if there is none
   */
  default <T> @Nullable T find(Class<T> type) {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    Conn beneath = beneath();
    return beneath == null ? null : beneath.find(type);
  }

  /**
   * Bytes that this layer and those beneath it hold: taken from the socket, and not read yet. A
   * read may find them although nothing arrives any more. Default: those of {@link #beneath}, or 0.
   */
  default int bufferedBytes() {
    Conn beneath = beneath();
    return beneath == null ? 0 : beneath.bufferedBytes();
  }

  /**
   * Bytes that a read would find at once, as far as that is known. Default: {@link #bufferedBytes}.
   *
   * @throws UnsupportedOperationException where the system cannot tell
   */
  default int availableBytes() throws IOException {
    return bufferedBytes();
  }

  // ---- views -----------------------------------------------------------------------------------

  /**
   * This connection as a stream to read from. Each call reads the connection; nothing is buffered.
   * Closing the stream closes the connection, as with {@code Socket}. {@code available} is {@link
   * #availableBytes}, 0 where the system cannot tell. {@code transferTo} the stream of another
   * connection is a {@link Transfer}: without a copy where that can be.
   */
  default InputStream inputStream() {
    return new ConnViews.In(this);
  }

  /** This connection as a stream to write to. Closing the stream closes the connection. */
  default OutputStream outputStream() {
    return new ConnViews.Out(this);
  }

  /** This connection as a channel, in blocking mode. Closing it closes the connection. */
  default ConnChannel channel() {
    return new ConnViews.Channel(this);
  }
}

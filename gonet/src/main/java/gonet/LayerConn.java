package gonet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A connection on top of another that has a state of its own for each direction, to extend: a
 * cipher, a compression, a rate. It lets one reader and one writer in at a time, so that neither
 * holds up the other, and keeps what {@link Conn} promises to those who wait for their turn:
 * deadlines, timeouts, interrupts and the close end their waits.
 *
 * {@snippet :
 * @Override
 * public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
 *   TimeLimit bound = readLimit(limit); // the timeout counts from here, for all calls beneath
 *   try {
 *     beginRead("read", bound);
 *     try {
 *       ... // beneath().read(record, bound)
 *     } finally {
 *       endRead();
 *     }
 *   } catch (IOException e) { // also of beginRead, which knows the bound alone
 *     throw failure("read", e, 0, limit);
 *   }
 * }
 * }
 *
 * <p>Deadlines and timeouts stay with the connection at the bottom: there is one truth. All methods
 * are safe for any thread.
 *
 * @since 0.1
 */
public abstract class LayerConn extends ForwardingConn {
  private final LayerTurn reads = new LayerTurn(true);
  private final LayerTurn writes = new LayerTurn(false);

  /** A layer over a connection. */
  protected LayerConn(Conn conn) {
    super(conn);
  }

  // ---- turns -----------------------------------------------------------------------------------

  /**
   * Waits until no other reader is in, under the connection's read deadline and a limit. After a
   * return, {@link #endRead} has to follow.
   *
   * @param op for the text of a failure, such as {@code read}
   * @param limit null for none; see {@link #readLimit}
   * @throws IOException when the connection is closed, a time is over, even if nobody is in, or the
   *     thread is interrupted and would have to wait
   */
  protected final void beginRead(String op, @Nullable TimeLimit limit) throws IOException {
    reads.take(this, op, limit);
  }

  /** Lets the next reader in. */
  protected final void endRead() {
    reads.give();
  }

  /** As {@link #beginRead}, for writers. */
  protected final void beginWrite(String op, @Nullable TimeLimit limit) throws IOException {
    writes.take(this, op, limit);
  }

  /** Lets the next writer in. */
  protected final void endWrite() {
    writes.give();
  }

  /**
   * Lets this thread in as a reader if nobody is in and nobody waits; does not wait, and works on a
   * closed connection as well. For what a layer does beside reads: the last words of a close.
   *
   * @return true if {@link #endRead} has to follow
   */
  protected final boolean tryBeginRead() {
    return reads.tryTake();
  }

  /** As {@link #tryBeginRead}, for writers: for what a reader has to send, such as an answer. */
  protected final boolean tryBeginWrite() {
    return writes.tryTake();
  }

  /**
   * As {@link #beginWrite} for {@link #closeWrite}: no deadline and no timeout bounds this wait,
   * for the writer in front has bounds of his own. What the layer writes afterwards is bounded as
   * any write beneath.
   */
  protected final void beginCloseWrite() throws IOException {
    writes.takeForClose(this);
  }

  // ---- limits ----------------------------------------------------------------------------------

  /** The earlier of a caller's limit and the read timeout, counted from now. */
  protected final @Nullable TimeLimit readLimit(@Nullable TimeLimit limit) {
    return TimeLimit.earlier(limit, limit(readTimeout()));
  }

  /** The same for a write. */
  protected final @Nullable TimeLimit writeLimit(@Nullable TimeLimit limit) {
    return TimeLimit.earlier(limit, limit(writeTimeout()));
  }

  private static @Nullable TimeLimit limit(@Nullable Duration timeout) {
    return timeout == null ? null : TimeLimit.after(timeout);
  }

  /**
   * A failure beneath as one of this layer: with the bytes of this layer that were moved, and as
   * the connection's own timeout unless the caller's limit was over.
   *
   * @param callers the limit that the caller of this layer gave, null for none
   */
  protected final IOException failure(
      String op, IOException beneath, long bytesTransferred, @Nullable TimeLimit callers) {
    if (beneath instanceof NetTimeoutException e && e.limit() != null && e.limit() != callers) {
      return NetFailure.timeout(op, this, bytesTransferred); // by readLimit or writeLimit
    }
    return NetFailure.withBytesTransferred(beneath, bytesTransferred);
  }

  // ---- what those who wait have to hear of ------------------------------------------------------

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    super.setReadDeadline(when);
    reads.lookAgain();
  }

  @Override
  public void setWriteDeadline(@Nullable Instant when) throws IOException {
    super.setWriteDeadline(when);
    writes.lookAgain();
  }

  @Override
  public void close() {
    super.close();
    wakeAll();
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    try {
      return super.closeGracefully(timeout);
    } finally {
      wakeAll();
    }
  }

  @Override
  public void abort() {
    super.abort();
    wakeAll();
  }

  private void wakeAll() {
    reads.lookAgain();
    writes.lookAgain();
  }
}

package gonet.proxyproto;

import gonet.Conn;
import gonet.LayerConn;
import gonet.NetEofException;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.OpFailure;
import gonet.TimeLimit;
import gonet.internal.layer.Passage;
import gonet.proxyproto.ProxyProtocolException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose header has still to come. It stands between {@link ProxyConn}, which tells the
 * client's addresses, and the connection beneath, and has the addresses of that: so its failures
 * need no header.
 *
 * <pre>
 *   outcome: null --whole header--> header     all calls go on beneath, with nothing in between
 *             |  ^ |
 *             |  +-+ a caller's limit, deadline or interrupt: what has come stays with `reader`
 *             |
 *             +--bad header, end within it, its time over, an Error--> failure, for every call
 * </pre>
 *
 * <p>The read turn guards {@code reader} and {@code ownLimit}. {@code outcome} is written once:
 * what comes second is dropped. That is by whoever has the read turn, or by one that needs an
 * address and whose time is over. A stream that ends before its first byte is no bad header: it is
 * a probe that looks whether somebody listens, and has the ordinary end of a stream as its failure.
 */
final class HeaderConn extends LayerConn {

  /** How it ended: one of the two, or neither, for a header that nobody needs. */
  private record Outcome(@Nullable ProxyHeader header, @Nullable BadHeader failure) {}

  private final ProxyProtocol settings;

  private final Object outcomeLock = new Object();

  /** Written under {@link #outcomeLock}. */
  private volatile @Nullable Outcome outcome;

  private @Nullable HeaderReader reader;

  /** The header's own; set when somebody first needs it. */
  private @Nullable TimeLimit ownLimit;

  HeaderConn(Conn conn, ProxyProtocol settings, boolean trusted) {
    super(conn);
    this.settings = settings;
    if (!trusted) {
      this.outcome =
          new Outcome(
              null,
              BadHeader.of(
                  Reason.UNTRUSTED,
                  "address",
                  conn.remoteAddr().toString(),
                  "is none of the proxies"));
    }
  }

  // ---- the header ------------------------------------------------------------------------------

  /** {@link ProxyConn#header}. */
  ProxyHeader awaitHeader() throws IOException {
    TimeLimit bound = readLimit(null);
    try {
      return header("read", bound);
    } catch (IOException e) {
      throw failure("read", e, 0, null);
    }
  }

  /** The header, if it is known by now. */
  @Nullable ProxyHeader knownHeader() {
    Outcome known = outcome;
    return known == null ? null : known.header();
  }

  /** {@link ProxyConn#remoteAddr}. Null if there is none. */
  @Nullable ProxyHeader headerForAddress() {
    boolean interrupted = false;
    try {
      while (outcome == null && !isClosed()) {
        interrupted |= Thread.interrupted(); // put back below
        try {
          var _ = header("read", null);
        } catch (SocketTimeoutException e) {
          end(BadHeader.of(Reason.LATE, "no header by the time that somebody needed an address"));
        } catch (InterruptedIOException e) {
          // Once more: the answer has to be right.
        } catch (IOException e) {
          return null; // the end, which every later call meets as well
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    return knownHeader();
  }

  /**
   * Waits for the header.
   *
   * @param bound with the caller's timeout; null for none
   */
  ProxyHeader header(String op, @Nullable TimeLimit bound) throws IOException {
    if (outcome == null) {
      beginRead(op, bound);
      try {
        if (outcome == null) {
          readHeader(op, bound);
        }
      } finally {
        endRead();
      }
    }
    Outcome known = Objects.requireNonNull(outcome);
    if (known.failure() != null) {
      throw isClosed() ? NetFailure.closed(op, this, 0) : known.failure().failure(op, this);
    }
    return Objects.requireNonNull(known.header());
  }

  private void readHeader(String op, @Nullable TimeLimit bound) throws IOException {
    if (reader == null) {
      reader = new HeaderReader(settings.maxHeaderBytes());
      ownLimit = TimeLimit.after(settings.timeout());
    }
    HeaderReader header = reader;
    TimeLimit until = TimeLimit.earlier(bound, ownLimit);
    try {
      for (int missing; (missing = header.missing()) > 0; ) {
        int n = beneath().read(header.bytes(), header.size(), missing, until);
        if (n < 0) {
          throw atEnd(op, header);
        }
        header.added(n);
      }
      end(new Outcome(header.header(), null));
    } catch (BadHeader e) {
      end(e);
    } catch (SocketTimeoutException e) {
      if (!isOwnLimit(e)) {
        throw e;
      }
      end(late(header));
    } catch (RuntimeException | Error e) {
      // Bytes may have been taken that nobody has.
      end(BadHeader.of(Reason.TRUNCATED, "an error has cut the header off"));
      throw e;
    }
    reader = null;
  }

  /** The end of the stream beneath. */
  private BadHeader atEnd(String op, HeaderReader header) throws IOException {
    if (header.size() == 0) {
      throw new NetEofException(
          OpFailure.of(op, this, "the stream ended before a PROXY header"), 1);
    }
    return BadHeader.of(
        Reason.TRUNCATED,
        "the stream ended within",
        Shown.bytes(header.bytes(), header.size()),
        "which is no whole header");
  }

  private BadHeader late(HeaderReader header) {
    String time = settings.timeout().toMillis() / 1000.0 + " s";
    return header.size() == 0
        ? BadHeader.of(Reason.LATE, "no header within " + time)
        : BadHeader.of(
            Reason.LATE,
            "header",
            Shown.bytes(header.bytes(), header.size()),
            "is not whole within " + time);
  }

  private boolean isOwnLimit(SocketTimeoutException e) {
    TimeLimit own = ownLimit;
    return e instanceof NetTimeoutException net
        ? own != null && Objects.equals(net.limit(), own)
        : own != null && own.isOver();
  }

  private void end(BadHeader failure) {
    end(new Outcome(null, failure));
  }

  private void end(Outcome ended) {
    synchronized (outcomeLock) {
      if (outcome == null) {
        outcome = ended;
      }
    }
  }

  /** Whether there is nothing to wait for. */
  boolean isOpen() {
    Outcome known = outcome;
    return known != null && known.failure() == null;
  }

  @Override
  public <T> @Nullable T find(Class<T> type) {
    return type == Passage.class ? type.cast(new Unchanged(this, this)) : super.find(type);
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (isOpen() || len == 0) {
      return beneath().read(buf, off, len, limit);
    }
    TimeLimit bound = readLimit(limit);
    try {
      var _ = header("read", bound);
      return beneath().read(buf, off, len, bound);
    } catch (IOException e) {
      throw failure("read", e, 0, limit);
    }
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (isOpen() || dst.isReadOnly() || !dst.hasRemaining()) {
      return beneath().read(dst, limit);
    }
    TimeLimit bound = readLimit(limit);
    try {
      var _ = header("read", bound);
      return beneath().read(dst, bound);
    } catch (IOException e) {
      throw failure("read", e, 0, limit);
    }
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    if (isOpen()) {
      beneath().awaitReadable(limit);
      return;
    }
    TimeLimit bound = readLimit(limit);
    try {
      var _ = header("read", bound);
      beneath().awaitReadable(bound);
    } catch (ProxyProtocolException | NetEofException e) {
      // A read would tell that at once.
    } catch (IOException e) {
      throw failure("read", e, 0, limit);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException if something has arrived that may be the header
   */
  @Override
  public int availableBytes() throws IOException {
    int there = beneath().availableBytes();
    if (there > 0 && !isOpen()) {
      throw new UnsupportedOperationException("what has arrived may be the header");
    }
    return there;
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    if (isOpen() || len == 0) {
      beneath().write(buf, off, len, limit);
      return;
    }
    TimeLimit bound = writeLimit(limit);
    try {
      headerForWrite("write", bound);
      beneath().write(buf, off, len, bound);
    } catch (IOException e) {
      throw failedWrite("write", e, limit);
    }
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    if (isOpen() || !src.hasRemaining()) {
      beneath().write(src, limit);
      return;
    }
    TimeLimit bound = writeLimit(limit);
    try {
      headerForWrite("write", bound);
      beneath().write(src, bound);
    } catch (IOException e) {
      throw failedWrite("write", e, limit);
    }
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    if (isOpen() || isEmpty(srcs)) {
      beneath().write(srcs, limit);
      return;
    }
    TimeLimit bound = writeLimit(limit);
    try {
      headerForWrite("writev", bound);
      beneath().write(srcs, bound);
    } catch (IOException e) {
      throw failedWrite("writev", e, limit);
    }
  }

  private static boolean isEmpty(ByteBuffer[] srcs) {
    for (ByteBuffer src : srcs) {
      if (src.hasRemaining()) {
        return false;
      }
    }
    return true;
  }

  private IOException failedWrite(String op, IOException e, @Nullable TimeLimit limit) {
    return failure(op, e, e instanceof NetFailure net ? net.bytesTransferred() : 0, limit);
  }

  /**
   * Waits for the header under the write deadline as well. One that is moved closer meanwhile is
   * heard of when the old one, or the header's own time, is over.
   */
  private void headerForWrite(String op, @Nullable TimeLimit bound) throws IOException {
    for (; ; ) {
      TimeLimit deadline = limit(writeDeadline());
      try {
        var _ = header(op, TimeLimit.earlier(bound, deadline));
        return;
      } catch (NetTimeoutException e) {
        if (deadline == null || !Objects.equals(e.limit(), deadline)) {
          throw e;
        }
        TimeLimit now = limit(writeDeadline());
        if (now != null && now.isOver()) {
          throw NetFailure.timeout(op, this, 0);
        }
      }
    }
  }

  private static @Nullable TimeLimit limit(@Nullable Instant deadline) {
    return deadline == null ? null : TimeLimit.at(deadline);
  }
}

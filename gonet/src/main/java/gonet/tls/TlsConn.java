package gonet.tls;

import gonet.Conn;
import gonet.LayerConn;
import gonet.NetFailure;
import gonet.TimeLimit;
import gonet.internal.layer.ThreadlessWait;
import gonet.internal.time.Clock;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection under TLS, over any other: {@link Tls} makes them. Go's {@code tls.Conn}.
 *
 * <p>Promises what {@link Conn} promises, and in particular:
 *
 * <ul>
 *   <li><b>The handshake</b> runs with the first read, write, {@link #awaitReadable} or {@link
 *       #closeWrite}, or by {@link #handshake}, on the calling thread. It may take as long as
 *       {@link TlsConfig.Builder#handshakeTimeout} says, counted from its begin; then the
 *       connection is of no use any more. A caller whose own time is over earlier, or who is
 *       interrupted, leaves it where it stands, and the next one goes on.
 *   <li><b>Deadlines, timeouts and interrupts</b> leave a usable connection: a record that has come
 *       in part is kept, and one that has gone out in part is completed by the next write, read,
 *       {@code closeWrite} or close, and while a reader or a server waits. {@link
 *       NetFailure#bytesTransferred} of a write counts what was encrypted, which is what the other
 *       side gets if this side goes on. In Go a write that timed out is the last one.
 *   <li><b>{@link #closeWrite}</b> sends close_notify. In TLS 1.3 the other direction goes on. In
 *       TLS 1.2 the other side has to answer with its own at once (RFC 5246, 7.2.1): what it has
 *       sent until then can be read.
 *   <li><b>The end of the stream</b> is the other side's close_notify, and {@link
 *       TruncatedException} where the connection beneath ends without one.
 *   <li><b>{@link #close}</b> sends close_notify if no write is waiting, and gives up after a
 *       second where the other side reads nothing; {@link #closeGracefully} waits for the other
 *       side's. {@link #abort} sends nothing.
 *   <li><b>An idle connection</b> has no buffer, whether a thread waits in a read or not.
 *   <li>A failure of TLS itself, a {@link TlsException}, is the last word: all later calls fail.
 * </ul>
 *
 * @since 0.1
 */
/*
 * The states of a connection. Those of its two directions are the fields' own:
 *
 *   NEW ---first call---> HANDSHAKE ---Finished---> OPEN ----close----> closed: the connection
 *                          |  ^   |                  |                  beneath knows that
 *         a caller's limit |  |   | the handshake's  | a bad record,
 *             or interrupt v  |   | limit, an alert, | an alert, too many
 *                        (next    | the end          | messages, an Error
 *                         caller) v                  v
 *                               FAILED <-------------+     `failure` says why, to every call
 *
 *   reading:  open --close_notify--> readEnded         writing:  open --closeWrite, close,
 *             open --closeRead-----> readClosed                  answer in 1.2---> out.isEnded()
 *
 * Who guards what:
 *
 *   read turn           `in`: ciphertext and plaintext
 *   write turn          the batch of `out`, and each write to the connection beneath
 *   both turns          `handshake`, until it has finished. Whoever needs it takes the read turn
 *                       first. Nobody else waits for one turn while he has the other: a reader only
 *                       tries for the write turn.
 *   RecordOutput.order  the order of records on their way out; the innermost lock, beside the
 *                       engine's own, and held while nobody waits
 *   goodbye             one thread says the last words; the others that close wait for it, for
 *                       a second at most
 *   state, failure, readEnded, readClosed, closing, info: volatile. Written once each, under the
 *                       turns above where not everybody may write them; first failure wins.
 *
 * A reader is never behind a writer: what it has to send goes to `out`'s control records, and out
 * from there when the write turn is free. A writer is never behind a reader: it takes nothing that
 * a reader holds while waiting.
 */
public final class TlsConn extends LayerConn {

  /** For what is sent beside somebody's read: the kernel takes it at once or later. */
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  /** For the last words of a close, as for those of a server's layers. */
  static final Duration GOODBYE = Duration.ofSeconds(1);

  private enum State {
    NEW,
    HANDSHAKE,
    OPEN,
    FAILED
  }

  private final SSLEngine engine;
  private final TlsConfig config;
  private final RecordInput in;
  private final RecordOutput out;
  private final Rest rest = new Rest(this);
  private final ReentrantLock goodbye = new ReentrantLock();

  private volatile State state = State.NEW;
  private volatile @Nullable TlsException failure;
  private volatile boolean readEnded;
  private volatile boolean readClosed;
  private volatile boolean closing;

  /** Whether a reader waits for a record, and cares for what others have left: {@link Rest}. */
  private volatile boolean waiting;

  private volatile @Nullable TlsInfo info;

  private @Nullable Handshake handshake;

  TlsConn(
      Conn conn,
      TlsConfig config,
      boolean client,
      @Nullable String serverName,
      @Nullable Consumer<SSLParameters> adjust) {
    super(conn);
    this.config = config;
    engine = config.engine(client, serverName, client ? Tls.port(conn) : 0, adjust);
    in = new RecordInput(engine, conn);
    out = new RecordOutput(engine, conn);
    handshake = new Handshake(this, config, engine, in, out);
  }

  // ---- the handshake ---------------------------------------------------------------------------

  /** {@link #handshake(TimeLimit)} without a limit of the caller's. */
  public TlsInfo handshake() throws IOException {
    return handshake(null);
  }

  /**
   * Runs the handshake to its end, if nobody has; also for at most as long as {@code limit} says.
   * Both deadlines hold, and the timeout of reads for all of it.
   *
   * @param limit null for none
   * @throws TlsCertificateException if the other side's certificate is refused
   * @throws TlsException if there is no agreement, or the handshake's own limit is over: the
   *     connection cannot be used any more
   */
  public TlsInfo handshake(@Nullable TimeLimit limit) throws IOException {
    try {
      open("handshake", readLimit(limit));
      requireWorking("handshake");
    } catch (IOException e) {
      throw failure("handshake", e, 0, limit);
    }
    return Objects.requireNonNull(info);
  }

  /** What the handshake has agreed on; null until it is over. Known after close as well. */
  public @Nullable TlsInfo info() {
    return info;
  }

  /**
   * The session as JSSE has it, for code that wants that; {@link #info} has what most need. Before
   * the end of the handshake, one that has no peer.
   */
  public SSLSession session() {
    return engine.getSession();
  }

  /** Returns when the connection is open, or fails. */
  private void open(String op, @Nullable TimeLimit limit) throws IOException {
    if (info != null) {
      return;
    }
    beginRead(op, limit);
    try {
      if (info == null) { // else this reader would wait behind a writer that has gone on meanwhile
        beginWrite(op, limit);
        try {
          requireWorking(op);
          shakeHands(limit);
        } finally {
          endWrite();
        }
      }
    } finally {
      endReading();
    }
    afterTurn();
  }

  /** Both turns are this thread's. */
  private void shakeHands(@Nullable TimeLimit limit) throws IOException {
    state = State.HANDSHAKE;
    try {
      info = Objects.requireNonNull(handshake).complete(limit);
      handshake = null;
      state = State.OPEN;
      if (readClosed) {
        closeRead(); // beneath as well, which it has left to this
      }
    } catch (TlsException e) {
      throw fail(e);
    } catch (Error e) {
      broken("handshake", e);
      throw e;
    }
  }

  // ---- failures --------------------------------------------------------------------------------

  private TlsException fail(TlsException e) {
    TlsException first = failure;
    if (first == null) {
      first = e;
      failure = e;
    }
    state = State.FAILED;
    return first;
  }

  /** An Error leaves the engine with a record that nobody has, though no lock stays taken. */
  private void broken(String op, Throwable cause) {
    TlsException e = TlsFailures.of(op, this, "an error has left the connection in disorder");
    e.addSuppressed(cause);
    var _ = fail(e);
  }

  private void requireWorking(String op) throws IOException {
    TlsException why = failure;
    if (why != null) {
      if (isClosed()) {
        throw NetFailure.closed(op, this, 0);
      }
      throw why.again(TlsFailures.failure(op, this, why.why()));
    }
  }

  /** A failure of a call, with the bytes of this layer. */
  private IOException failed(String op, IOException e, long bytes, @Nullable TimeLimit limit) {
    if (e instanceof TlsException tls) {
      return bytes == tls.bytesTransferred()
          ? tls
          : tls.again(tls.failure().withBytesTransferred(bytes));
    }
    return failure(op, e, bytes, limit);
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public int read(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    return read(ByteBuffer.wrap(buf, off, len), limit);
  }

  @Override
  public int read(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    if (dst.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    if (!dst.hasRemaining()) {
      return beneath().read(dst, limit);
    }
    TimeLimit bound = readLimit(limit);
    try {
      if (!readClosed) {
        open("read", bound);
      }
      beginRead("read", bound);
      try {
        return readSome(dst, bound);
      } finally {
        endReading();
      }
    } catch (IOException e) {
      throw failed("read", e, 0, limit);
    }
  }

  /** Gives up the read turn, and tells others what is left. */
  private void endReading() {
    try {
      in.publish();
    } finally {
      endRead();
    }
  }

  private int readSome(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException {
    for (; ; ) {
      int n = readClosed ? -1 : in.take(dst);
      if (n != 0) {
        return n;
      }
      if (readEnded && closing) {
        throw NetFailure.closed("read", this, 0); // in 1.2 it may be the answer to our own end
      } else if (readEnded) {
        return -1;
      }
      int record = nextRecord(limit);
      if (record < 0) {
        return atEnd();
      }
      int from = dst.position();
      unwrap(record, dst);
      if (dst.position() > from) {
        unwrapMore(dst);
        return dst.position() - from;
      }
    }
  }

  /** The end of the stream beneath. */
  private int atEnd() throws IOException {
    if (readClosed || config.acceptsTruncation()) {
      return -1;
    }
    throw TlsFailures.truncated("read", this);
  }

  /**
   * Waits for a record.
   *
   * @return its length, −1 at the end of the stream beneath
   */
  private int nextRecord(@Nullable TimeLimit limit) throws IOException {
    requireWorking("read");
    for (; ; ) {
      try {
        int record = in.recordBytes();
        if (record > 0) {
          return record;
        }
      } catch (SSLException e) {
        throw fail(TlsFailures.of("read", this, e));
      }
      waiting = true; // before the look at what is left: a writer looks the other way round
      try {
        if (out.isPending()) {
          sendAtOnce();
        }
        if (readClosed || !in.fill(limit)) {
          return -1;
        }
      } finally {
        waiting = false;
      }
    }
  }

  /** Takes what has come already and fits; what is wrong with it is for the next read to tell. */
  private void unwrapMore(ByteBuffer dst) {
    try {
      for (; ; ) {
        int record = readEnded ? 0 : in.recordBytes();
        if (record == 0 || record > dst.remaining()) {
          return;
        }
        unwrap(record, dst);
      }
    } catch (TlsException e) {
      // Every later call says it.
    } catch (SSLException e) {
      var _ = fail(TlsFailures.of("read", this, e));
    }
  }

  /** Into {@code dst}, if the plaintext fits for sure, or aside. */
  private void unwrap(int record, ByteBuffer dst) throws TlsException {
    if (in.isHandshakeRecord()) {
      // In 1.3 they are encrypted, and look like data. In 1.2 it can be one thing alone.
      in.refuse(record);
      throw failReading(TlsFailures.of("read", this, "renegotiation is refused"));
    }
    try {
      SSLEngineResult result =
          record <= dst.remaining() ? in.unwrap(record, dst) : in.unwrapAside(record);
      unwrapped(result);
    } catch (TlsException e) {
      throw e;
    } catch (SSLException | RuntimeException e) {
      throw failReading(TlsFailures.of("read", this, e));
    } catch (Error e) {
      broken("read", e);
      throw e;
    }
  }

  private void unwrapped(SSLEngineResult result) throws SSLException {
    HandshakeStatus status = result.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_TASK) {
      Handshake.runTasks(engine);
      status = engine.getHandshakeStatus();
    }
    if (status == HandshakeStatus.NEED_WRAP) {
      if (!out.wrapControl()) {
        throw new SSLException("too many key updates whose answers nobody reads");
      }
      sendAtOnce();
    }
    if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
      readEnded = true; // a fatal alert is thrown
    }
  }

  /** Tells the other side why, if it takes that at once. */
  private TlsException failReading(TlsException e) {
    TlsException first = fail(e);
    try {
      var _ = out.wrapControl();
      sendAtOnce();
    } catch (SSLException | RuntimeException ignored) {
      // There is something worse to tell.
    }
    return first;
  }

  @Override
  public void awaitReadable(@Nullable TimeLimit limit) throws IOException {
    TimeLimit bound = readLimit(limit);
    try {
      if (!readClosed) {
        open("read", bound);
      }
      beginRead("read", bound);
      try {
        awaitPlain(bound);
      } finally {
        endReading();
      }
    } catch (IOException e) {
      throw failed("read", e, 0, limit);
    }
  }

  /** Returns for data, for the end, and for a failure that a read would tell. */
  private void awaitPlain(@Nullable TimeLimit limit) throws IOException {
    try {
      while (!in.hasPlain() && !readEnded && !readClosed) {
        int record = nextRecord(limit);
        if (record < 0) {
          return;
        }
        unwrap(record, Buffers.NOTHING);
      }
    } catch (InterruptedIOException | ClosedChannelException e) {
      throw e; // timeouts are of the first class, too
    } catch (IOException e) {
      if (isClosed()) {
        throw e;
      }
    }
  }

  @Override
  public int bufferedBytes() {
    return in.readyBytes() + beneath().bufferedBytes();
  }

  /**
   * {@inheritDoc} Of what is not decrypted yet nobody can tell how much a read would find.
   *
   * @throws UnsupportedOperationException if nothing is decrypted, but something has arrived
   */
  @Override
  public int availableBytes() throws IOException {
    int plain = in.plainBytes();
    if (plain == 0 && (in.readyBytes() > 0 || beneath().availableBytes() > 0)) {
      throw new UnsupportedOperationException("what has arrived is not decrypted yet");
    }
    return plain;
  }

  /** Also what a server looks for that waits without a thread. */
  @Override
  public <T> @Nullable T find(Class<T> type) {
    return type == ThreadlessWait.class ? type.cast(rest) : super.find(type);
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len, @Nullable TimeLimit limit) throws IOException {
    Objects.checkFromIndexSize(off, len, buf.length);
    write("write", limit, ByteBuffer.wrap(buf, off, len));
  }

  @Override
  public void write(ByteBuffer src, @Nullable TimeLimit limit) throws IOException {
    write("write", limit, src);
  }

  @Override
  public void write(ByteBuffer[] srcs, @Nullable TimeLimit limit) throws IOException {
    write("writev", limit, srcs);
  }

  private void write(String op, @Nullable TimeLimit limit, ByteBuffer... srcs) throws IOException {
    long size = Buffers.remaining(srcs);
    if (size == 0) {
      beneath().write(srcs, limit); // fails if it is closed, and does nothing else
      return;
    }
    TimeLimit bound = writeLimit(limit);
    try {
      open(op, bound);
      beginWrite(op, bound);
      try {
        writeAll(op, srcs, bound);
      } finally {
        endWrite();
      }
      afterTurn();
    } catch (IOException e) {
      beginRest();
      throw failed(op, e, size - Buffers.remaining(srcs), limit);
    }
  }

  private void writeAll(String op, ByteBuffer[] srcs, @Nullable TimeLimit limit)
      throws IOException {
    out.flush(limit);
    for (long left = Buffers.remaining(srcs); left > 0; left = Buffers.remaining(srcs)) {
      requireWritable(op);
      try {
        out.wrap(srcs, left);
      } catch (SSLException | RuntimeException e) {
        throw fail(TlsFailures.of(op, this, e));
      } catch (Error e) {
        broken(op, e);
        throw e;
      }
      out.flush(limit);
    }
  }

  private void requireWritable(String op) throws IOException {
    if (closing) {
      throw NetFailure.closed(op, this, 0);
    }
    requireWorking(op);
    if (out.isEnded()) {
      throw NetFailure.errno(op, this, "write", "EPIPE", 0);
    }
  }

  /** Puts several writes of one thread together: into as few records and system calls as may be. */
  public Cork cork() {
    return new Cork(this);
  }

  /** This thread has just given up the write turn, which a reader may have wanted meanwhile. */
  private void afterTurn() {
    if (out.hasControl()) {
      sendAtOnce();
    }
  }

  /**
   * Sends what is there, if nobody writes and the connection beneath takes it. Looks again when it
   * has given up the turn: another thread may have found it taken meanwhile.
   */
  private void sendAtOnce() {
    boolean left = false;
    do {
      if (!tryBeginWrite()) {
        return; // its owner does
      }
      try {
        out.flush(TimeLimit.after(AT_ONCE));
      } catch (IOException e) {
        // It stays, for whoever writes next. What is wrong with the connection they hear as well.
        left = true;
      } finally {
        endWrite();
      }
    } while (!left && out.hasControl());
    beginRest();
  }

  /** Whoever leaves something unsent has it sent while somebody reads. */
  private void beginRest() {
    if (hasRest()) {
      rest.begin();
    }
  }

  /** A server waits here, with no thread in a read: see {@link Rest#waitBegins}. */
  void waitsAlone() {
    waiting = true; // until the next read
    beginRest();
  }

  boolean hasRest() {
    return waiting && out.isPending() && state == State.OPEN && !closing;
  }

  /** One turn of {@link Rest}. False if the connection beneath takes no more. */
  boolean sendRest(TimeLimit limit) {
    if (tryBeginWrite()) {
      try {
        out.flush(limit);
      } catch (SocketTimeoutException e) {
        return true;
      } catch (IOException e) {
        return false;
      } finally {
        endWrite();
      }
    }
    return true;
  }

  // ---- closing ---------------------------------------------------------------------------------

  /**
   * {@inheritDoc} Nothing of what comes is decrypted any more, so key updates are not answered
   * either. The handshake needs both directions: before its end, it is what a reader waits for that
   * has begun it. The connection beneath is told when it is over; a client's only if a reader waits
   * there, for the close has to read the tickets: {@link #dropInput}.
   */
  @Override
  public void closeRead() throws IOException {
    readClosed = true; // before a reader sees the end, and before the look at `info` and `waiting`
    if (isClosed() || info != null && (waiting || !engine.getUseClientMode())) {
      beneath().closeRead();
    }
  }

  /**
   * {@inheritDoc} Then close_notify goes out, and before it what an earlier write has left: for
   * that the other side has to read. The write timeout bounds this, and a write deadline that lies
   * ahead; one that has passed is cleared. After a timeout or an interrupt the next call goes on.
   * In Go the alert has five seconds of its own.
   */
  @Override
  public void closeWrite() throws IOException {
    open("close", null);
    beginCloseWrite();
    try {
      requireWorking("close");
      long deadline = Durations.moment(writeDeadline());
      if (deadline != Clock.NONE && deadline <= Clock.now()) {
        beneath().setWriteDeadline(null);
      }
      endOutput(null);
    } finally {
      endWrite();
      beginRest();
    }
  }

  /** Behind everything written so far. The write turn is this thread's. */
  private void endOutput(@Nullable TimeLimit limit) throws IOException {
    try {
      if (failure == null) { // else the other side would take a half for the whole
        out.end();
      }
    } catch (SSLException | RuntimeException e) {
      throw fail(TlsFailures.of("close", this, e));
    } catch (Error e) {
      broken("close", e);
      throw e;
    }
    out.flush(limit);
  }

  @Override
  public void close() {
    if (!isClosed()) {
      goodbye.lock();
      try {
        if (!closing) {
          closing = true;
          sayGoodbye();
        }
      } finally {
        goodbye.unlock();
      }
    }
    super.close();
  }

  /** The last words, for a second at most; none if somebody writes, which only the close ends. */
  private void sayGoodbye() {
    boolean interrupted = Thread.interrupted(); // put back below
    try {
      if (tryBeginGoodbye()) {
        try {
          if (state != State.NEW && !isClosed()) {
            beneath().setWriteDeadline(null);
            endOutput(TimeLimit.after(GOODBYE));
          }
        } finally {
          endWrite();
        }
        dropInput();
      }
    } catch (IOException | RuntimeException e) { // the other side has not heard it
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean tryBeginGoodbye() throws IOException {
    boolean byRest = rest.isSending(); // before the try: its turn may end meanwhile
    if (!tryBeginWrite()) {
      if (!byRest) {
        return false;
      }
      beneath().setWriteDeadline(null);
      beginWrite("close", TimeLimit.after(GOODBYE)); // its turns are short
    }
    return true;
  }

  /**
   * What has come and nobody read: the kernel would make a reset of it, and what this side has
   * written could be lost. In TLS that may be a ticket that no program can read.
   */
  private void dropInput() throws IOException {
    if (state == State.OPEN && tryBeginRead()) {
      try {
        beneath().setReadDeadline(null);
        in.drop(AT_ONCE);
      } finally {
        endRead();
      }
    }
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    if (timeout.isNegative()) {
      return beneath().closeGracefully(timeout); // refuses it
    }
    TimeLimit limit = TimeLimit.after(timeout);
    boolean interrupted = false;
    try {
      for (; ; ) {
        interrupted |= Thread.interrupted(); // put back below; each step may be taken again
        try {
          return endBoth(limit);
        } catch (InterruptedIOException e) {
          if (!Thread.currentThread().isInterrupted()) {
            return false; // the time is over
          }
        } catch (IOException | RuntimeException e) {
          return false; // gone, or closed by another thread
        }
      }
    } finally {
      closing = true; // there was time enough for the last words
      close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean endBoth(TimeLimit limit) throws IOException {
    setDeadline(null); // they do not shorten the time
    if (info == null) {
      return beneath().closeGracefully(limit.left());
    }
    beginWrite("close", limit);
    try {
      endOutput(limit);
    } finally {
      endWrite();
    }
    ByteBuffer room = Buffers.ONE.take();
    try {
      beginRead("close", limit);
      try {
        while (readSome(room.clear(), limit) >= 0) {
          // dropped
        }
        return true;
      } finally {
        endReading();
      }
    } catch (TruncatedException e) {
      return true; // it has ended its direction, though not as it should
    } finally {
      Buffers.give(room);
    }
  }
}

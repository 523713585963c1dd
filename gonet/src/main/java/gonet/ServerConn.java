package gonet;

import gonet.internal.poll.FD;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a {@link Server}: the accepted {@link Conn}, whose calls it counts, and what the
 * server knows about it. Promises what {@code Conn} promises; any thread may call any method.
 *
 * <p>Options of the socket are those of {@link #unwrap}. Bytes that are read or written there are
 * not counted and are no activity.
 */
public final class ServerConn extends ForwardingConn {

  /** What happens with a connection now. */
  public enum Phase {
    /** Waits for {@link #resume}; see {@link ServerBuilder#pauseOnConnect}. */
    PAUSED,
    /** Waits for a request, without a thread; see {@link ServerBuilder#requestHandler}. */
    WAITING,
    /** Its handler runs. */
    SERVING,
    /** Over: closed, or about to be. */
    ENDED
  }

  private static final VarHandle READ;
  private static final VarHandle WRITTEN;
  private static final VarHandle PHASE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      READ = lookup.findVarHandle(ServerConn.class, "bytesRead", long.class);
      WRITTEN = lookup.findVarHandle(ServerConn.class, "bytesWritten", long.class);
      PHASE = lookup.findVarHandle(ServerConn.class, "phase", Phase.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Server server;
  private final long id;

  /** When it was accepted, in tenths of a second of the server's age. */
  private final int acceptedTenths;

  /** The server was draining already. */
  private final boolean late;

  /** Several readers may add at the same time. */
  private volatile long bytesRead;

  private volatile long bytesWritten;

  private volatile boolean endSeen;
  private volatile Phase phase;

  /** Set before it starts. */
  private volatile @Nullable Thread thread;

  /** What few connections need. Written once, under the monitor of this object. */
  private volatile @Nullable Extras extras;

  /** Threads in {@link #awaitRequest}, or just woken there. Guarded by the monitor. */
  private short awaiting;

  /**
   * The server has put the read deadline into the past, to end such a wait. Guarded by the monitor.
   */
  private boolean woken;

  /** Whether there was a request before. Racy: a hint for the end. */
  private boolean served;

  /** The idle watch's own, as {@link #idle}. */
  boolean toldOfIdleness;

  /** The registry's, guarded by its lock. */
  @Nullable ServerConn before;

  @Nullable ServerConn after;
  boolean listed;

  /** The idle watch's own; a {@link RequestWait} if requests are waited for without a thread. */
  final IdleState idle;

  private static final class Extras {
    /** The read deadline that the handler wants. Guarded by the connection's monitor. */
    @Nullable Instant readDeadline;

    volatile @Nullable WireTap wireTap;
  }

  ServerConn(Server server, Conn conn, long id) {
    super(conn);
    this.server = server;
    this.id = id;
    this.acceptedTenths = server.ageTenths();
    this.late = server.state() != ServerState.RUNNING;
    this.phase = server.settings().pauseOnConnect() ? Phase.PAUSED : Phase.SERVING;
    this.idle =
        server.settings().perRequest() && conn instanceof SocketConn
            ? new RequestWait(this)
            : new IdleState();
  }

  // ---- what the server knows -------------------------------------------------------------------

  /** The accepted connection itself, for a {@link TcpConn}'s options. */
  public Conn unwrap() {
    return conn;
  }

  /** The server that accepted it. */
  public Server server() {
    return server;
  }

  /** Its number, counted from 1 by its server. */
  public long id() {
    return id;
  }

  /** How long ago it was accepted, to a tenth of a second. */
  public Duration age() {
    return Duration.ofMillis(100L * (server.ageTenths() - acceptedTenths));
  }

  /** Bytes read so far. Known after close as well. */
  public long bytesRead() {
    return bytesRead;
  }

  /** Bytes written so far: taken by the kernel. Known after close as well. */
  public long bytesWritten() {
    return bytesWritten;
  }

  /** What happens with it now. */
  public Phase phase() {
    return phase;
  }

  /** The thread of its handler; null while there is none. */
  public @Nullable Thread thread() {
    return thread;
  }

  /** All of this at once, with deadlines and what it waits for. */
  public ConnDump dump() {
    FD fd = conn instanceof SocketConn socket ? socket.fd : null;
    Thread handler = thread;
    return new ConnDump(
        id,
        localAddr(),
        remoteAddr(),
        phase,
        age(),
        bytesRead,
        bytesWritten,
        fd == null ? null : until(fd.readDeadline()),
        fd == null ? null : until(fd.writeDeadline()),
        handler == null ? null : handler.getName(),
        fd == null ? "" : fd.toString());
  }

  private static @Nullable Duration until(long deadline) {
    return deadline == Clock.NONE ? null : Duration.ofNanos(deadline - Clock.now());
  }

  /**
   * Shows all bytes from here on to {@code log}; null, the default, for nobody. {@link
   * ServerBuilder#onConnect} is the place to choose connections from their beginning.
   */
  public void setWireLog(@Nullable WireLog log) {
    if (log != null || extras != null) {
      extras().wireTap = log == null ? null : new WireTap(this, log);
    }
  }

  /** Whether somebody wants to see the bytes. */
  boolean isWatched() {
    return wireTap() != null;
  }

  private synchronized Extras extras() {
    Extras made = extras;
    if (made == null) {
      made = new Extras();
      extras = made;
    }
    return made;
  }

  private @Nullable WireTap wireTap() {
    Extras made = extras;
    return made == null ? null : made.wireTap;
  }

  // ---- the handler's ---------------------------------------------------------------------------

  /**
   * Starts the handler of a paused connection.
   *
   * @return false if it was not paused, in which case nothing happens
   */
  public boolean resume() {
    if (!PHASE.compareAndSet(this, Phase.PAUSED, Phase.SERVING)) {
      return false;
    }
    server.serve(this);
    return true;
  }

  /**
   * Whether the server has asked handlers to finish: end what is under way and return. Once true,
   * it stays.
   */
  public boolean isFinishing() {
    return server.isFinishing(this);
  }

  /**
   * Waits for the next request, as {@link #awaitReadable} does, but not beyond a shutdown: this is
   * how a handler that serves one request after the other is asked to finish between two of them.
   *
   * <pre>{@code
   * while (conn.awaitRequest()) {
   *   ... read one request, write its answer
   * }
   * }</pre>
   *
   * <p>A connection that was taken from the kernel's queue by the shutdown may still bring its
   * first request.
   *
   * @return true when something can be read, the end of the stream included; false when the server
   *     asks to finish and nothing is there
   * @throws IOException as {@link #awaitReadable}
   */
  public boolean awaitRequest() throws IOException {
    synchronized (this) {
      if (mustFinish()) {
        return false;
      }
      awaiting++;
    }
    try {
      conn.awaitReadable();
      served = true;
      return true;
    } catch (NetTimeoutException e) {
      if (isWoken()) {
        return false;
      }
      throw e;
    } finally {
      stopAwaiting();
    }
  }

  /** Whether it has to end now if it has no request. Once true, it stays. */
  boolean mustFinish() {
    return server.isFinishing() && (served || !late);
  }

  private synchronized boolean isWoken() {
    return woken;
  }

  private synchronized void stopAwaiting() {
    awaiting--;
    if (woken && awaiting == 0) {
      woken = false;
      try {
        conn.setReadDeadline(extras == null ? null : extras.readDeadline);
      } catch (IOException closed) {
        // Whoever goes on will hear of it.
      }
    }
  }

  /** Ends a wait between two requests. The server's state says already why. */
  void askToFinish() {
    if (idle instanceof RequestWait wait) {
      if (mustFinish()) {
        wait.finish();
      }
    } else {
      wakeAwaiting();
    }
  }

  private synchronized void wakeAwaiting() {
    if (awaiting > 0 && mustFinish()) {
      woken = true;
      try {
        conn.setReadDeadline(Instant.EPOCH);
      } catch (IOException closed) {
        // Then nobody waits any more.
      }
    }
  }

  // ---- reading ---------------------------------------------------------------------------------

  @Override
  public int read(byte[] buf, int off, int len) throws IOException {
    int n = countRead(conn.read(buf, off, len));
    WireTap tap = wireTap();
    if (tap != null && n > 0) {
      tap.read(ByteBuffer.wrap(buf, off, n));
    }
    return n;
  }

  @Override
  public int read(ByteBuffer dst) throws IOException {
    int from = dst.position();
    int n = countRead(conn.read(dst));
    WireTap tap = wireTap();
    if (tap != null) {
      tap.read(WireTap.passed(dst, from));
    }
    return n;
  }

  /** Counts what a read found, and sees the end of the stream. */
  int countRead(int n) {
    if (n > 0) {
      READ.getAndAdd(this, (long) n);
    } else if (n < 0) {
      sawEnd();
    }
    return n;
  }

  private void sawEnd() {
    if (!endSeen) {
      endSeen = true;
      if (!server.settings().halfOpen()) {
        try {
          conn.closeWrite();
        } catch (IOException gone) {
          // Nothing is left to end.
        }
      }
    }
  }

  // ---- writing ---------------------------------------------------------------------------------

  @Override
  public void write(byte[] buf, int off, int len) throws IOException {
    long n = 0;
    try {
      conn.write(buf, off, len);
      n = len;
    } catch (IOException e) {
      n = e instanceof NetException net ? net.bytesTransferred() : 0;
      throw e;
    } finally {
      countWritten(n);
      WireTap tap = wireTap();
      if (tap != null) {
        tap.written(ByteBuffer.wrap(buf, off, (int) n));
      }
    }
  }

  @Override
  public void write(ByteBuffer src) throws IOException {
    int from = src.position();
    try {
      conn.write(src);
    } finally {
      countWritten(src.position() - from);
      WireTap tap = wireTap();
      if (tap != null) {
        tap.written(WireTap.passed(src, from));
      }
    }
  }

  @Override
  public void write(ByteBuffer... srcs) throws IOException {
    long before = remaining(srcs);
    WireTap tap = wireTap();
    int[] from = tap == null ? null : Arrays.stream(srcs).mapToInt(ByteBuffer::position).toArray();
    try {
      conn.write(srcs);
    } finally {
      countWritten(before - remaining(srcs));
      for (int i = 0; tap != null && from != null && i < srcs.length; i++) {
        tap.written(WireTap.passed(srcs[i], from[i]));
      }
    }
  }

  private static long remaining(ByteBuffer[] buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }

  void countWritten(long n) {
    if (n > 0) {
      WRITTEN.getAndAdd(this, n);
    }
  }

  // ---- closing ---------------------------------------------------------------------------------

  @Override
  public void close() {
    conn.close();
    endIfPaused();
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    try {
      return conn.closeGracefully(timeout);
    } finally {
      if (conn.isClosed()) {
        endIfPaused();
      }
    }
  }

  @Override
  public void abort() {
    conn.abort();
    endIfPaused();
  }

  /** A paused connection has no handler whose return would end it. */
  private void endIfPaused() {
    if (PHASE.compareAndSet(this, Phase.PAUSED, Phase.ENDED)) {
      server.ended(this);
    }
  }

  // ---- time ------------------------------------------------------------------------------------

  @Override
  public void setReadDeadline(@Nullable Instant when) throws IOException {
    synchronized (this) {
      if (when != null || extras != null) {
        extras().readDeadline = when;
      }
      if (!woken) {
        conn.setReadDeadline(when);
      }
    }
  }

  // ---- the server's ----------------------------------------------------------------------------

  /** Says who serves it, before that thread starts; null for nobody. */
  void servedBy(@Nullable Thread handler) {
    thread = handler;
  }

  /** Moves on, unless it is over already: a shutdown may have given it up meanwhile. */
  void phase(Phase next) {
    Phase now = phase;
    while (now != Phase.ENDED && !PHASE.compareAndSet(this, now, next)) {
      now = phase;
    }
  }

  void requestBegins() {
    served = true;
  }

  boolean sawTheEnd() {
    return endSeen;
  }

  /** Bytes that have arrived and were not read; 0 where the system does not tell. */
  int unreadBytes() {
    if (conn instanceof TcpConn tcp) {
      try {
        return tcp.availableBytes();
      } catch (IOException | UnsupportedOperationException e) {
        return 0;
      }
    }
    return 0;
  }

  /** The handler has returned, or never began. */
  void over() {
    phase = Phase.ENDED;
  }

  /** Grows whenever something happens that counts as activity. */
  long activity() {
    return bytesRead + bytesWritten + (endSeen ? 1 : 0);
  }

  /** Number, addresses and phase. */
  @Override
  public String toString() {
    return server.name() + "-" + id + " " + conn + " " + phase;
  }
}

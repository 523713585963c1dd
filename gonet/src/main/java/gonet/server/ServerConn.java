package gonet.server;

import gonet.Conn;
import gonet.ReadAhead;
import gonet.TcpConn;
import gonet.TimeLimit;
import gonet.internal.layer.Passage;
import gonet.internal.poll.FD;
import gonet.internal.time.Clock;
import gonet.netip.Addr;
import gonet.wire.WireLog;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a {@link Server}: the accepted {@link Conn}, whose calls it counts, and what the
 * server knows about it. Promises what {@code Conn} promises; any thread may call any method.
 *
 * <p>Bytes that are read or written at {@link #beneath} are not counted and are no activity.
 *
 * @since 0.1
 */
public final class ServerConn extends CountingConn {

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

  private static final Phase[] PHASES = Phase.values();

  private static final VarHandle PHASE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PHASE = lookup.findVarHandle(ServerConn.class, "phase", byte.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Server server;
  private final long id;

  /** When it was accepted: a moment of {@link Clock}. */
  private final long acceptedAt;

  /** The ordinal of its {@link Phase}: a byte fits beside the others. */
  private volatile byte phase;

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

  /**
   * Where it stands there: {@link #GONE}, {@link #LISTED} or {@link #COUNTED}. One byte for both.
   */
  byte listing;

  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /** Long enough for a poll that looks at once, on a machine that is busy as well. */
  private static final Duration LOOK = Duration.ofMillis(100);

  static final byte GONE = 0;
  static final byte LISTED = 1;

  /** Listed, and it counts for its address. */
  static final byte COUNTED = 2;

  /** The idle watch's own; a {@link RequestWait} if requests are waited for without a thread. */
  final IdleState idle;

  private static final class Extras {
    /** The read deadline that the handler wants. Guarded by the connection's monitor. */
    @Nullable Instant readDeadline;

    /** What it counts for, since its layers may tell another address later. The registry's. */
    @Nullable Addr countedFor;

    /** The application's. */
    volatile @Nullable Object attachment;

    /** Its layers are saying goodbye. Guarded by the connection's monitor. */
    boolean leaving;

    /** Whose work ends with the client. Written under the connection's monitor. */
    volatile @Nullable Presence presence;

    /** Calls of {@link #busy} that are not closed. */
    final AtomicInteger busy = new AtomicInteger();

    /** The accepted connection with the server's layers over it. Written under the monitor. */
    volatile Conn layered;

    /** The same, under a wire log if there is one. Written under the monitor. */
    volatile Conn top;

    Extras(Conn conn) {
      layered = conn;
      top = conn;
    }
  }

  ServerConn(Server server, Conn conn, long id) {
    super(conn);
    this.server = server;
    this.id = id;
    this.acceptedAt = Clock.now();
    this.phase = code(server.settings().pauseOnConnect() ? Phase.PAUSED : Phase.SERVING);
    this.idle =
        server.settings().perRequest() && conn.find(FD.class) != null
            ? new RequestWait(this)
            : new IdleState();
  }

  // ---- what the server knows -------------------------------------------------------------------

  /**
   * The accepted connection, or the highest layer that the server has put over it. For a {@link
   * TcpConn}'s options {@link #find} is the way: {@code conn.find(TcpConn.class)}.
   */
  @Override
  public Conn beneath() {
    Extras made = extras;
    return made == null ? super.beneath() : made.top;
  }

  /** The accepted connection itself, beneath all layers: what is closed at the end. */
  Conn accepted() {
    return super.beneath();
  }

  /** {@inheritDoc} A transfer finds a way past this connection: {@code gonet.internal.layer}. */
  @Override
  public <T> @Nullable T find(Class<T> type) {
    return type == Passage.class ? type.cast(new Uncovered()) : super.find(type);
  }

  private final class Uncovered implements Passage {
    @Override
    public Object layer() {
      return ServerConn.this;
    }

    @Override
    public boolean isOpen() {
      return !isWatched();
    }

    @Override
    public void countRead(int bytes) {
      var _ = ServerConn.this.countRead(bytes);
    }

    @Override
    public void countWritten(long bytes) {
      ServerConn.this.countWritten(bytes);
    }
  }

  /** The server that accepted it. */
  public Server server() {
    return server;
  }

  /** Its number, counted from 1 by its server. */
  public long id() {
    return id;
  }

  /** How long ago it was accepted. */
  public Duration age() {
    return Duration.ofNanos(Clock.now() - acceptedAt);
  }

  @Override
  void firstRead() {
    server.registry().firstReads.add(ageMicros());
  }

  @Override
  void firstWritten() {
    server.registry().firstWrites.add(ageMicros());
  }

  private long ageMicros() {
    return (Clock.now() - acceptedAt) / 1000;
  }

  /** What happens with it now. */
  public Phase phase() {
    return PHASES[phase];
  }

  /** The thread of its handler; null while there is none. */
  public @Nullable Thread thread() {
    return thread;
  }

  /** All of this at once, with deadlines and what it waits for. */
  public ConnDump dump() {
    FD fd = find(FD.class);
    Thread handler = thread;
    return new ConnDump(
        id,
        localAddr(),
        remoteAddr(),
        phase(),
        age(),
        bytesRead(),
        bytesWritten(),
        fd == null ? null : until(fd.readDeadline()),
        fd == null ? null : until(fd.writeDeadline()),
        handler == null ? null : handler.getName(),
        fd == null ? "" : fd.toString());
  }

  private static @Nullable Duration until(long deadline) {
    return deadline == Clock.NONE ? null : Duration.ofNanos(deadline - Clock.now());
  }

  /**
   * Shows all bytes from here on to {@code log}, as handlers read and write them; null, the
   * default, for nobody. {@link ServerBuilder#onConnect} is the place to choose connections from
   * their beginning.
   */
  public void setWireLog(@Nullable WireLog log) {
    if (log == null && extras == null) {
      return;
    }
    synchronized (this) {
      Extras made = extras();
      made.top = log == null ? made.layered : log.over(made.layered);
    }
  }

  /** Whether somebody wants to see the bytes. */
  private boolean isWatched() {
    Extras made = extras;
    return made != null && !made.top.equals(made.layered);
  }

  /** The server's layers stand over the accepted connection now. */
  synchronized void layered(Conn conn) {
    Extras made = extras();
    made.layered = conn;
    made.top = conn;
  }

  private synchronized Extras extras() {
    Extras made = extras;
    if (made == null) {
      made = new Extras(accepted());
      extras = made;
    }
    return made;
  }

  // ---- the handler's ---------------------------------------------------------------------------

  /**
   * Starts the handler of a paused connection.
   *
   * @return false if it was not paused, in which case nothing happens
   */
  public boolean resume() {
    if (!movesOn(Phase.PAUSED, Phase.SERVING)) {
      return false;
    }
    server.serve(this, List.of());
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
   * <p>Where a reader above takes several requests with one read, pass it to {@link
   * #awaitRequest(ReadAhead)} or {@link #attach} it: a request that it holds is none that the
   * connection waits for.
   *
   * <p>A connection that has not brought a request yet is no idle one: its client may have sent the
   * first, which is on its way. It may bring it for 5 seconds from when it was accepted, and no
   * longer than half of what the shutdown's grace leaves it. Then this returns false as well.
   *
   * @return true when something can be read, the end of the stream included; false when the server
   *     asks to finish and nothing is there
   * @throws IOException as {@link #awaitReadable}
   */
  public boolean awaitRequest() throws IOException {
    if (heldBytes() > 0) {
      return true;
    }
    boolean waits;
    synchronized (this) {
      waits = !mustFinish();
      awaiting += (short) (waits ? 1 : 0);
    }
    if (waits && waitedForRequest()) {
      return true;
    }
    return hasArrived(); // what is there is answered, also by one that is to finish
  }

  /** False if the server has woken it, to finish. */
  private boolean waitedForRequest() throws IOException {
    try {
      beneath().awaitReadable();
      served = true;
      return true;
    } catch (SocketTimeoutException e) {
      if (isWoken()) {
        return false;
      }
      throw e;
    } finally {
      stopAwaiting();
    }
  }

  private boolean hasArrived() {
    int unread = unreadBytes();
    return unread == UNKNOWN ? server.hasTimeToFinish() && isReadable() : unread > 0;
  }

  /** Where the system does not tell how much: a wait that ends at once. */
  boolean isReadable() {
    try {
      within(TimeLimit.after(LOOK)).awaitReadable();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The same for a reader that reads ahead: true at once if it holds something, a whole request or
   * the beginning of one.
   *
   * <pre>{@code
   * FrameReader lines = Lines.upTo(1024).reader(conn);
   * while (conn.awaitRequest(lines)) {
   *   ... read one line, write its answer
   * }
   * }</pre>
   *
   * @throws IOException as {@link #awaitRequest()}
   */
  public boolean awaitRequest(ReadAhead reader) throws IOException {
    if (reader.bufferedBytes() > 0) {
      return true;
    }
    reader.rest();
    return awaitRequest();
  }

  /** What {@link #attach} was given last; null for nothing. */
  public @Nullable Object attachment() {
    Extras made = extras;
    return made == null ? null : made.attachment;
  }

  /**
   * Keeps an object of the application's with the connection, such as a session. A {@link
   * ReadAhead}, for instance a {@code FrameReader}, is asked for what it holds before the
   * connection waits for a request: this is how a {@linkplain ServerBuilder#requestHandler request
   * handler} keeps its reader from call to call.
   *
   * @param attachment null for nothing
   */
  public void attach(@Nullable Object attachment) {
    if (attachment != null || extras != null) {
      extras().attachment = attachment;
    }
  }

  /** It counts for this client from now on. Under the registry's lock. */
  void countsFor(Addr client) {
    listing = COUNTED;
    Extras made = extras;
    if (made != null) {
      made.countedFor = client;
    }
  }

  /** The client that it was counted for; null to be asked of its address, which never changes. */
  @Nullable Addr countedFor() {
    Extras made = extras;
    return made == null ? null : made.countedFor;
  }

  /** Bytes that were taken from the socket and not handed out, as far as the server knows. */
  int heldBytes() {
    return bufferedBytes() + readAheadBytes();
  }

  private int readAheadBytes() {
    return attachment() instanceof ReadAhead reader ? reader.bufferedBytes() : 0;
  }

  /** Goes to wait, perhaps for long, with nothing held. */
  void rest() {
    if (attachment() instanceof ReadAhead reader) {
      reader.rest();
    }
  }

  /** Bytes that the application has got. Grows when a request has been read, whoever read ahead. */
  long consumedBytes() {
    return bytesRead() - readAheadBytes();
  }

  /** Says that a connection is at work; closing it says that the work is over. */
  @FunctionalInterface
  public interface Busy extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Says that this connection is at work although no byte moves: it is not idle before the work is
   * over, nor for {@link ServerBuilder#idleTimeout} from then. For a handler that computes, waits
   * for a database, or holds a long poll.
   *
   * <pre>{@code
   * try (var work = conn.busy()) {
   *   answer = database.ask(question);
   * }
   * }</pre>
   *
   * @return to be closed once; a second close has no effect
   */
  public Busy busy() {
    AtomicInteger count = extras().busy;
    AtomicBoolean open = new AtomicBoolean(true);
    count.incrementAndGet();
    return () -> {
      if (open.compareAndSet(true, false)) {
        count.decrementAndGet();
      }
    };
  }

  /**
   * Works for the client as long as the client is there: when it ends its stream or resets the
   * connection, the calling thread is interrupted, also if there are unread bytes, such as further
   * requests of a client that pipelines. No interrupt that was meant for the work is left when this
   * returns; what the work throws is thrown. A client may end its stream and still wait for the
   * answer (half-close): not for protocols that allow that.
   *
   * <p>Threads: any, several at a time. Of a client whose machine vanishes it hears when keepalive
   * does. With the nio backend, and over connections that are no socket of the kernel's, nobody
   * hears of it, and the work goes on. Go: the context of a request in {@code net/http}.
   *
   * @throws IOException if the connection is closed on this side before the work has begun
   * @throws Exception what the work throws, often {@link InterruptedException}
   */
  public <T> T whileThere(Callable<T> work) throws Exception {
    Presence presence = presence();
    Presence.Work mine = presence.begin();
    try {
      return work.call();
    } finally {
      presence.end(mine);
    }
  }

  private Presence presence() throws IOException {
    Extras own = extras();
    Presence made = own.presence;
    if (made == null) {
      synchronized (this) {
        made = own.presence;
        if (made == null) {
          made = Presence.of(this);
          own.presence = made;
        }
      }
    }
    return made;
  }

  /** Whether it has said so, and not taken it back. */
  boolean isBusy() {
    Extras made = extras;
    return made != null && made.busy.get() > 0;
  }

  /** Whether it has to end now if it has no request. Once true, it stays. */
  boolean mustFinish() {
    return server.isFinishing() && (!isFresh() || Clock.now() >= firstRequestUntil());
  }

  /** Whether it has brought nothing yet. */
  boolean isFresh() {
    return bytesRead() == 0 && !served;
  }

  /** Until when it may bring its first request, in a shutdown that has begun. */
  long firstRequestUntil() {
    return server.firstRequestUntil(acceptedAt);
  }

  private synchronized boolean isWoken() {
    return woken;
  }

  private synchronized void stopAwaiting() {
    awaiting--;
    if (woken && awaiting == 0) {
      woken = false;
      try {
        beneath().setReadDeadline(extras == null ? null : extras.readDeadline);
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
        beneath().setReadDeadline(Instant.EPOCH);
      } catch (IOException closed) {
        // Then nobody waits any more.
      }
    }
  }

  @Override
  void atEnd() {
    if (!server.settings().halfOpen()) {
      try {
        closeWrite();
      } catch (IOException gone) {
        // Nothing is left to end.
      }
    }
  }

  // ---- closing ---------------------------------------------------------------------------------

  @Override
  public void close() {
    beneath().close();
    endIfPaused();
  }

  /** Closes by a thread that must not wait. Layers say goodbye on another one, within a second. */
  void closeSoon() {
    if (!isLayered()) {
      Closer.close(accepted(), server());
      endIfPaused();
      return;
    }
    Extras made = extras();
    synchronized (this) {
      if (made.leaving) {
        return;
      }
      made.leaving = true;
    }
    try {
      Closer.aside(
          () -> {
            Thread.sleep(GOODBYE); // whatever the layers do meanwhile
            Closer.close(accepted(), server);
            endIfPaused();
          },
          server);
      Closer.aside(this::close, server);
    } catch (Throwable t) { // no memory for that: without a goodbye
      Closer.close(accepted(), server);
      endIfPaused();
      throw t;
    }
  }

  /** Whether something stands over the accepted connection that has a close of its own. */
  boolean isLayered() {
    return extras != null && !beneath().equals(accepted());
  }

  @Override
  public boolean closeGracefully(Duration timeout) {
    try {
      return beneath().closeGracefully(timeout);
    } finally {
      if (beneath().isClosed()) {
        endIfPaused();
      }
    }
  }

  @Override
  public void abort() {
    beneath().abort();
    endIfPaused();
  }

  /** A paused connection has no handler whose return would end it. */
  private void endIfPaused() {
    if (movesOn(Phase.PAUSED, Phase.ENDED)) {
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
        beneath().setReadDeadline(when);
      }
    }
  }

  /** The handler's, also while the server has put another one into its place to end a wait. */
  @Override
  public @Nullable Instant readDeadline() {
    synchronized (this) {
      return woken ? (extras == null ? null : extras.readDeadline) : beneath().readDeadline();
    }
  }

  // ---- the server's ----------------------------------------------------------------------------

  /** Says who serves it, before that thread starts; null for nobody. */
  void servedBy(@Nullable Thread handler) {
    thread = handler;
  }

  /** Moves on, unless it is over already: a shutdown may have given it up meanwhile. */
  void phase(Phase next) {
    Phase now = phase();
    while (now != Phase.ENDED && !movesOn(now, next)) {
      now = phase();
    }
  }

  private boolean movesOn(Phase from, Phase to) {
    return PHASE.compareAndSet(this, code(from), code(to));
  }

  @SuppressWarnings("EnumOrdinal") // of this process alone: it is never written down
  private static byte code(Phase phase) {
    return (byte) phase.ordinal();
  }

  void requestBegins() {
    served = true;
  }

  /** Bytes that have arrived and were not read; {@link #UNKNOWN} where the system does not tell. */
  int unreadBytes() {
    try {
      return availableBytes();
    } catch (UnsupportedOperationException e) {
      int held = bufferedBytes();
      return held == 0 ? UNKNOWN : held;
    } catch (IOException e) {
      return 0; // closed, or gone
    }
  }

  static final int UNKNOWN = -1;

  /** The handler has returned, or never began. */
  void over() {
    phase = code(Phase.ENDED);
  }

  /** Number, addresses and phase. */
  @Override
  public String toString() {
    return server.name() + "-" + id + " " + beneath() + " " + phase();
  }
}

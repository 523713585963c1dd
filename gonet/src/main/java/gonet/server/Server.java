package gonet.server;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetFailure;
import gonet.NetSocketException;
import gonet.OpFailure;
import gonet.internal.signal.SignalShutdown;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Durations;
import gonet.internal.time.OwnStack;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What stands between listeners and an application: accepts, limits, filters, watches, counts, and
 * ends in an orderly way. Node's {@code net.Server} in blocking style; Go leaves it to its users.
 *
 * {@snippet :
 * Server server =
 *     Server.builder()
 *         .listenOn("tcp", "0.0.0.0:7099")
 *         .maxConns(10_000)
 *         .idleTimeout(Duration.ofSeconds(60))
 *         .handler(
 *             conn -> {
 *               byte[] buf = new byte[4096];
 *               for (int n; (n = conn.read(buf)) >= 0; ) {
 *                 conn.write(buf, 0, n);
 *               }
 *             })
 *         .start();
 * server.shutdownOnSignal(Duration.ofSeconds(30));
 * server.awaitClosed();
 * }
 *
 * <p>Each connection's handler runs on a virtual thread of its own. An exception of it, errors
 * included, ends its connection alone. All threads of a server are daemons or virtual: {@link
 * #awaitClosed} in {@code main} is what keeps the program running.
 *
 * <p>Handlers, callbacks and layers have the context class loader of the thread that called {@link
 * ServerBuilder#start}, and inherit none of its thread-locals. Threads that they start by {@link
 * Net#go} or otherwise have it from them.
 *
 * <p>All methods are safe for any thread.
 *
 * @since 0.1
 */
public final class Server implements AutoCloseable {
  /** Of the thread that starts the server: its handlers, callbacks and layers have it. */
  private final @Nullable ClassLoader contextLoader =
      Thread.currentThread().getContextClassLoader();

  private final ServerSettings settings;
  private final ServerLog log;
  private final ServerRegistry registry;
  private final List<AcceptLoop> loops;
  private final List<NetAddr> addrs;
  private final @Nullable IdleWatch idleWatch;
  private final ServerShutdown shutdown = new ServerShutdown(this);
  private final AtomicLong ids = new AtomicLong();

  /** Accept loops that have not ended. */
  private final AtomicInteger listening;

  private volatile ServerState state = ServerState.RUNNING;

  /** A bean is registered. Guarded by the monitor of {@link #asked}, as the end of the state is. */
  private boolean hasBean;

  /** Connections are asked to finish: those of {@link #asked}. */
  private volatile boolean finishing;

  /** All are, also those that come later. */
  private volatile boolean allFinishing;

  private final Set<ServerConn> asked = ConcurrentHashMap.newKeySet();

  /** Where it listens, and what it puts over connections from there. */
  record Place(Listener listener, List<ConnLayer> layers) {}

  Server(ServerSettings settings, List<Place> places) {
    this.settings = settings;
    this.log = new ServerLog(settings.name());
    this.registry = new ServerRegistry(settings);
    this.addrs = places.stream().map(place -> place.listener().addr()).toList();
    this.loops =
        places.stream()
            .map(place -> new AcceptLoop(this, place.listener(), place.layers()))
            .toList();
    this.idleWatch = settings.idleNanos() == 0 ? null : new IdleWatch(this);
    this.listening = new AtomicInteger(loops.size());
  }

  /** Begins to say how to serve. */
  public static ServerBuilder builder() {
    OwnStack.requireRoom();
    return new ServerBuilder();
  }

  /**
   * Starts all threads.
   *
   * @throws IOException if one of them cannot be had; then none goes on
   */
  void begin() throws IOException {
    int begun = 0;
    try {
      if (idleWatch != null) {
        idleWatch.start();
      }
      for (AcceptLoop loop : loops) {
        loop.start();
        begun++;
      }
    } catch (Throwable t) {
      if (idleWatch != null) {
        idleWatch.stop();
      }
      loops.subList(0, begun).forEach(loop -> loop.listener().close()); // the others are not ours
      if (t instanceof OutOfMemoryError e && Daemons.isWantOfThreads(e)) {
        throw noThread(e);
      }
      throw t;
    }
  }

  private IOException noThread(OutOfMemoryError e) {
    IOException failure =
        new NetSocketException(
            OpFailure.of("start", loops.getFirst().listener(), String.valueOf(e.getMessage())));
    failure.initCause(e);
    return failure;
  }

  // ---- what there is to know -------------------------------------------------------------------

  /** Its name: {@link ServerBuilder#name}. */
  public String name() {
    return settings.name();
  }

  /** The first listener's address, with the port that the system chose if none was asked for. */
  public NetAddr addr() {
    return addrs.getFirst();
  }

  /** The addresses of all listeners, in the builder's order; the same after close. */
  public List<NetAddr> addrs() {
    return addrs;
  }

  /** Where it is in its life. */
  public ServerState state() {
    return state;
  }

  /** How many connections are open. */
  public int connections() {
    return registry.open();
  }

  /** The open connections, oldest first; a snapshot. */
  public List<ServerConn> conns() {
    return registry.conns();
  }

  /** The state of each open connection, oldest first, for people: what it waits for, how long. */
  public List<ConnDump> dump() {
    return registry.conns().stream().map(ServerConn::dump).toList();
  }

  /** What it has done so far. */
  public ServerStats stats() {
    return registry.stats(state);
  }

  /**
   * Registers {@link #stats} with the platform's MBean server, as a {@link ServerMXBean} with the
   * name {@code gonet:type=Server,name="NAME",addr="ADDR"}, until the server is closed. Again: no
   * effect.
   *
   * @throws UnsupportedOperationException in a runtime without the module java.management
   * @throws IllegalStateException if the server is closed
   */
  public void registerMXBean() {
    if (ModuleLayer.boot().findModule("java.management").isEmpty()) {
      throw new UnsupportedOperationException("no module java.management in this runtime");
    }
    synchronized (asked) {
      if (state == ServerState.CLOSED) {
        throw new IllegalStateException(this + " is closed");
      }
      OwnStack.initialize(Server.class, "gonet.server.ServerManagement");
      hasBean |= ServerManagement.register(this);
    }
  }

  // ---- the end ---------------------------------------------------------------------------------

  /**
   * Ends in an orderly way and waits for that: goes on for {@link ServerBuilder#drainDelay} in
   * state {@link ServerState#DRAINING}; accepts what the kernel has queued and closes the
   * listeners; asks handlers to finish, see {@link ServerConn#awaitRequest} and {@link
   * ServerBuilder#onFinish}; waits until all connections have ended, but no longer than {@code
   * grace}; closes those that are left and interrupts their handlers.
   *
   * <p>A connection that waits for a request by {@code awaitRequest}, or for a {@linkplain
   * ServerBuilder#requestHandler request handler}, ends at once if it was served before. One that
   * was not may bring its first request, as {@code awaitRequest} tells.
   *
   * <p>A connection that the kernel completes between the last look at a queue and the close of its
   * listener is reset. A successor that listens on the same port already, by SO_REUSEPORT or
   * because the listener was handed over to it, avoids that.
   *
   * <p>If a shutdown is under way already, this one waits for the same end, and the shorter time
   * counts. After the end it returns at once.
   *
   * @param grace how long handlers may take, from the end of the drain delay
   * @return how it went; the same for every caller
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws IllegalStateException if called by a handler, which would wait for itself: {@link
   *     #beginShutdown} does not wait
   * @throws InterruptedException if interrupted while it waits; the shutdown goes on
   */
  public ShutdownReport shutdown(Duration grace) throws InterruptedException {
    if (isHandler(Thread.currentThread())) {
      throw new IllegalStateException(
          "shutdown called by a handler of " + name() + " would wait for itself");
    }
    beginShutdown(grace);
    return shutdown.await();
  }

  /**
   * Begins what {@link #shutdown} does and does not wait for it.
   *
   * @throws IllegalArgumentException if {@code grace} is negative
   */
  public void beginShutdown(Duration grace) {
    shutdown.begin(
        Durations.nanos(settings.drainDelay(), "drain delay"), Durations.nanos(grace, "grace"));
  }

  /**
   * Waits until everything is closed, by whomever.
   *
   * @throws InterruptedException if interrupted while it waits
   */
  public ShutdownReport awaitClosed() throws InterruptedException {
    return shutdown.await();
  }

  /**
   * The same, for at most {@code limit}.
   *
   * @return false when the time is over before
   * @throws IllegalArgumentException if {@code limit} is negative
   * @throws InterruptedException if interrupted while it waits
   */
  public boolean awaitClosed(Duration limit) throws InterruptedException {
    return shutdown.await(Durations.nanos(limit, "limit"));
  }

  /**
   * Ends at once: closes listeners and connections, interrupts handlers, and returns when that is
   * done and handlers have returned, or had a second for it. Waits no longer than that: a
   * connection whose SO_LINGER is set lingers on, and a handler that computes goes on. A shutdown
   * that is under way is cut short. A second close has no effect. Called by a handler, it does not
   * wait. Not ended by an interrupt.
   */
  @Override
  public void close() {
    shutdown.begin(0, 0);
    if (isHandler(Thread.currentThread())) {
      return;
    }
    boolean interrupted = false;
    for (; ; ) {
      try {
        var _ = shutdown.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Lets SIGINT (Ctrl-C) and SIGTERM begin a {@link #shutdown} with this grace, and end the JVM
   * after it by {@link Runtime#exit}: with status 0 if all servers wired this way ended gracefully,
   * otherwise with 128 plus the signal's number, also if {@code main} has returned by then.
   *
   * <p>What must happen behind the last connection, such as closing a database, may stand behind
   * {@link #awaitClosed}, or in a shutdown hook: before the JVM ends, threads that waited for the
   * end may run to their own, as long as the grace is not over, and for a second in any case. A
   * second signal closes at once, and a third ends the JVM without its hooks. A signal that the
   * process was started to ignore stays ignored.
   *
   * <p>Where the JVM offers no signals ({@code -Xrs}, or a run-time image without {@code
   * jdk.unsupported}) a shutdown hook does the same as far as it can: the status stays the JVM's
   * own, and a second signal has no effect.
   *
   * @throws IllegalArgumentException if {@code grace} is negative
   */
  public void shutdownOnSignal(Duration grace) {
    shutdownOnSignal(grace, report -> {});
  }

  /**
   * The same, and tells how it went before the JVM ends.
   *
   * @param onEnd called once, on a thread of its own, when this server has ended by a signal
   * @throws IllegalArgumentException if {@code grace} is negative
   */
  public void shutdownOnSignal(Duration grace, Consumer<ShutdownReport> onEnd) {
    Durations.nanos(grace, "grace");
    SignalShutdown.add(new ServerEnding(this, Objects.requireNonNull(onEnd, "onEnd")), grace);
  }

  private boolean isOf(SignalShutdown.Ending ending) {
    return ending instanceof ServerEnding of && equals(of.server());
  }

  /** See {@link ServerShutdown#joinWaiters}. */
  void joinWaiters(LongSupplier until) throws InterruptedException {
    shutdown.joinWaiters(until);
  }

  private boolean isHandler(Thread thread) {
    return thread.isVirtual()
        && registry.conns().stream().anyMatch(conn -> thread.equals(conn.thread()));
  }

  // ---- connections, for the accept loops -------------------------------------------------------

  /** Serves a connection that came in, or drops it. */
  void accepted(Conn conn, List<ConnLayer> layers) {
    ServerConn made = new ServerConn(this, conn, ids.incrementAndGet());
    // With layers, one of which may tell another address, who it is shows behind them.
    Drop.Reason reason = layers.isEmpty() ? filter(made) : null;
    if (reason == null) {
      reason = registry.admit(made, layers.isEmpty());
    }
    if (reason != null) {
      drop(made, reason);
    } else if (!layers.isEmpty() || announce(made)) {
      serve(made, layers);
    }
  }

  /**
   * Puts the layers over a connection, on the thread of its handler, and admits what shows then.
   *
   * @return false if it is not to be served
   */
  boolean prepare(ServerConn conn, List<ConnLayer> layers) {
    if (layers.isEmpty()) {
      return true;
    }
    try {
      conn.layered(layered(conn.accepted(), layers));
    } catch (Throwable t) {
      report(conn, t);
      return false;
    }
    Thread.currentThread().setName(threadName(conn));
    Drop.Reason reason = filter(conn);
    if (reason == null) {
      reason = registry.admitAddr(conn);
    }
    if (reason != null) {
      registry.expel(conn);
      drop(conn, reason);
      return false;
    }
    return announce(conn);
  }

  private Conn layered(Conn accepted, List<ConnLayer> layers) throws IOException {
    accepted.setDeadline(Durations.instant(Clock.after(settings.layerNanos())));
    Conn top = accepted;
    boolean whole = false;
    try {
      for (ConnLayer layer : layers) {
        top = layer.over(top);
      }
      accepted.setDeadline(null);
      whole = true;
      return top;
    } finally {
      if (!whole) {
        top.close(); // the layers that stand may hold something
      }
    }
  }

  /** Tells the application of a connection; false if nobody is to serve it now. */
  private boolean announce(ServerConn conn) {
    try {
      settings.onConnect().accept(conn);
    } catch (Throwable t) {
      report(conn, t);
      end(conn);
      return false;
    }
    return !settings.pauseOnConnect();
  }

  /** Why a connection is not served because of its address; null if it is. */
  private Drop.@Nullable Reason filter(ServerConn conn) {
    AddrPort peer = conn.remoteAddr().addrPort();
    boolean admitted;
    if (peer == null) {
      admitted = settings.allowed() == null || settings.allowsUnaddressed();
    } else {
      admitted =
          !settings.denied().contains(peer.addr())
              && (settings.allowed() == null || settings.allowed().contains(peer.addr()));
    }
    return admitted ? null : Drop.Reason.FILTERED;
  }

  private void drop(ServerConn conn, Drop.Reason reason) {
    registry.countDrop(reason);
    Drop drop = new Drop(reason, conn.localAddr(), conn.remoteAddr());
    conn.accepted().close();
    try {
      settings.onDrop().accept(drop);
    } catch (Throwable t) {
      log.failure("in onDrop", t);
    }
  }

  // ---- handlers --------------------------------------------------------------------------------

  /** Begins to serve a connection. */
  void serve(ServerConn conn, List<ConnLayer> layers) {
    if (conn.idle instanceof RequestWait wait) {
      wait.begin(layers);
      return;
    }
    registry.running(1);
    try {
      Thread thread = thread(conn, () -> run(conn, layers));
      conn.servedBy(thread);
      thread.start();
    } catch (Throwable t) { // want of memory
      endSoon(conn);
      registry.running(-1);
      throw t;
    }
  }

  /** A thread for a connection, not started. */
  Thread thread(ServerConn conn, Runnable body) {
    return unstarted(threadName(conn), body);
  }

  String threadName(ServerConn conn) {
    return name() + "-" + conn.id() + " " + conn.remoteAddr();
  }

  private void run(ServerConn conn, List<ConnLayer> layers) {
    try {
      if (conn.isClosed()) {
        return; // by onConnect, or by a close of the server that found no thread to interrupt
      }
      if (!prepare(conn, layers)) {
        return;
      }
      if (settings.perRequest()) {
        handleAll(conn);
      } else {
        var _ = handle(conn);
      }
    } finally {
      end(conn);
      registry.running(-1);
    }
  }

  /** Requests of a connection that cannot wait without a thread. */
  private void handleAll(ServerConn conn) {
    try {
      long before = -1;
      while (conn.consumedBytes() > before
          && (conn.heldBytes() > 0 || !conn.sawTheEnd())
          && conn.awaitRequest()) {
        before = conn.consumedBytes();
        if (!handle(conn)) {
          return;
        }
      }
    } catch (IOException e) {
      log.debug(conn.toString(), e);
    }
  }

  /** Calls the handler; false if it threw, which is reported by then. */
  boolean handle(ServerConn conn) {
    try {
      settings.handler().serve(conn);
      return true;
    } catch (Throwable t) {
      report(conn, t);
      return false;
    }
  }

  /** Closes a connection whose handler is done, and forgets it. May wait for its peer. */
  void end(ServerConn conn) {
    try {
      if (!settings.lingerTime().isZero() && !conn.isClosed()) {
        conn.beneath().closeGracefully(settings.lingerTime());
      }
      conn.beneath().close(); // layers may have a word for the end
    } catch (Throwable t) {
      log.failure("closing " + conn, t);
    } finally {
      try {
        conn.accepted().close();
      } finally {
        ended(conn);
      }
    }
  }

  /**
   * The same for a thread that must not wait, and a connection whose end has nothing to wait for.
   */
  void endSoon(ServerConn conn) {
    try {
      Closer.close(conn.accepted(), this);
    } catch (Throwable t) {
      log.failure("closing " + conn, t);
    } finally {
      ended(conn);
    }
  }

  /** The connection is closed, and nothing of the server's will touch it again. */
  void ended(ServerConn conn) {
    conn.over();
    registry.leave(conn);
  }

  void report(ServerConn conn, Throwable t) {
    boolean ordinary = NetFailure.isConnectionEndOf(t, conn);
    if (!ordinary) {
      registry.countFailure();
    }
    var callback = settings.onError();
    if (callback != null) {
      try {
        callback.accept(conn, t);
      } catch (Throwable second) {
        log.failure("in onError for " + conn, second);
      }
    } else if (ordinary) {
      log.debug(conn.toString(), t);
    } else if (t instanceof SSLException || t instanceof ProtocolException) {
      log.warningLine("in the handler of " + conn, t); // of whoever speaks another language
    } else if (t instanceof IOException) {
      log.warning("in the handler of " + conn, t);
    } else {
      log.failure("in the handler of " + conn, t);
    }
  }

  // ---- steps of the shutdown -------------------------------------------------------------------

  void drains() {
    synchronized (asked) {
      if (state != ServerState.CLOSED) { // which stays
        state = ServerState.DRAINING;
      }
    }
  }

  void announce() {
    settings.onDrain().accept(this);
  }

  /** From here on, {@link #askToFinish} means those as well that come later. */
  void asksAll() {
    allFinishing = true;
  }

  /** Asks all that are open and were not asked before, and returns them. */
  List<ServerConn> askToFinish() {
    List<ServerConn> conns = registry.conns().stream().filter(asked::add).toList();
    finishing = true;
    conns.forEach(this::ask);
    return conns;
  }

  private void ask(ServerConn conn) {
    try {
      conn.askToFinish();
    } catch (Throwable t) { // of a layer, or no memory for a thread: the others are asked too
      log.failure("asking " + conn + " to finish", t);
    }
  }

  /**
   * Asks those that may bring no first request any more.
   *
   * @return when the next of them has to be asked: a moment of {@link Clock}
   */
  long askThoseNeverServed() {
    if (!finishing) {
      return Long.MAX_VALUE;
    }
    List<ServerConn> fresh = new ArrayList<>();
    registry.forEach(
        conn -> {
          if (conn.isFresh()) {
            fresh.add(conn);
          }
        });
    long next = Long.MAX_VALUE;
    for (ServerConn conn : fresh) {
      long until = conn.firstRequestUntil();
      if (Clock.now() < until) {
        next = Math.min(next, until);
      } else {
        ask(conn);
      }
    }
    return next;
  }

  void tellToFinish(List<ServerConn> conns) {
    for (ServerConn conn : conns) {
      try {
        settings.onFinish().accept(conn);
      } catch (Throwable t) {
        log.failure("in onFinish for " + conn, t);
      }
    }
  }

  /** Closes a connection that the registry has given up already. */
  void force(ServerConn conn) {
    conn.over();
    try {
      Closer.close(conn.accepted(), this);
    } catch (Throwable t) {
      log.failure("closing " + conn, t); // and the others are closed all the same
    }
    Thread thread = conn.thread();
    if (thread != null) {
      thread.interrupt();
    }
  }

  void gone() {
    asked.clear();
    boolean had;
    synchronized (asked) {
      state = ServerState.CLOSED;
      had = hasBean;
      hasBean = false;
    }
    SignalShutdown.forget(this::isOf);
    if (idleWatch != null) {
      idleWatch.stop();
    }
    if (had) {
      // Last, and outside of the monitor: it tells listeners of the program's.
      try {
        ServerManagement.unregister(this);
      } catch (Throwable t) {
        log.failure("unregistering its bean", t);
      }
    }
  }

  /** An accept loop has ended. Without any there is nothing to wait for but the connections. */
  void listenerGone() {
    if (listening.decrementAndGet() == 0) {
      shutdown.begin(0, Long.MAX_VALUE);
    }
  }

  /** Whether some connections are asked to finish. */
  boolean isFinishing() {
    return finishing;
  }

  boolean isFinishing(ServerConn conn) {
    return finishing && (allFinishing || asked.contains(conn));
  }

  /** Whether a connection that is to finish may take time for it. */
  boolean hasTimeToFinish() {
    return shutdown.hasTime();
  }

  /** See {@link ServerShutdown#firstRequestUntil}. */
  long firstRequestUntil(long acceptedAt) {
    return shutdown.firstRequestUntil(acceptedAt);
  }

  ServerSettings settings() {
    return settings;
  }

  ServerLog log() {
    return log;
  }

  ServerRegistry registry() {
    return registry;
  }

  List<AcceptLoop> loops() {
    return loops;
  }

  /**
   * A virtual thread that may run users' code. Whoever makes it does not own it, be it the poller
   * or a thread that closes: it has the server's context class loader and inherits no
   * thread-locals.
   */
  Thread unstarted(String name, Runnable body) {
    Thread thread = Net.threads().name(name).inheritInheritableThreadLocals(false).unstarted(body);
    thread.setContextClassLoader(contextLoader);
    return thread;
  }

  /** A platform thread of which the same holds. */
  Thread daemon(String name, Runnable body) {
    Thread thread = Daemons.unstarted(name, body);
    thread.setContextClassLoader(contextLoader);
    return thread;
  }

  /** Name, addresses, state and number of connections. */
  @Override
  public String toString() {
    return name() + " " + addrs + " " + state + ", " + connections() + " connections";
  }
}

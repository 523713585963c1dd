package gonet.cluster;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetBindException;
import gonet.NetConnectException;
import gonet.NetSocket;
import gonet.TimeLimit;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.internal.layer.SharedPath;
import gonet.internal.signal.Signals;
import gonet.internal.time.Durations;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A restart that loses nobody. The new process asks the old one, which answers at a Unix path, for
 * its listeners; it begins to accept, and says so; the old one accepts no more, ends what it has,
 * and goes. The listeners are the same sockets all the time, so no connection is refused or reset,
 * and none is left in a queue.
 *
 * {@snippet :
 * HandOver handOver = HandOver.at(Path.of("/run/shop/handover"));
 * Server server =
 *     Server.builder()
 *         .listener(handOver.listen("tcp", "0.0.0.0:7099"))
 *         .handler(conn -> serve(conn))
 *         .start();
 * handOver.ready(retirement -> server.beginShutdown(Duration.ofMinutes(5)));
 * server.awaitClosed();
 * }
 *
 * <pre>
 *            at, listen             ready              a successor is ready
 *   (first or second) STARTING -----------&gt; SERVING ----------------------&gt; RETIRED
 *                         |                    |                               |
 *                         +---------- close ---+-------------------------------+--&gt; CLOSED
 * </pre>
 *
 * <p>A successor that dies or gives up before its {@link #ready} has come back changes nothing: the
 * old one serves on, also while it is asked. So does one that stands still in the middle of its
 * {@code ready} for more than ten seconds, which fails as it goes on. If the old one dies
 * meanwhile, the new one serves. One that asks meanwhile hears that another is about to take over.
 *
 * <p><b>Trust.</b> Only processes of the same user, and of root, take over: the kernel tells who
 * asks. The path gets the permissions {@code rw-------}; its folder should be the user's own, since
 * others could put a path of theirs in its place, which is refused.
 *
 * <p>Both programs ask for their listeners in the same words; a listener that the new one does not
 * ask for is closed by it, and by the old one as its server ends.
 *
 * <p>Needs the epoll backend. Any thread.
 *
 * @since 0.1
 */
public final class HandOver implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /** How long the other process may take for an answer. */
  static final Duration ANSWER_LIMIT = PacketLink.ANSWER_LIMIT;

  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  /** Between two looks at a path where everything is about to change. */
  private static final Duration PAUSE = Duration.ofMillis(5);

  private enum State {
    STARTING,
    /** It is ready, and asks the predecessor. */
    TAKING,
    SERVING,
    /** A successor is ready, and has not said yet that it serves. */
    YIELDING,
    RETIRED,
    CLOSED
  }

  /**
   * A listener that a successor gets, and the words with which it will ask.
   *
   * @param listener the socket
   * @param gate what the program has
   * @param ownsPath whether the path of a Unix listener ends with its last generation
   */
  record Offered(
      String network,
      String address,
      Listener listener,
      NetSocket socket,
      GatedListener gate,
      boolean ownsPath) {}

  /** Opens a listener: {@link HandOver#listen(String, String, Opener)}. */
  @FunctionalInterface
  public interface Opener {
    /** A listener that is open, a socket of the system's, and the caller's from then on. */
    Listener open() throws IOException;
  }

  private final Path path;

  private final @Nullable Predecessor predecessor;

  private final Heir heir = new Heir(this);

  // Guarded by the monitor of this object.
  private Listener atPath;
  private @Nullable Object key; // of the file at the path, as this process found or made it
  private final List<Offered> offered = new ArrayList<>();
  private State state = State.STARTING;
  private boolean closing; // closed while yielding: the successor decides what that means
  private @Nullable BiConsumer<? super Conn, ? super byte[]> taker;
  private @Nullable Consumer<? super Retirement> onRetire;

  private @Nullable Duration readyLimit;

  /** For a successor to say that it serves, from when it heard that it may. Set before ready. */
  Duration serveLimit = ANSWER_LIMIT;

  private HandOver(Path path, @Nullable Predecessor predecessor, Listener atPath) {
    this.path = path;
    this.predecessor = predecessor;
    this.atPath = atPath;
    this.key = keyOf(path);
  }

  /** As {@link #at(Path, Duration)}, for ten seconds at most. */
  public static HandOver at(Path path) throws IOException {
    return at(path, ANSWER_LIMIT);
  }

  /**
   * Finds the process that serves now, if there is one, and asks it for its listeners. A path that
   * a dead process has left is taken over.
   *
   * @param path at most 107 bytes; its folder exists
   * @param limit for all of it: until there is an answer, and all that it brings has come
   * @throws HandOverException if somebody is there and does not hand over: it is another user's, of
   *     another version, silent, or about to hand over to another process. Whoever serves goes on
   * @throws IOException a {@link gonet.NetFailure} if the path is of no use: too long, no such
   *     folder, no permission, or a file that is no socket; interrupted
   * @throws UnsupportedOperationException with the nio backend
   */
  public static HandOver at(Path path, Duration limit) throws IOException {
    TimeLimit end = TimeLimit.after(limit);
    for (; ; ) {
      if (end.isOver()) {
        throw new HandOverException(path, "nobody answered in " + limit.toMillis() + " ms", null);
      }
      try {
        Owner.requireTrusted(path);
        HandOver second = second(path, end);
        if (second != null) {
          return second;
        }
      } catch (FileSystemException e) { // no such path, or none that can be: to listen tells
        HandOver first = first(path);
        if (first != null) {
          return first;
        }
      } catch (NetConnectException e) { // ECONNREFUSED: left over
        if ("EPROTOTYPE".equals(e.errno())) {
          throw new HandOverException(path, "a socket of another kind listens there", e);
        }
        HandOver first = first(path);
        if (first != null) {
          return first;
        }
      }
      pause();
    }
  }

  private static void pause() throws InterruptedIOException {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in a hand-over");
    }
  }

  /** Null if the process that answers is about to go. */
  private static @Nullable HandOver second(Path path, TimeLimit end) throws IOException {
    UnixConn conn =
        (UnixConn)
            Dialer.defaults()
                .withTimeout(PacketLink.left(end))
                .dial(PacketLink.NETWORK, path.toString());
    Predecessor predecessor = null;
    boolean taken = false;
    try {
      PacketLink link = new PacketLink(conn, HandOverLink.MAX_BYTES);
      if (!Owner.isTrusted(conn.peerCredentials().uid())) {
        throw new HandOverException(
            path, "user " + conn.peerCredentials().uid() + " listens there", null);
      }
      predecessor = Predecessor.ask(link, path, end);
      if (predecessor == null) {
        return null;
      }
      HandOver handOver = new HandOver(path, predecessor, predecessor.takeSuccessors());
      taken = true;
      return handOver;
    } finally {
      if (!taken) {
        if (predecessor != null) {
          predecessor.close();
        }
        conn.close();
      }
    }
  }

  /** Null if somebody else was first. */
  private static @Nullable HandOver first(Path path) throws IOException {
    UnixListener listener = listenAt(path);
    return listener == null ? null : new HandOver(path, null, listener);
  }

  private static @Nullable UnixListener listenAt(Path path) throws IOException {
    try {
      UnixListener listener =
          ListenConfig.defaults()
              .withReplaceStalePath(true)
              .withPathPermissions(PosixFilePermissions.fromString("rw-------"))
              .listenUnix(PacketLink.NETWORK, path.toString());
      listener.setUnlinkOnClose(false); // the last generation does it
      return listener;
    } catch (NetBindException e) {
      boolean inUse = "EADDRINUSE".equals(e.errno());
      if (!inUse || (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !isSocket(path))) {
        throw e;
      }
      return null;
    }
  }

  private static boolean isSocket(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther();
  }

  private static @Nullable Object keyOf(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  // ---- before this process serves --------------------------------------------------------------

  /** Whether another process was found, whose listeners this one gets. */
  public boolean hasPredecessor() {
    return predecessor != null;
  }

  /** As {@link #listen(ListenConfig, String, String)}, with the defaults. */
  public Listener listen(String network, String address) throws IOException {
    return listen(ListenConfig.defaults(), network, address);
  }

  /**
   * The predecessor's listener of this network and address, or a new one. It is the caller's to
   * close, and a successor gets it, unless it is closed by then. A Unix path stays when a successor
   * has it, and is removed by the last generation. An inherited one accepts nothing before {@link
   * #ready}, and each accepts nothing when a successor serves: an accept waits until then, or until
   * the listener is closed, as it does while nobody comes. {@code find(NetSocket.class)} leads to
   * the socket.
   *
   * @param config for a new one; an inherited one keeps its queue and options
   * @param address in the words of the predecessor's program, or the address that its listener has
   */
  public Listener listen(ListenConfig config, String network, String address) throws IOException {
    Objects.requireNonNull(config, "config");
    return listen(network, address, () -> config.listen(network, address), true);
  }

  /**
   * The same where a new one comes from elsewhere, such as from systemd, which opens a socket for
   * the first generation alone:
   *
   * {@snippet :
   * Listener listener =
   *     handOver.listen("systemd", "shop", () -> Systemd.current().listeners().getFirst());
   * }
   *
   * @param network with {@code address} the words by which a successor asks; no spaces in it
   * @param opener called if no predecessor has one; a Unix path is whoever's it was
   */
  public Listener listen(String network, String address, Opener opener) throws IOException {
    return listen(network, address, opener, false);
  }

  private Listener listen(String network, String address, Opener opener, boolean ownsPath)
      throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(opener, "opener");
    if (network.indexOf(' ') >= 0) {
      throw new IllegalArgumentException("network with a space: \"" + network + "\"");
    }
    synchronized (this) {
      require(state != State.YIELDING && state != State.RETIRED && state != State.CLOSED, "listen");
      offered.removeIf(each -> each.listener.isClosed());
      Listener inherited = predecessor == null ? null : predecessor.take(network, address);
      Listener listener = inherited == null ? opener.open() : inherited;
      boolean whole = false;
      try {
        if (!(listener instanceof NetSocket socket)) {
          throw new UnsupportedOperationException("hand-over of " + listener);
        }
        GatedListener gate = new GatedListener(listener, inherited != null);
        offered.add(new Offered(network, address, listener, socket, gate, ownsPath));
        whole = true;
        return gate;
      } finally {
        if (!whole) {
          listener.close();
        }
      }
    }
  }

  /**
   * What to do with connections that the predecessor passes on, each on a thread of its own. Set
   * before {@link #ready}; without it they stay with the predecessor.
   *
   * <p>A server of this process has its limits and its drain for such a connection if the taker
   * puts it into a {@link Listener} of the program's own, which that server was built with.
   *
   * @param taker gets the connection and what its last owner said about it: {@link
   *     Retirement#pass}. Closing it is the taker's business, unless it throws
   */
  public HandOver onConn(BiConsumer<? super Conn, ? super byte[]> taker) {
    Objects.requireNonNull(taker, "taker");
    synchronized (this) {
      require(state == State.STARTING, "onConn");
      this.taker = taker;
    }
    return this;
  }

  /**
   * How long a successor of this process may take from its first word to its {@link #ready}; null,
   * the default, for as long as it wants. One that takes longer is left, so that another may come:
   * its {@code ready} fails. If it was started here, by {@link #startSuccessor}, it is killed.
   *
   * @throws IllegalArgumentException if it is zero or negative
   */
  public HandOver readyLimit(@Nullable Duration limit) {
    if (limit != null) {
      var _ = Durations.positiveNanos(limit, "readyLimit");
    }
    synchronized (this) {
      require(state == State.STARTING, "readyLimit");
      readyLimit = limit;
    }
    return this;
  }

  synchronized @Nullable Duration readyLimit() {
    return readyLimit;
  }

  /** A successor did not get ready in time. */
  void giveUp(long pid) {
    heir.giveUp(pid);
  }

  /**
   * Says that this process is ready to accept, as a server that was started is. The predecessor
   * agrees, accepts no more and begins to end; the inherited listeners accept. From now on a
   * successor may ask this one. Listeners of the predecessor's that nobody asked for are closed
   * here.
   *
   * @param onRetire what this process does when a successor serves, on a thread of its own: mostly
   *     to begin the shutdown of its server. When it returns, no more connections can be passed
   * @throws HandOverException if the predecessor lives and did not agree: it goes on serving, and
   *     this process should end. Nothing is open here but the listeners that were asked for
   */
  public void ready(Consumer<? super Retirement> onRetire) throws IOException {
    Objects.requireNonNull(onRetire, "onRetire");
    BiConsumer<? super Conn, ? super byte[]> taker;
    synchronized (this) {
      require(state == State.STARTING, "ready");
      this.onRetire = onRetire;
      taker = this.taker;
      state = State.TAKING;
    }
    Predecessor old = predecessor;
    if (old != null) {
      old.closeListeners();
      boolean agreed = false;
      try {
        old.retire(ANSWER_LIMIT);
        agreed = true;
      } finally {
        if (!agreed) {
          stop(false);
        }
      }
    }
    // Nobody else serves from here on, so that what fails below ends nothing.
    synchronized (this) {
      offered.forEach(HandOver::serve);
      if (state == State.CLOSED) { // meanwhile
        return;
      }
      state = State.SERVING;
      if (old != null) {
        restorePath();
      }
      new Successors(this, atPath).start();
    }
    if (old != null) {
      var _ = Net.go("gonet-predecessor", () -> old.receiveConns(taker));
    }
  }

  private static void serve(Offered each) {
    each.gate.open();
    SharedPath path = each.ownsPath ? each.listener.find(SharedPath.class) : null;
    if (path != null) {
      path.own();
    }
  }

  /** A predecessor that ended of itself meanwhile has removed the path that it handed over. */
  private synchronized void restorePath() {
    if (key != null && key.equals(keyOf(path))) {
      return;
    }
    try {
      Listener anew = listenAt(path);
      if (anew != null) {
        Predecessor.closeQuietly(atPath);
        atPath = anew;
        key = keyOf(path);
        return;
      }
      LOG.log(Level.WARNING, "somebody else listens at " + path + ": no successor finds this one");
    } catch (IOException e) {
      LOG.log(Level.WARNING, "no successor finds this process at " + path, e);
    }
  }

  // ---- while and after it serves ---------------------------------------------------------------

  /** Whether a successor serves. */
  public synchronized boolean isRetired() {
    return state == State.RETIRED;
  }

  /**
   * Starts this program once more, as it was started: the same options, class path, main class and
   * arguments, the same folder, environment, output and errors, no input, and no debugger's or
   * management's port, which one process can have. It takes over if it asks at the same path. A new
   * version is started this way when its files have taken the place of the old ones: by a rename,
   * because this JVM still reads the old ones.
   *
   * <p>One that ends without having taken over is told to the log, and changes nothing.
   *
   * @return the process, which nobody needs to wait for
   * @throws IOException if it cannot be started, or the one that was started last lives and has not
   *     taken over
   * @throws IllegalStateException if this process does not serve, or not any more
   */
  public Process startSuccessor() throws IOException {
    return heir.start();
  }

  /**
   * Calls {@link #startSuccessor} at each such signal; a failure is told to the log. Replaces
   * whatever handled the signal before.
   *
   * @param signal without SIG. Others use USR2 for this. HotSpot has it for itself, so the JVM must
   *     be given another one for that: {@code _JAVA_SR_SIGNUM=40} in its environment
   * @throws UnsupportedOperationException for USR2 without that variable; if the module {@code
   *     jdk.unsupported} is missing
   * @throws IllegalArgumentException if there is no such signal, or the JVM needs it
   */
  public void startSuccessorOnSignal(String signal) {
    Objects.requireNonNull(signal, "signal");
    Signals.handle(signal, number -> heir.startOrTell(signal));
  }

  synchronized void requireServing(String call) {
    require(state == State.SERVING, call);
  }

  synchronized List<Offered> offered() {
    return offered.stream().filter(each -> !each.listener().isClosed()).toList();
  }

  /** Whether a successor has them, too: a close leaves the path of a Unix listener to it. */
  static void share(List<Offered> offered, boolean on) {
    for (Offered each : offered) {
      SharedPath path = each.listener().find(SharedPath.class);
      if (path != null) {
        path.shared(on);
      }
    }
  }

  /** A successor is ready. False if this is closed, and so nobody's predecessor. */
  synchronized boolean agree() {
    if (state != State.SERVING) {
      return false;
    }
    state = State.YIELDING;
    return true;
  }

  /** The successor that was ready has died: this process serves on. */
  void serveOn() {
    synchronized (this) {
      state = State.SERVING;
      if (!closing) {
        return;
      }
    }
    close();
  }

  /**
   * The successor serves, and has these. Others that were opened meanwhile are this process' own
   * until it closes them. No Error leaves half of it undone: the successor does its part already.
   */
  void leave(List<Offered> given) {
    synchronized (this) {
      state = State.RETIRED;
    }
    for (Offered each : given) {
      while (!left(each)) {
        Pause.afterFailure(FAILURE_PAUSE_NANOS);
      }
    }
  }

  private static boolean left(Offered given) {
    try {
      given.gate.leave();
      if (given.listener instanceof UnixListener unix) {
        unix.setUnlinkOnClose(false); // it is the successor's path now
      }
      return true;
    } catch (VirtualMachineError e) {
      return false;
    }
  }

  void retired(Retirement retirement) {
    Consumer<? super Retirement> callback;
    synchronized (this) {
      callback = Objects.requireNonNull(onRetire);
    }
    try {
      callback.accept(retirement);
    } catch (RuntimeException | Error e) { // such as of a class whose file was replaced
      LOG.log(Level.ERROR, "the callback of a retirement failed: nothing may end this process", e);
    }
  }

  /**
   * Ends the part at the path: a process that asks later is the first again. The listeners are not
   * touched; neither is a retirement that is under way. Removes the path if no successor serves.
   * Again: no effect.
   */
  @Override
  public void close() {
    stop(true);
  }

  private void stop(boolean mayRemove) {
    synchronized (this) {
      if (state == State.RETIRED || state == State.CLOSED) {
        return;
      }
      if (state == State.YIELDING) {
        closing = true;
        return;
      }
      boolean starting = state == State.STARTING || state == State.TAKING;
      boolean others = starting && predecessor != null;
      state = State.CLOSED;
      if (mayRemove && !others && key != null && key.equals(keyOf(path))) {
        try {
          Files.deleteIfExists(path);
        } catch (IOException e) {
          LOG.log(Level.WARNING, "the path " + path + " stays", e);
        }
      }
      Predecessor.closeQuietly(atPath);
    }
    if (predecessor != null) {
      predecessor.close();
    }
  }

  private static void require(boolean in, String call) {
    if (!in) {
      throw new IllegalStateException(call + ": too early, or too late");
    }
  }

  /** Where successors ask. */
  public synchronized NetAddr addr() {
    return atPath.addr();
  }

  @Override
  public synchronized String toString() {
    return "hand-over at " + path + ", " + state.name().toLowerCase(Locale.ROOT);
  }
}

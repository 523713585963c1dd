package gonet.server;

import gonet.Conn;
import gonet.ConnLayer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetFailure;
import gonet.TcpListener;
import gonet.internal.time.Durations;
import gonet.netip.AddrSet;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to serve: {@link Server#builder}. A handler and at least one listener are needed, everything
 * else has a default. Not safe for several threads.
 *
 * <p>Callbacks run on the server's own threads, which they must not keep: one that waits delays
 * everybody else. Their exceptions are logged and change nothing, unless they say otherwise.
 *
 * @since 0.1
 */
public final class ServerBuilder {
  private static final int MAX_SHARDS = 1024;

  /** One call of {@link #listenOn}. */
  private record Place(String network, String address, List<ConnLayer> layers) {}

  private final List<Server.Place> listeners = new ArrayList<>();
  private final List<Place> places = new ArrayList<>();
  private ListenConfig config = ListenConfig.defaults();
  private int shards = 1;

  private String name = "server";
  private @Nullable ServerHandler handler;
  private @Nullable ServerHandler requestHandler;
  private int maxConns = ServerSettings.UNLIMITED;
  private WhenFull whenFull = WhenFull.REFUSE;
  private int maxPerAddr = ServerSettings.UNLIMITED;
  private int ipv4Bits = 32;
  private int ipv6Bits = 128;
  private @Nullable AddrSet allowed;
  private boolean allowsUnaddressed;
  private AddrSet denied = AddrSet.empty();
  private long layerNanos = TimeUnit.SECONDS.toNanos(10);
  private long idleNanos;
  private IdleAction idleAction = IdleAction.CLOSE;
  private boolean halfOpen = true;
  private boolean pauseOnConnect;
  private Duration lingerTime = Duration.ZERO;
  private Duration drainDelay = Duration.ZERO;
  private Consumer<ServerConn> onConnect = conn -> {};
  private Consumer<Drop> onDrop = drop -> {};
  private @Nullable BiConsumer<ServerConn, Throwable> onError;
  private Consumer<Server> onDrain = server -> {};
  private Consumer<ServerConn> onFinish = conn -> {};

  ServerBuilder() {}

  // ---- where -----------------------------------------------------------------------------------

  /**
   * A place to listen, as {@link Net#listen} does, when the server starts. May be called several
   * times.
   *
   * @param layers what to put over each connection from there, the lowest first; see {@link
   *     #layerTimeout}
   */
  public ServerBuilder listenOn(String network, String address, ConnLayer... layers) {
    places.add(
        new Place(
            Objects.requireNonNull(network, "network"),
            Objects.requireNonNull(address, "address"),
            List.of(layers)));
    return this;
  }

  /**
   * Takes over an open listener: once the server has started it alone accepts from it, moves its
   * deadline and closes it. May be called several times.
   *
   * @param layers as with {@link #listenOn}
   */
  public ServerBuilder listener(Listener listener, ConnLayer... layers) {
    listeners.add(new Server.Place(Objects.requireNonNull(listener, "listener"), List.of(layers)));
    return this;
  }

  /**
   * How long the layers of one connection may take in all, before it is closed: a bound on every
   * read and write of theirs. Default: 10 s.
   *
   * <p>Layers run on the thread of the connection's handler, so one that waits delays nobody else.
   * Until they are done the connection counts for {@link #maxConns} alone; {@link #allow}, {@link
   * #deny}, {@link #maxConnsPerAddr} and {@link #onConnect} come after them, and see the addresses
   * that the highest layer tells.
   *
   * @throws IllegalArgumentException if it is zero or negative
   */
  public ServerBuilder layerTimeout(Duration limit) {
    layerNanos = Durations.positiveNanos(limit, "layer timeout");
    return this;
  }

  /** How {@link #listenOn} listens. Default: {@link ListenConfig#defaults}. */
  public ServerBuilder listenConfig(ListenConfig config) {
    this.config = Objects.requireNonNull(config, "config");
    return this;
  }

  /**
   * For each {@link #listenOn} opens so many listeners on the same port, with SO_REUSEPORT; each
   * has a thread that accepts, and the kernel spreads connections over them. Default: 1. While a
   * server shuts down, a connection that the kernel completes in the moment between the last look
   * at a queue and its close is reset.
   *
   * @throws IllegalArgumentException if {@code listeners} is not within 1 to 1024
   */
  public ServerBuilder shards(int listeners) {
    if (listeners < 1 || listeners > MAX_SHARDS) {
      throw new IllegalArgumentException(
          "shards is " + listeners + ", not between 1 and " + MAX_SHARDS);
    }
    shards = listeners;
    return this;
  }

  // ---- what ------------------------------------------------------------------------------------

  /**
   * The server's name, with which the names of its threads begin: the handlers' are {@code
   * server-17 192.0.2.1:5000}. Default: {@code server}.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public ServerBuilder name(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name is \"" + name + "\", which is blank");
    }
    this.name = name;
    return this;
  }

  /** What to do with each connection, on a virtual thread of its own. */
  public ServerBuilder handler(ServerHandler handler) {
    this.handler = Objects.requireNonNull(handler, "handler");
    return this;
  }

  /**
   * What to do with each request, instead of {@link #handler}: called on a fresh virtual thread
   * whenever a connection has something to read and no call of its is running. When it returns, the
   * connection waits again, with neither thread nor buffer, so it costs the least while it is idle;
   * {@link #idleTimeout} holds. If bytes may be unread, because its last read filled the buffer, it
   * is called again at once. For protocols whose clients are silent most of the time.
   *
   * <p>One call reads at least one request. A reader that reads ahead belongs to the connection, by
   * {@link ServerConn#attach}: as long as it holds something the handler is called again. Other
   * bytes that a call has read and not used are lost with it. A connection is closed when its
   * handler throws, has read the end of the stream, or returns having read nothing; the latter is
   * an error, reported as an {@link IllegalStateException}, because the same bytes would call it
   * again for ever. Deadlines bound its calls, not the wait between them.
   */
  public ServerBuilder requestHandler(ServerHandler handler) {
    this.requestHandler = Objects.requireNonNull(handler, "handler");
    return this;
  }

  /**
   * Called for each admitted connection before its handler. If it throws, the connection is closed;
   * the handler of one that it has closed is not called.
   */
  public ServerBuilder onConnect(Consumer<ServerConn> callback) {
    onConnect = Objects.requireNonNull(callback, "callback");
    return this;
  }

  /**
   * Whether a connection's handler waits for {@link ServerConn#resume}. Nothing is read before, so
   * that somebody else may take the connection over. Default: no. Node's {@code pauseOnConnect}.
   */
  public ServerBuilder pauseOnConnect(boolean on) {
    pauseOnConnect = on;
    return this;
  }

  /**
   * Called once with whatever a handler or a layer throws. By default the end of the connection
   * itself ({@link NetFailure#isConnectionEndOf}) is logged at level DEBUG, another {@link
   * IOException}, such as a refused connection to somewhere else or a missing file, at WARNING, and
   * all else at ERROR, at most ten times a second. What a stranger's handshake or header fails of,
   * an {@link javax.net.ssl.SSLException} or {@link java.net.ProtocolException}, is a line without
   * a stack.
   */
  public ServerBuilder onError(BiConsumer<ServerConn, Throwable> callback) {
    onError = Objects.requireNonNull(callback, "callback");
    return this;
  }

  // ---- who and how many ------------------------------------------------------------------------

  /**
   * The most connections at a time; 0 refuses all. Default: no limit. Bounds what is served, not
   * the queue of the kernel: that is {@link ListenConfig#withBacklog}.
   *
   * @throws IllegalArgumentException if {@code max} is negative
   */
  public ServerBuilder maxConns(int max) {
    maxConns = atLeastZero(max, "max connections");
    return this;
  }

  /** What becomes of further ones. Default: {@link WhenFull#REFUSE}. */
  public ServerBuilder whenFull(WhenFull action) {
    whenFull = Objects.requireNonNull(action, "action");
    return this;
  }

  /**
   * The most connections at a time from one address; further ones are refused. Default: no limit.
   * An IPv4-mapped address counts as the IPv4 address.
   *
   * @throws IllegalArgumentException if {@code max} is negative
   */
  public ServerBuilder maxConnsPerAddr(int max) {
    return maxConnsPerPrefix(max, 32, 128);
  }

  /**
   * As {@link #maxConnsPerAddr}, for all addresses together that share their leading bits: IPv6
   * gives each customer a /64 at least.
   *
   * @throws IllegalArgumentException if {@code max} is negative, or a number of bits is not within
   *     0 to 32, or to 128
   */
  public ServerBuilder maxConnsPerPrefix(int max, int ipv4Bits, int ipv6Bits) {
    maxPerAddr = atLeastZero(max, "max connections per address");
    this.ipv4Bits = bits(ipv4Bits, 32, "IPv4");
    this.ipv6Bits = bits(ipv6Bits, 128, "IPv6");
    return this;
  }

  /**
   * Serves these addresses alone; null, the default, for all. A peer without an IP address, of a
   * pipe or a Unix socket, is refused as well, unless {@link #allowUnaddressed} says otherwise.
   */
  public ServerBuilder allow(@Nullable AddrSet addrs) {
    allowed = addrs;
    return this;
  }

  /** Whether {@link #allow} lets in peers that have no IP address. Default: no. */
  public ServerBuilder allowUnaddressed(boolean on) {
    allowsUnaddressed = on;
    return this;
  }

  /** Serves none of these addresses, also if {@link #allow} names them. Default: none. */
  public ServerBuilder deny(AddrSet addrs) {
    denied = Objects.requireNonNull(addrs, "addrs");
    return this;
  }

  /** Called for each connection that is closed without being served. */
  public ServerBuilder onDrop(Consumer<Drop> callback) {
    onDrop = Objects.requireNonNull(callback, "callback");
    return this;
  }

  // ---- how long --------------------------------------------------------------------------------

  /**
   * How long a connection may be idle; null, the default, for ever. Active is one that was
   * admitted, delivered bytes or the end of its stream to a read, or took all bytes of a write.
   * With the epoll backend the other side's acknowledgement of bytes is activity as well, so a slow
   * reader that makes progress is not idle, whether a write waits for it or not. A handler that
   * computes is not active, unless it says so by {@link ServerConn#busy}. An idle connection is
   * ended within an eighth of the time, but at least a millisecond, after it is over, and never
   * before.
   *
   * @throws IllegalArgumentException if it is zero or negative
   */
  public ServerBuilder idleTimeout(@Nullable Duration limit) {
    idleNanos = limit == null ? 0 : Durations.positiveNanos(limit, "idle timeout");
    return this;
  }

  /** What becomes of an idle connection. Default: {@link IdleAction#CLOSE}. */
  public ServerBuilder idleAction(IdleAction action) {
    idleAction = Objects.requireNonNull(action, "action");
    return this;
  }

  /**
   * Whether a handler may go on writing after it has read the end of the stream, as Go's and the
   * default, or the sending direction then ends as well, behind what was written until then, as
   * Node's default: later writes fail with EPIPE.
   */
  public ServerBuilder halfOpen(boolean allowed) {
    halfOpen = allowed;
    return this;
  }

  /**
   * For how long {@link Conn#closeGracefully} may wait for the other side, when a handler has
   * returned. Default: zero, which means a plain {@link Conn#close}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ServerBuilder gracefulCloseTime(Duration timeout) {
    Durations.nanos(timeout, "graceful close time");
    lingerTime = timeout;
    return this;
  }

  /**
   * For how long a shutdown goes on accepting in state {@link ServerState#DRAINING}, so that load
   * balancers notice before connections are refused. Not counted as part of the grace. Default:
   * zero.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public ServerBuilder drainDelay(Duration delay) {
    Durations.nanos(delay, "drain delay");
    drainDelay = delay;
    return this;
  }

  /** Called once when a shutdown begins, before {@link #drainDelay}: the moment to announce it. */
  public ServerBuilder onDrain(Consumer<Server> callback) {
    onDrain = Objects.requireNonNull(callback, "callback");
    return this;
  }

  /**
   * Called once for each connection when a shutdown asks handlers to finish, after the listeners
   * are closed, for handlers that do not use {@link ServerConn#awaitRequest}: to send a goodbye,
   * for instance. With {@link WhenFull#WAIT} and clients in the kernel's queue for whom there is no
   * room, those that are served are asked first. One that waits keeps others from being called, but
   * the shutdown no longer than the grace, and a second.
   */
  public ServerBuilder onFinish(Consumer<ServerConn> callback) {
    onFinish = Objects.requireNonNull(callback, "callback");
    return this;
  }

  // ---- start -----------------------------------------------------------------------------------

  /**
   * Opens the listeners and serves.
   *
   * @return the server, which accepts already
   * @throws IllegalStateException if there is no handler, two kinds of them, or nothing to listen
   *     on; or if there are layers and {@link #pauseOnConnect}
   * @throws IOException as {@link Net#listen}, or if there is no thread to be had; what this opened
   *     is closed again, and listeners that were handed in stay open
   */
  public Server start() throws IOException {
    ServerHandler chosen = handler == null ? requestHandler : handler;
    if (chosen == null) {
      throw new IllegalStateException("a server needs a handler");
    }
    if (handler != null && requestHandler != null) {
      throw new IllegalStateException(
          "a server has either a handler or a request handler, not both");
    }
    if (listeners.isEmpty() && places.isEmpty()) {
      throw new IllegalStateException("a server needs a listener or a place to listen");
    }
    if (pauseOnConnect && hasLayers()) {
      throw new IllegalStateException(
          "a server that pauses connections reads nothing before, so it has no layers");
    }
    FirstServer.prepare();
    List<Server.Place> opened = new ArrayList<>();
    try {
      for (Place place : places) {
        open(place, opened);
      }
      for (Server.Place place : listeners) {
        place.listener().setDeadline(null);
        place.listener().setTimeout(null);
      }
      List<Server.Place> all = new ArrayList<>(listeners);
      all.addAll(opened);
      Server server = new Server(settings(chosen), all);
      server.begin();
      return server;
    } catch (Throwable t) {
      opened.forEach(place -> place.listener().close()); // also one that accepts already
      throw t;
    }
  }

  private boolean hasLayers() {
    return places.stream().anyMatch(place -> !place.layers.isEmpty())
        || listeners.stream().anyMatch(place -> !place.layers().isEmpty());
  }

  private void open(Place place, List<Server.Place> into) throws IOException {
    if (shards == 1 || place.network.startsWith("unix")) { // which have no ports to share
      into.add(new Server.Place(config.listen(place.network, place.address), place.layers));
      return;
    }
    ListenConfig shared = config.withReusePort(true);
    TcpListener first = shared.listenTcp(place.network, place.address);
    into.add(new Server.Place(first, place.layers));
    for (int i = 1; i < shards; i++) { // the first one may have chosen the port
      into.add(new Server.Place(shared.listenTcp(place.network, first.addr()), place.layers));
    }
  }

  private ServerSettings settings(ServerHandler handler) {
    return new ServerSettings(
        name,
        handler,
        requestHandler != null,
        maxConns,
        whenFull,
        maxPerAddr,
        ipv4Bits,
        ipv6Bits,
        allowed,
        allowsUnaddressed,
        denied,
        idleNanos,
        idleAction,
        halfOpen,
        pauseOnConnect,
        lingerTime,
        layerNanos,
        drainDelay,
        onConnect,
        onDrop,
        onError,
        onDrain,
        onFinish);
  }

  private static int atLeastZero(int value, String what) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " is " + value + ", below 0");
    }
    return value;
  }

  private static int bits(int value, int max, String family) {
    if (value < 0 || value > max) {
      throw new IllegalArgumentException(
          family + " prefix length is " + value + ", not between 0 and " + max);
    }
    return value;
  }
}

package gonet.socket;

import gonet.BoundTcpSocket;
import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.NetAddr;
import gonet.NetAddressException;
import gonet.NetFailure;
import gonet.NetSocket;
import gonet.TcpAddr;
import gonet.TimeLimit;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link ConnSocket} stands on. The socket above sees to it that there is one connect at
 * most, and nothing after a close.
 *
 * <pre>
 *   new --bind--> bound ---+
 *    |                     |
 *    +------connect--------+--> dialling --> connected --close--> closed
 *                                  |
 *                                  +--close by another thread: the dial is interrupted, whose
 *                                     thread takes that interrupt back and fails with "Socket closed"
 * </pre>
 *
 * <p>The monitor guards {@code bound}, {@code from}, {@code dialling}, {@code cancelled}, {@code
 * closed} and the moment at which {@code conn} is published; it is never held while somebody waits.
 * Options that are set before are kept in {@code wished}, and told to the socket when there is one.
 */
final class ConnSocketImpl extends SocketImpl {

  /** What the JDK's numbers are as names. */
  private static final Map<Integer, SocketOption<?>> NAMES =
      Map.of(
          SocketOptions.TCP_NODELAY, StandardSocketOptions.TCP_NODELAY,
          SocketOptions.SO_KEEPALIVE, StandardSocketOptions.SO_KEEPALIVE,
          SocketOptions.SO_LINGER, StandardSocketOptions.SO_LINGER,
          SocketOptions.SO_SNDBUF, StandardSocketOptions.SO_SNDBUF,
          SocketOptions.SO_RCVBUF, StandardSocketOptions.SO_RCVBUF,
          SocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEADDR,
          SocketOptions.SO_REUSEPORT, StandardSocketOptions.SO_REUSEPORT,
          SocketOptions.IP_TOS, StandardSocketOptions.IP_TOS);

  /** What an option reads as while nobody has set it and there is no socket to ask. */
  private static final Map<SocketOption<?>, Object> UNSET =
      Map.of(
          StandardSocketOptions.TCP_NODELAY,
          true,
          StandardSocketOptions.SO_KEEPALIVE,
          true,
          StandardSocketOptions.SO_LINGER,
          -1,
          StandardSocketOptions.SO_SNDBUF,
          65_536,
          StandardSocketOptions.SO_RCVBUF,
          65_536,
          StandardSocketOptions.SO_REUSEADDR,
          false,
          StandardSocketOptions.SO_REUSEPORT,
          false,
          StandardSocketOptions.IP_TOS,
          0);

  /** The least value of those that are numbers, by name. */
  private static final Map<String, Integer> LEAST =
      Map.of(
          "SO_SNDBUF", 1,
          "SO_RCVBUF", 1,
          "IP_TOS", 0,
          "TCP_KEEPIDLE", 1,
          "TCP_KEEPINTERVAL", 1,
          "TCP_KEEPCOUNT", 1);

  /** The same of {@code jdk.net.ExtendedSocketOptions}, by name: that module may be missing. */
  private static final Map<String, Object> EXTENDED =
      Map.of("TCP_KEEPIDLE", 15, "TCP_KEEPINTERVAL", 15, "TCP_KEEPCOUNT", 9, "TCP_QUICKACK", false);

  /** Of a connection that has no such address. */
  static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final Dialer dialer;

  /** Whose addresses are asked for when somebody wants them; null if this one dials. */
  private final @Nullable Conn viewed;

  private final @Nullable Opening opening;
  private final Map<SocketOption<?>, Object> wished = new ConcurrentHashMap<>();
  private volatile int soTimeout;

  /** Written once, under the monitor. */
  private volatile @Nullable Conn conn;

  private volatile ConnStreams.@Nullable In input;
  private volatile ConnStreams.@Nullable Out output;

  private @Nullable BoundTcpSocket bound;

  /** Where to dial from, if the system chooses the port only then. */
  private @Nullable TcpAddr from;

  private @Nullable Thread dialling;
  private boolean cancelled;
  private boolean closed;

  /**
   * For one socket.
   *
   * @param conn a connection that there is; null for one to dial
   * @param opening comes before the first read or write; null for nothing
   */
  ConnSocketImpl(Dialer dialer, @Nullable Conn conn, @Nullable Opening opening) {
    this.dialer = dialer;
    this.conn = conn;
    this.viewed = conn;
    this.opening = opening;
  }

  @Nullable Conn viewed() {
    return viewed;
  }

  @Nullable Conn conn() {
    return conn;
  }

  private Conn connected() throws SocketException {
    Conn c = conn;
    if (c == null) {
      throw new SocketException("Socket is not connected");
    }
    return c;
  }

  /** An address as the JDK writes it; the loopback's for one that is of another kind. */
  static InetSocketAddress address(NetAddr addr) {
    AddrPort pair = addr.addrPort();
    return pair == null ? NOWHERE : pair.toInetSocketAddress();
  }

  @Override
  protected InetAddress getInetAddress() {
    return viewed == null ? super.getInetAddress() : address(viewed.remoteAddr()).getAddress();
  }

  @Override
  protected int getPort() {
    return viewed == null ? super.getPort() : address(viewed.remoteAddr()).getPort();
  }

  @Override
  protected int getLocalPort() {
    return viewed == null ? super.getLocalPort() : address(viewed.localAddr()).getPort();
  }

  // ---- bind and connect ------------------------------------------------------------------------

  /** Nothing: there is a socket when its address is known. */
  @Override
  protected void create(boolean stream) {}

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    TcpAddr local;
    if (host.isAnyLocalAddress()) {
      local = TcpAddr.ofPort(port); // whose family shows when it connects
    } else {
      local = TcpAddr.of(new InetSocketAddress(host, port));
      if (bindNow(local)) {
        return;
      }
    }
    synchronized (this) {
      from = local;
    }
    localport = port;
  }

  /** False where the backend wants a port; the dial asks for one then. */
  private boolean bindNow(TcpAddr local) throws IOException {
    BoundTcpSocket socket;
    try {
      socket = ListenConfig.defaults().bindTcp("tcp", local);
    } catch (NetAddressException e) {
      return false;
    }
    synchronized (this) {
      if (!closed) {
        bound = socket;
        localport = socket.addr().port();
        return true;
      }
    }
    socket.close();
    throw new SocketException("Socket closed");
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    if (viewed != null) {
      return; // it is
    }
    InetSocketAddress to = (InetSocketAddress) remote; // the socket has looked
    if (to.isUnresolved()) {
      throw new UnknownHostException(to.getHostString());
    }
    Conn made = dial(to, millis);
    tellOptions(made);
    address = to.getAddress();
    port = to.getPort();
    localport = address(made.localAddr()).getPort();
  }

  private Conn dial(InetSocketAddress to, int millis) throws IOException {
    synchronized (this) {
      if (closed) {
        throw new SocketException("Socket closed");
      }
      dialling = Thread.currentThread();
    }
    Conn made = null;
    IOException failure = null;
    try {
      made = open(TcpAddr.of(to), millis == 0 ? null : Duration.ofMillis(millis));
    } catch (IOException e) {
      failure = e;
    } finally {
      publish(made);
    }
    if (failure != null) {
      throw Failures.of(failure);
    }
    return connected();
  }

  /** The dial is over, in whichever way. Throws if the socket was closed meanwhile. */
  private void publish(@Nullable Conn made) throws SocketException {
    boolean late;
    synchronized (this) {
      dialling = null;
      late = closed;
      if (cancelled) {
        // The interrupt of a close, which is not this thread's business any more. One of somebody
        // else's in the same moment cannot be told apart, and the failure here says enough.
        var _ = Thread.interrupted();
      }
      if (!late) {
        conn = made;
      }
    }
    if (late) {
      if (made != null) {
        made.close();
      }
      throw new SocketException("Socket closed");
    }
  }

  private Conn open(TcpAddr to, @Nullable Duration timeout) throws IOException {
    BoundTcpSocket socket;
    TcpAddr local;
    synchronized (this) {
      socket = bound;
      local = from;
    }
    if (socket != null) {
      return socket.dial(to, timeout == null ? null : TimeLimit.after(timeout));
    }
    Dialer how = local == null ? dialer : dialer.withLocalAddr(local);
    return (timeout == null ? how : how.withTimeout(timeout)).dialTcp("tcp", to);
  }

  @Override
  protected void listen(int backlog) throws IOException {
    throw new SocketException("no listener");
  }

  @Override
  protected void accept(SocketImpl accepted) throws IOException {
    throw new SocketException("no listener");
  }

  // ---- streams ---------------------------------------------------------------------------------

  /** The one stream of its direction. */
  synchronized InputStream input(Socket socket) throws SocketException {
    ConnStreams.In in = input;
    if (in == null) {
      in = new ConnStreams.In(socket, connected(), opening);
      input = in;
    }
    return in;
  }

  /** The one stream of its direction. */
  synchronized OutputStream output(Socket socket) throws SocketException {
    ConnStreams.Out out = output;
    if (out == null) {
      out = new ConnStreams.Out(socket, connected(), opening);
      output = out;
    }
    return out;
  }

  /** For the superclass of the socket, whose own streams nobody reads. */
  @Override
  protected InputStream getInputStream() throws IOException {
    return connected().inputStream();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    return connected().outputStream();
  }

  @Override
  protected int available() throws IOException {
    return connected().inputStream().available();
  }

  // ---- ends ------------------------------------------------------------------------------------

  @Override
  protected void close() {
    Conn open;
    BoundTcpSocket socket;
    synchronized (this) {
      closed = true;
      open = conn;
      socket = bound;
      if (dialling != null) {
        cancelled = true;
        dialling.interrupt();
      }
    }
    if (open != null) {
      open.close();
    }
    if (socket != null) {
      socket.close();
    }
  }

  @Override
  protected void shutdownInput() throws IOException {
    try {
      connected().closeRead();
    } catch (IOException e) {
      unlessGone(e);
    }
  }

  @Override
  protected void shutdownOutput() throws IOException {
    try {
      connected().closeWrite();
    } catch (IOException e) {
      unlessGone(e);
    }
  }

  /** What is gone already has ended as well. */
  private static void unlessGone(IOException e) throws IOException {
    if (!(e instanceof NetFailure net) || !"ENOTCONN".equals(net.errno())) {
      throw Failures.of(e);
    }
  }

  @Override
  protected boolean supportsUrgentData() {
    return false;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw new SocketException("Urgent data not supported");
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public void setOption(int id, Object value) throws SocketException {
    switch (id) {
      case SocketOptions.SO_TIMEOUT -> setTimeout((Integer) value);
      case SocketOptions.SO_LINGER ->
          set(StandardSocketOptions.SO_LINGER, value instanceof Integer seconds ? seconds : -1);
      case SocketOptions.SO_OOBINLINE -> {
        if ((Boolean) value) {
          throw new SocketException("urgent data is not taken: SO_OOBINLINE");
        }
      }
      default -> set(name(id), value);
    }
  }

  @Override
  public Object getOption(int id) throws SocketException {
    return switch (id) {
      case SocketOptions.SO_TIMEOUT -> timeout();
      case SocketOptions.SO_OOBINLINE -> false;
      case SocketOptions.SO_BINDADDR -> localAddress();
      default -> get(name(id));
    };
  }

  private static SocketOption<?> name(int id) throws SocketException {
    SocketOption<?> name = NAMES.get(id);
    if (name == null) {
      throw new SocketException("no such option: " + id);
    }
    return name;
  }

  private InetAddress localAddress() throws SocketException {
    Conn c = conn;
    BoundTcpSocket socket;
    TcpAddr local;
    synchronized (this) {
      if (closed) {
        throw new SocketException("Socket closed");
      }
      socket = bound;
      local = from;
    }
    if (c != null) {
      return address(c.localAddr()).getAddress();
    }
    if (socket != null) {
      return address(socket.addr()).getAddress();
    }
    return local == null ? new InetSocketAddress(0).getAddress() : address(local).getAddress();
  }

  private void setTimeout(int millis) throws SocketException {
    Conn c = conn;
    soTimeout = millis;
    if (c != null) {
      try {
        c.setReadTimeout(millis == 0 ? null : Duration.ofMillis(millis));
      } catch (IOException e) {
        throw Failures.ofOption(e);
      }
    }
  }

  private int timeout() {
    Conn c = conn;
    return c == null ? soTimeout : millis(c.readTimeout());
  }

  /** Rounded up, for 0 is none. */
  static int millis(@Nullable Duration timeout) {
    if (timeout == null) {
      return 0;
    }
    return (int) Math.min(timeout.plusNanos(999_999).toMillis(), Integer.MAX_VALUE);
  }

  @Override
  protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
    requireSupported(name);
    set(name, value);
  }

  @Override
  protected <T> T getOption(SocketOption<T> name) throws IOException {
    requireSupported(name);
    return name.type().cast(get(name));
  }

  private void requireSupported(SocketOption<?> name) {
    Objects.requireNonNull(name, "name");
    boolean known = UNSET.containsKey(name) || EXTENDED.containsKey(name.name());
    if (!known && !supportedOptions().contains(name)) {
      throw new UnsupportedOperationException("'" + name + "' not supported");
    }
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    NetSocket socket = socket();
    if (socket != null) {
      try {
        return socket.supportedOptions();
      } catch (IOException e) {
        // Closed: what every one has.
      }
    }
    return UNSET.keySet();
  }

  private @Nullable NetSocket socket() {
    Conn c = conn;
    return c == null ? null : c.find(NetSocket.class);
  }

  /** Tells the socket, if there is one that has the option, and keeps it otherwise. */
  private void set(SocketOption<?> name, @Nullable Object value) throws SocketException {
    if (value == null) {
      throw new IllegalArgumentException(name.name() + " is null");
    }
    try {
      NetSocket socket = socket();
      if (socket == null || !tell(socket, name, value)) {
        requireInRange(name, value);
        wished.put(name, value);
      }
    } catch (IOException e) {
      throw Failures.ofOption(e);
    }
  }

  /** What a connection would refuse when it is told. */
  private static void requireInRange(SocketOption<?> name, Object value) {
    int least = LEAST.getOrDefault(name.name(), Integer.MIN_VALUE);
    int most = name.equals(StandardSocketOptions.IP_TOS) ? 0xff : Integer.MAX_VALUE;
    if (value instanceof Integer number && (number < least || number > most)) {
      throw new IllegalArgumentException(
          name.name() + " is " + number + ", not within " + least + " to " + most);
    }
  }

  /** False if it has no such option. */
  private static <T> boolean tell(NetSocket socket, SocketOption<T> name, Object value)
      throws IOException {
    try {
      var _ = socket.setOption(name, name.type().cast(value));
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    }
  }

  private Object get(SocketOption<?> name) throws SocketException {
    NetSocket socket = socket();
    if (socket != null) {
      try {
        return socket.getOption(name);
      } catch (UnsupportedOperationException e) {
        // Of no effect here, and kept.
      } catch (IOException e) {
        throw Failures.ofOption(e);
      }
    }
    Object value = wished.get(name);
    if (value == null) {
      value = UNSET.get(name);
    }
    if (value == null) {
      value = EXTENDED.get(name.name());
    }
    if (value == null) {
      throw new SocketException("no such option: " + name.name());
    }
    return value;
  }

  /** What was set before there was a connection. What fails ends it. */
  private void tellOptions(Conn made) throws IOException {
    try {
      if (soTimeout > 0) {
        made.setReadTimeout(Duration.ofMillis(soTimeout));
      }
      NetSocket socket = made.find(NetSocket.class);
      if (socket != null) {
        for (Map.Entry<SocketOption<?>, Object> wish : wished.entrySet()) {
          var _ = tell(socket, wish.getKey(), wish.getValue());
        }
      }
    } catch (IOException e) {
      made.close();
      throw Failures.of(e);
    }
  }
}

package gonet.socket;

import gonet.Conn;
import gonet.Net;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import gonet.tls.TlsConn;
import gonet.tls.TlsInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.HandshakeCompletedEvent;
import javax.net.ssl.HandshakeCompletedListener;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client's TLS as the JDK's type. Until somebody needs TLS it is the plain socket; from then on
 * one over a {@link TlsConn}, with the parameters that were set by then.
 *
 * <p>{@code lock} guards the step from the one to the other; it is never held while somebody waits.
 */
final class TlsSocket extends SSLSocket implements Opening {
  private final ConnSocket plain;
  private final TlsConfig config;
  private final Object lock = new Object();
  private final List<HandshakeCompletedListener> listeners = new CopyOnWriteArrayList<>();

  /** The handshake is over, and listeners hear of it. */
  private final AtomicBoolean opened = new AtomicBoolean();

  /** Replaced, never changed. */
  private volatile SSLParameters parameters;

  /** The server's name; null while it is not known, and where there is none. */
  private volatile @Nullable String host;

  private volatile @Nullable TlsConn tls;

  /** Written behind {@link #tls}. */
  private volatile @Nullable ConnSocket secure;

  TlsSocket(ConnSocket plain, TlsConfig config, @Nullable String host) {
    this.plain = plain;
    this.config = config;
    this.host = host;
    this.parameters = config.clientParameters();
  }

  /** The connection under TLS, or the plain one before; null if there is none yet. */
  @Nullable Conn conn() {
    TlsConn made = tls;
    return made == null ? plain.conn() : made;
  }

  private ConnSocket current() {
    ConnSocket made = secure;
    return made == null ? plain : made;
  }

  /** From here on there is TLS. */
  private ConnSocket secure() throws IOException {
    ConnSocket known = secure;
    if (known != null) {
      return known;
    }
    if (plain.isClosed()) {
      throw new SocketException("Socket is closed");
    }
    Conn conn = plain.conn();
    if (conn == null) {
      throw new SocketException("Socket is not connected");
    }
    synchronized (lock) {
      ConnSocket made = secure;
      if (made == null) {
        TlsConn over;
        try {
          over = Tls.client(conn, config, host, new Adopted(parameters));
        } catch (IllegalArgumentException e) { // what was set does not go with the configuration
          throw new SSLException(e.getMessage(), e);
        }
        made = ConnSocket.of(over, this);
        tls = over;
        secure = made;
      }
      return made;
    }
  }

  private TlsConn tls() throws IOException {
    var _ = secure();
    return Objects.requireNonNull(tls);
  }

  /** Tells JSSE what a library has set; what it left alone stays as the configuration says. */
  private record Adopted(SSLParameters set) implements Consumer<SSLParameters> {
    @Override
    public void accept(SSLParameters to) {
      to.setProtocols(set.getProtocols());
      to.setCipherSuites(set.getCipherSuites());
      to.setApplicationProtocols(set.getApplicationProtocols());
      List<SNIServerName> names = set.getServerNames();
      if (names != null && !names.isEmpty()) {
        to.setServerNames(names);
      }
      String identification = set.getEndpointIdentificationAlgorithm();
      if (identification != null && !identification.isEmpty()) {
        to.setEndpointIdentificationAlgorithm(identification);
      }
      if (set.getAlgorithmConstraints() != null) {
        to.setAlgorithmConstraints(set.getAlgorithmConstraints());
      }
      if (set.getNamedGroups() != null) {
        to.setNamedGroups(set.getNamedGroups());
      }
      if (set.getSignatureSchemes() != null) {
        to.setSignatureSchemes(set.getSignatureSchemes());
      }
    }
  }

  // ---- TLS -------------------------------------------------------------------------------------

  @Override
  public void startHandshake() throws IOException {
    try {
      TlsConn conn = tls();
      var _ = conn.handshake();
      if (opened.compareAndSet(false, true) && !listeners.isEmpty()) {
        tellListeners(conn.session());
      }
    } catch (IOException e) {
      throw Failures.of(e);
    }
  }

  /** With the first read or write, as the JDK's. */
  @Override
  public void open() throws IOException {
    if (!opened.get()) {
      startHandshake();
    }
  }

  /** On a thread of their own, as the JDK does. */
  private void tellListeners(SSLSession session) {
    HandshakeCompletedEvent event = new HandshakeCompletedEvent(this, session);
    var _ = Net.go("handshake completed " + this, new Told(List.copyOf(listeners), event));
  }

  private record Told(List<HandshakeCompletedListener> listeners, HandshakeCompletedEvent event)
      implements Net.Task {
    @Override
    public void run() {
      for (HandshakeCompletedListener listener : listeners) {
        listener.handshakeCompleted(event);
      }
    }
  }

  @Override
  public void addHandshakeCompletedListener(HandshakeCompletedListener listener) {
    if (listener == null) {
      throw new IllegalArgumentException("listener is null");
    }
    listeners.add(listener);
  }

  @Override
  public void removeHandshakeCompletedListener(HandshakeCompletedListener listener) {
    if (listener == null || !listeners.remove(listener)) {
      throw new IllegalArgumentException("listener is none of this socket's");
    }
  }

  /** {@inheritDoc} Runs the handshake; after a failure, a session that has no peer. */
  @Override
  public SSLSession getSession() {
    TlsConn conn;
    try {
      conn = tls();
    } catch (IOException e) {
      throw new IllegalStateException(e.getMessage(), e); // there is no connection
    }
    try {
      startHandshake();
    } catch (IOException e) {
      // The session tells.
    }
    return conn.session();
  }

  @Override
  public @Nullable String getApplicationProtocol() {
    TlsConn conn = tls;
    TlsInfo info = conn == null ? null : conn.info();
    if (info == null) {
      return null;
    }
    String protocol = info.alpn();
    return protocol == null ? "" : protocol;
  }

  @Override
  public SSLParameters getSSLParameters() {
    return copy(parameters);
  }

  @Override
  public void setSSLParameters(SSLParameters params) {
    SSLParameters next = copy(params);
    if (next.getProtocols() == null) {
      next.setProtocols(parameters.getProtocols());
    }
    if (next.getCipherSuites() == null) {
      next.setCipherSuites(parameters.getCipherSuites());
    }
    requireProtocols(next.getProtocols());
    requireSuites(next.getCipherSuites());
    parameters = next;
  }

  /** What JSSE has at all; a configuration's own context may have more. */
  private static SSLParameters everything() {
    try {
      return SSLContext.getDefault().getSupportedSSLParameters();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("no TLS in this JVM: " + e.getMessage(), e);
    }
  }

  private void requireProtocols(String @Nullable [] protocols) {
    requireKnown(
        "protocol",
        protocols,
        everything().getProtocols(),
        config.clientParameters().getProtocols());
  }

  private void requireSuites(String @Nullable [] suites) {
    requireKnown(
        "cipher suite",
        suites,
        everything().getCipherSuites(),
        config.clientParameters().getCipherSuites());
  }

  private static void requireKnown(
      String kind, String @Nullable [] values, String[] known, String[] configured) {
    if (values == null) {
      throw new IllegalArgumentException(kind + "s are null");
    }
    for (String value : values) {
      if (value == null
          || !(List.of(known).contains(value) || List.of(configured).contains(value))) {
        throw new IllegalArgumentException(kind + " \"" + value + "\" is not known");
      }
    }
  }

  private static SSLParameters copy(SSLParameters from) {
    SSLParameters to = new SSLParameters();
    new Adopted(from).accept(to);
    return to;
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return config.clientParameters().getCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return parameters.getCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    requireSuites(suites);
    SSLParameters next = copy(parameters);
    next.setCipherSuites(suites);
    parameters = next;
  }

  @Override
  public String[] getSupportedProtocols() {
    return config.clientParameters().getProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return parameters.getProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    requireProtocols(protocols);
    SSLParameters next = copy(parameters);
    next.setProtocols(protocols);
    parameters = next;
  }

  @Override
  public void setUseClientMode(boolean mode) {
    if (!mode) {
      throw new IllegalArgumentException("this socket is a client");
    }
  }

  @Override
  public boolean getUseClientMode() {
    return true;
  }

  /** Nothing that a client does. */
  @Override
  public void setNeedClientAuth(boolean need) {}

  @Override
  public boolean getNeedClientAuth() {
    return false;
  }

  /** Nothing that a client does. */
  @Override
  public void setWantClientAuth(boolean want) {}

  @Override
  public boolean getWantClientAuth() {
    return false;
  }

  @Override
  public void setEnableSessionCreation(boolean flag) {
    if (!flag) {
      throw new IllegalArgumentException("a socket that makes no session");
    }
  }

  @Override
  public boolean getEnableSessionCreation() {
    return true;
  }

  // ---- the socket ------------------------------------------------------------------------------

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    plain.connect(endpoint, timeout);
    if (host == null && endpoint instanceof InetSocketAddress address) {
      host = address.getHostString();
    }
  }

  @Override
  public void bind(SocketAddress bindpoint) throws IOException {
    plain.bind(bindpoint);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return secure().getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return secure().getOutputStream();
  }

  @Override
  public void close() throws IOException {
    current().close();
    plain.close();
  }

  @Override
  public void shutdownInput() throws IOException {
    secure().shutdownInput();
  }

  /** By close_notify. */
  @Override
  public void shutdownOutput() throws IOException {
    secure().shutdownOutput();
  }

  @Override
  public boolean isConnected() {
    return plain.isConnected();
  }

  @Override
  public boolean isBound() {
    return plain.isBound();
  }

  @Override
  public boolean isClosed() {
    return plain.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return current().isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return current().isOutputShutdown();
  }

  @Override
  public InetAddress getInetAddress() {
    return plain.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return plain.getLocalAddress();
  }

  @Override
  public int getPort() {
    return plain.getPort();
  }

  @Override
  public int getLocalPort() {
    return plain.getLocalPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return plain.getRemoteSocketAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return plain.getLocalSocketAddress();
  }

  @Override
  public @Nullable SocketChannel getChannel() {
    return null;
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    plain.setTcpNoDelay(on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return plain.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean on, int linger) throws SocketException {
    plain.setSoLinger(on, linger);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return plain.getSoLinger();
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    plain.sendUrgentData(data);
  }

  @Override
  public void setOOBInline(boolean on) throws SocketException {
    plain.setOOBInline(on);
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    return plain.getOOBInline();
  }

  @Override
  public void setSoTimeout(int timeout) throws SocketException {
    plain.setSoTimeout(timeout);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return plain.getSoTimeout();
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    plain.setSendBufferSize(size);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return plain.getSendBufferSize();
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    plain.setReceiveBufferSize(size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return plain.getReceiveBufferSize();
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    plain.setKeepAlive(on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return plain.getKeepAlive();
  }

  @Override
  public void setTrafficClass(int tc) throws SocketException {
    plain.setTrafficClass(tc);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return plain.getTrafficClass();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    plain.setReuseAddress(on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return plain.getReuseAddress();
  }

  @Override
  public <T> TlsSocket setOption(SocketOption<T> name, T value) throws IOException {
    var _ = plain.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return plain.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return plain.supportedOptions();
  }

  /** As the plain socket's, with TLS in the place of its class. */
  @Override
  public String toString() {
    return "Tls" + plain;
  }
}

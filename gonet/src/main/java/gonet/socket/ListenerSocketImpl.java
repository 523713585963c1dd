package gonet.socket;

import gonet.Listener;
import gonet.NetSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a {@link ListenerSocket} stands on: the listener, whose options it has. Any thread. */
final class ListenerSocketImpl extends SocketImpl {
  private final Listener listener;

  ListenerSocketImpl(Listener listener) {
    this.listener = listener;
    InetSocketAddress local = ConnSocketImpl.address(listener.addr());
    this.address = local.getAddress();
    this.localport = local.getPort();
  }

  /** It was. */
  @Override
  protected void create(boolean stream) {}

  /** It is. */
  @Override
  protected void bind(InetAddress host, int port) {}

  /** It does. */
  @Override
  protected void listen(int backlog) {}

  @Override
  protected void close() {
    listener.close();
  }

  // ---- options ---------------------------------------------------------------------------------

  @Override
  public void setOption(int id, Object value) throws SocketException {
    try {
      switch (id) {
        case SocketOptions.SO_TIMEOUT -> {
          int millis = (Integer) value;
          listener.setTimeout(millis == 0 ? null : Duration.ofMillis(millis));
        }
        case SocketOptions.SO_RCVBUF -> set(StandardSocketOptions.SO_RCVBUF, (Integer) value);
        case SocketOptions.SO_REUSEADDR -> set(StandardSocketOptions.SO_REUSEADDR, (Boolean) value);
        default -> throw new SocketException("no such option: " + id);
      }
    } catch (IOException e) {
      throw Failures.ofOption(e);
    }
  }

  @Override
  public Object getOption(int id) throws SocketException {
    try {
      return switch (id) {
        case SocketOptions.SO_TIMEOUT -> ConnSocketImpl.millis(listener.timeout());
        case SocketOptions.SO_RCVBUF -> get(StandardSocketOptions.SO_RCVBUF, 65_536);
        case SocketOptions.SO_REUSEADDR -> get(StandardSocketOptions.SO_REUSEADDR, false);
        default -> throw new SocketException("no such option: " + id);
      };
    } catch (IOException e) {
      throw Failures.ofOption(e);
    }
  }

  private @Nullable NetSocket socket() {
    return listener.find(NetSocket.class);
  }

  /** Without effect for one whose socket has no such option, or that has none. */
  private <T> void set(SocketOption<T> name, T value) throws IOException {
    NetSocket socket = socket();
    if (socket != null && socket.supportedOptions().contains(name)) {
      var _ = socket.setOption(name, value);
    }
  }

  private <T> T get(SocketOption<T> name, T without) throws IOException {
    NetSocket socket = socket();
    return socket != null && socket.supportedOptions().contains(name)
        ? socket.getOption(name)
        : without;
  }

  private NetSocket supporting(SocketOption<?> name) throws IOException {
    NetSocket socket = socket();
    if (socket == null || !socket.supportedOptions().contains(name)) {
      throw new UnsupportedOperationException("'" + name + "' not supported");
    }
    return socket;
  }

  @Override
  protected <T> void setOption(SocketOption<T> name, T value) throws IOException {
    var _ = supporting(name).setOption(name, value);
  }

  @Override
  protected <T> T getOption(SocketOption<T> name) throws IOException {
    return supporting(name).getOption(name);
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    NetSocket socket = socket();
    if (socket == null) {
      return Set.of();
    }
    try {
      return socket.supportedOptions();
    } catch (IOException e) {
      return Set.of(); // closed
    }
  }

  // ---- what a connection has -------------------------------------------------------------------

  private static SocketException noConnection() {
    return new SocketException("no connection");
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    throw noConnection();
  }

  @Override
  protected void connect(InetAddress host, int port) throws IOException {
    throw noConnection();
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    throw noConnection();
  }

  /** {@link ListenerSocket#accept} asks the listener itself. */
  @Override
  protected void accept(SocketImpl accepted) throws IOException {
    throw noConnection();
  }

  @Override
  protected InputStream getInputStream() throws IOException {
    throw noConnection();
  }

  @Override
  protected OutputStream getOutputStream() throws IOException {
    throw noConnection();
  }

  @Override
  protected int available() throws IOException {
    throw noConnection();
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw new SocketException("Urgent data not supported");
  }
}

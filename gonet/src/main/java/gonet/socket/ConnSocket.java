package gonet.socket;

import gonet.Conn;
import gonet.Dialer;
import gonet.HostPort;
import gonet.TcpAddr;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import org.jspecify.annotations.Nullable;

/**
 * A connection, or one that is still to be dialled, as a socket. The superclass keeps the states
 * and makes the checks; it would close the socket at an interrupt of a virtual thread, so the
 * streams are others.
 */
final class ConnSocket extends Socket {
  private static final int MAX_PORT = 0xffff;

  private final ConnSocketImpl impl;

  private ConnSocket(ConnSocketImpl impl) throws SocketException {
    super(impl);
    this.impl = impl;
  }

  private static ConnSocket make(Dialer dialer, @Nullable Conn conn, @Nullable Opening opening) {
    FirstSockets.prepare();
    try {
      return new ConnSocket(new ConnSocketImpl(dialer, conn, opening));
    } catch (SocketException e) {
      throw Failures.impossible(e); // it is declared, and never thrown
    }
  }

  /** One to be connected. */
  static ConnSocket unconnected(Dialer dialer) {
    return make(dialer, null, null);
  }

  /** A view of a connection. Asks it for no address: behind a proxy that would be a wait. */
  static ConnSocket of(Conn conn) {
    return of(conn, null);
  }

  /** The same with something to do before the first read or write. */
  static ConnSocket of(Conn conn, @Nullable Opening opening) {
    ConnSocket socket = make(Dialer.defaults(), conn, opening);
    try {
      socket.connect(ConnSocketImpl.NOWHERE); // which dials nothing
    } catch (IOException e) {
      throw Failures.impossible(e);
    }
    return socket;
  }

  /** Dials a name. */
  static ConnSocket dialled(Dialer dialer, @Nullable String host, int port) throws IOException {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port is " + port + ", not within 0 to " + MAX_PORT);
    }
    String name = host == null ? "" : host; // this machine, for both
    return of(dialer.dial("tcp", HostPort.join(name, Integer.toString(port))));
  }

  /** A dialer that binds first. */
  static Dialer from(Dialer dialer, @Nullable InetAddress local, int port) {
    if (local == null || local.isAnyLocalAddress()) {
      return port == 0 ? dialer : dialer.withLocalAddr(TcpAddr.ofPort(port));
    }
    return dialer.withLocalAddr(TcpAddr.of(new InetSocketAddress(local, port)));
  }

  /** The connection, when there is one. */
  @Nullable Conn conn() {
    return impl.conn();
  }

  // ---- streams ---------------------------------------------------------------------------------

  @Override
  public InputStream getInputStream() throws IOException {
    var _ = super.getInputStream(); // throws what it throws
    return impl.input(this);
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    var _ = super.getOutputStream();
    return impl.output(this);
  }

  /** As the JDK's; of a layer, what that tells of itself, which never waits for an address. */
  @Override
  public String toString() {
    Conn conn = impl.viewed();
    return conn == null || conn.beneath() == null ? super.toString() : "Socket[" + conn + "]";
  }

  /** Also when the connection was closed by somebody who has it. */
  @Override
  public boolean isClosed() {
    Conn conn = impl.conn();
    return super.isClosed() || (conn != null && conn.isClosed());
  }
}

package gonet.socket;

import gonet.Conn;
import gonet.Listener;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;

/** A listener as a server socket. The superclass keeps the states and makes the checks. */
final class ListenerSocket extends ServerSocket {
  private final Listener listener;

  private ListenerSocket(Listener listener) {
    super(new ListenerSocketImpl(listener));
    this.listener = listener;
  }

  static ListenerSocket of(Listener listener) {
    FirstSockets.prepare();
    ListenerSocket socket = new ListenerSocket(listener);
    try {
      socket.bound();
    } catch (IOException e) {
      throw Failures.impossible(e);
    }
    return socket;
  }

  /** Tells the superclass that it is; one that is closed stays what it is. */
  private void bound() throws IOException {
    if (!listener.isClosed()) {
      super.bind(null);
    }
  }

  @Override
  public Socket accept() throws IOException {
    if (isClosed()) {
      throw new SocketException("Socket is closed");
    }
    Conn conn;
    try {
      conn = listener.accept();
    } catch (IOException e) {
      throw Failures.of(e);
    }
    try {
      return ConnSocket.of(conn);
    } catch (Throwable t) {
      conn.close();
      throw t;
    }
  }

  /** Also when the listener was closed by somebody who has it. */
  @Override
  public boolean isClosed() {
    return super.isClosed() || listener.isClosed();
  }
}

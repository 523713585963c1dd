package gonet.tls;

import gonet.Conn;
import gonet.ForwardingListener;
import gonet.Listener;
import java.io.IOException;

/** Puts the server's side over each accepted connection; the handshakes are for others to run. */
final class TlsListener extends ForwardingListener {
  private final TlsConfig config;

  TlsListener(Listener listener, TlsConfig config) {
    super(listener);
    this.config = config;
  }

  @Override
  public Conn accept() throws IOException {
    Conn conn = beneath().accept();
    try {
      return new TlsConn(conn, config, false, null, null);
    } catch (Throwable t) {
      conn.close();
      throw t;
    }
  }
}

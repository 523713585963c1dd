package gonet.proxyproto;

import gonet.Conn;
import gonet.ForwardingListener;
import gonet.Listener;
import java.io.IOException;

/** Puts the layer over each accepted connection; the headers are for others to read. */
final class ProxyListener extends ForwardingListener {
  private final ProxyProtocol settings;

  ProxyListener(Listener listener, ProxyProtocol settings) {
    super(listener);
    this.settings = settings;
  }

  @Override
  public Conn accept() throws IOException {
    Conn conn = beneath().accept();
    try {
      return settings.server(conn);
    } catch (Throwable t) {
      conn.close();
      throw t;
    }
  }
}

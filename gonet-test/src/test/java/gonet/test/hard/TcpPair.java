package gonet.test.hard;

import gonet.Dialer;
import gonet.ListenConfig;
import gonet.TcpConn;
import gonet.TcpListener;
import java.io.IOException;

/** Two ends of one TCP connection over 127.0.0.1. */
record TcpPair(TcpConn client, TcpConn server) implements AutoCloseable {

  static TcpPair connect() throws IOException {
    return connect(ListenConfig.defaults(), Dialer.defaults());
  }

  static TcpPair connect(ListenConfig listenConfig, Dialer dialer) throws IOException {
    try (TcpListener listener = listenConfig.listenTcp("tcp4", "127.0.0.1:0")) {
      // The kernel completes the handshake by itself, so one thread can do both halves.
      TcpConn client = dialer.dialTcp("tcp4", listener.addr());
      try {
        return new TcpPair(client, listener.accept());
      } catch (Throwable t) {
        client.close();
        throw t;
      }
    }
  }

  /** A pair whose buffers are so small that a writer soon has to wait for a reader. */
  static TcpPair withSmallBuffers() throws IOException {
    return connect(
        ListenConfig.defaults().withReadBuffer(4096).withWriteBuffer(4096),
        Dialer.defaults().withReadBuffer(4096).withWriteBuffer(4096));
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}

package gonet.test.hard;

import gonet.netip.Addr;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/**
 * An address that answers no connection request: a listener whose accept queue is full. Linux drops
 * further requests without a word, and who dials repeats them for two minutes.
 */
final class BlackHole implements AutoCloseable {

  /** A queue of one holds two: Linux compares with "greater". */
  private static final int BACKLOG = 1;

  private final ServerSocket listener;
  private final List<Socket> queued = new ArrayList<>();

  /**
   * @param host a literal address of this machine
   * @param port 0 for any
   */
  BlackHole(String host, int port) throws IOException {
    listener = new ServerSocket(port, BACKLOG, Addr.parse(host).toInetAddress());
    try {
      for (int i = 0; i <= BACKLOG; i++) {
        Socket socket = new Socket();
        queued.add(socket);
        socket.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
      }
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : queued) {
      socket.close();
    }
  }
}

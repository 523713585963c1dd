package gonet.test.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A listener whose queue is full, so that a connect to it waits: Linux drops further requests. Not
 * safe for several threads.
 */
final class FullListener implements AutoCloseable {

  /** A queue of one holds two: Linux compares with "greater". */
  private static final int BACKLOG = 1;

  private final ServerSocket listener =
      new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
  private final List<Socket> queued = new ArrayList<>();

  FullListener() throws IOException {
    for (int i = 0; i <= BACKLOG; i++) {
      Socket socket = new Socket();
      queued.add(socket);
      socket.connect(address());
    }
  }

  SocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    listener.close();
  }
}

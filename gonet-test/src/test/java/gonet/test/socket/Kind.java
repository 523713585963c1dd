package gonet.test.socket;

import gonet.Net;
import gonet.socket.SocketViews;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;

/** Where a socket comes from: what holds for the JDK's has to hold for the others. */
enum Kind {
  /** The JDK's own, which says what is right. */
  JDK,

  /** Made unconnected by a factory, and connected then. */
  FACTORY,

  /** A view of a connection that gonet has dialled. */
  VIEW;

  /** Not connected; of a view there is none. */
  Socket unconnected() throws IOException {
    return this == JDK ? new Socket() : SocketViews.factory().createSocket();
  }

  Socket connect(SocketAddress to) throws IOException {
    if (this == VIEW) {
      return SocketViews.of(Net.dial((InetSocketAddress) to));
    }
    Socket socket = unconnected();
    socket.connect(to);
    return socket;
  }
}

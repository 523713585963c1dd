package gonet;

import static org.awaitility.Awaitility.await;

import gonet.support.Ipv6;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A port whose queue of connections is full, so that the kernel lets every further SYN go
 * unanswered (listen(2)): a host behind a silent firewall, on either loopback address.
 */
final class BlackHole implements AutoCloseable {
  private final ServerSocket listener;
  private final List<SocketChannel> fillers = new ArrayList<>();

  BlackHole() throws IOException {
    listener = new ServerSocket();
    try {
      listener.bind(new InetSocketAddress(everywhere(), 0), 1);
      // Linux takes one more than the backlog; two more prove that nothing goes in any more.
      for (int i = 0; i < 4; i++) {
        SocketChannel filler = SocketChannel.open();
        fillers.add(filler);
        filler.configureBlocking(false);
        filler.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port()));
      }
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> connected() == 2);
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  /** Every address of this machine, of both families where it has both. */
  static InetAddress everywhere() {
    return InetAddress.ofLiteral(Ipv6.works() ? "::" : "0.0.0.0");
  }

  int port() {
    return listener.getLocalPort();
  }

  private int connected() throws IOException {
    int connected = 0;
    for (SocketChannel filler : fillers) {
      connected += filler.finishConnect() ? 1 : 0;
    }
    return connected;
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel filler : fillers) {
      filler.close();
    }
    listener.close();
  }
}

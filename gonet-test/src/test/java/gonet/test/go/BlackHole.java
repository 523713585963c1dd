package gonet.test.go;

import static org.awaitility.Awaitility.await;

import gonet.netip.Addr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A port on which the kernel answers no SYN, for its queue of connections is full: what a far host
 * behind a silent firewall looks like, without a network. Both loopback addresses have it.
 */
final class BlackHole implements AutoCloseable {
  private final ServerSocket listener;
  private final List<SocketChannel> queued = new ArrayList<>();

  BlackHole() throws IOException {
    listener = new ServerSocket();
    try {
      listener.bind(new InetSocketAddress(0), 1);
      // Linux queues one more than the backlog, and drops the SYNs of the others (listen(2)).
      for (int i = 0; i < 4; i++) {
        SocketChannel channel = SocketChannel.open();
        queued.add(channel);
        channel.configureBlocking(false);
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()));
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

  private int connected() throws IOException {
    int connected = 0;
    for (SocketChannel channel : queued) {
      connected += channel.finishConnect() ? 1 : 0;
    }
    return connected;
  }

  int port() {
    return listener.getLocalPort();
  }

  /** Its IPv4 address, for a dial. */
  String address() {
    return "127.0.0.1:" + port();
  }

  /** What a resolver answers for a name that has both families. */
  static List<Addr> bothFamilies() {
    return List.of(Addr.ipv6Loopback(), Addr.parse("127.0.0.1"));
  }

  @Override
  public void close() throws IOException {
    for (SocketChannel channel : queued) {
      channel.close();
    }
    listener.close();
  }
}

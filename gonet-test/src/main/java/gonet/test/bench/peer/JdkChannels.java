package gonet.test.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * What {@link JdkVirtualPeer} does by the JDK's channels: Unix streams, files and datagrams, a
 * virtual thread for each connection or socket. The JDK has neither batches nor segmentation.
 */
final class JdkChannels {
  private JdkChannels() {}

  /** Serves until its standard input ends. */
  static void serve(Peer.Mode mode, String[] args) throws IOException, InterruptedException {
    if (mode.isOfDatagrams()) {
      serveDatagrams(mode);
      return;
    }
    boolean unix = mode == Peer.Mode.UNIX;
    ServerSocketChannel listener =
        ServerSocketChannel.open(unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET);
    if (unix) {
      String path = Peer.argument("path", args);
      listener.bind(UnixDomainSocketAddress.of(path), Peer.BACKLOG);
      Peer.listening(path, JdkChannels::stats);
    } else {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Peer.BACKLOG);
      Peer.listening(
          ((InetSocketAddress) listener.getLocalAddress()).getPort(), JdkChannels::stats);
    }
    String file = unix ? "" : Peer.argument("file", args);
    Thread.startVirtualThread(() -> accept(listener, file)).join();
  }

  private static String stats() {
    return "backend=jdk lane=jdk";
  }

  private static void accept(ServerSocketChannel listener, String file) {
    try {
      for (; ; ) {
        SocketChannel channel = listener.accept();
        if (!file.isEmpty()) {
          channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }
        Thread.startVirtualThread(() -> serve(channel, file));
      }
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private static void serve(SocketChannel channel, String file) {
    try (channel) {
      if (file.isEmpty()) {
        echo(channel);
      } else {
        sendFile(channel, Path.of(file));
      }
    } catch (IOException e) {
      // The client has gone, which is how its connections end.
    }
  }

  private static void echo(SocketChannel channel) throws IOException {
    ByteBuffer buf = ByteBuffer.allocateDirect(Peer.BUFFER_BYTES);
    while (channel.read(buf) >= 0) {
      buf.flip();
      while (buf.hasRemaining()) {
        channel.write(buf);
      }
      buf.clear();
    }
  }

  private static void sendFile(SocketChannel channel, Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      long size = file.size();
      for (long at = 0; ; at %= size) {
        at += file.transferTo(at, size - at, channel);
      }
    }
  }

  private static void serveDatagrams(Peer.Mode mode) throws IOException, InterruptedException {
    int port = 0;
    Thread last = Thread.currentThread();
    for (int i = 1; i <= Peer.SOCKETS; i++) {
      DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
      InetAddress host = InetAddress.ofLiteral("127.0.0." + i);
      channel.bind(new InetSocketAddress(host, port));
      port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
      last = Thread.startVirtualThread(() -> serve(channel, mode));
    }
    Peer.listening(port, JdkChannels::stats);
    last.join();
  }

  private static void serve(DatagramChannel channel, Peer.Mode mode) {
    ByteBuffer buf = ByteBuffer.allocateDirect(Peer.DATAGRAM_BYTES);
    ByteBuffer car = ByteBuffer.allocateDirect(Peer.CAR_BYTES);
    try {
      for (; ; ) {
        SocketAddress from = channel.receive(buf);
        if (mode == Peer.Mode.TRAINS) {
          for (int i = 0; i < Peer.TRAIN; i++) {
            channel.send(car.clear(), from);
          }
        } else {
          channel.send(buf.flip(), from);
        }
        buf.clear();
      }
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}

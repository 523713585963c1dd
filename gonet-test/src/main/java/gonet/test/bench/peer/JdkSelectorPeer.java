package gonet.test.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** The server over one {@code Selector} and one thread; echo only. */
public final class JdkSelectorPeer {
  private final Selector selector;
  private final ServerSocketChannel listener;

  /** Empty between two events: what a client does not take waits in its key's attachment. */
  private final ByteBuffer buf = ByteBuffer.allocateDirect(Peer.BUFFER_BYTES);

  private JdkSelectorPeer(Selector selector, ServerSocketChannel listener) {
    this.selector = selector;
    this.listener = listener;
  }

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Peer.Mode mode = Peer.mode(args);
    if (mode != Peer.Mode.ECHO && mode != Peer.Mode.IDLE) {
      throw new IllegalArgumentException("no mode " + mode);
    }
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), Peer.BACKLOG);
    listener.configureBlocking(false);
    Selector selector = Selector.open();
    listener.register(selector, SelectionKey.OP_ACCEPT);
    Peer.listening(listener.socket().getLocalPort(), () -> "backend=jdk lane=selector");
    new JdkSelectorPeer(selector, listener).loop();
  }

  private void loop() throws IOException {
    for (; ; ) {
      selector.select(this::serve);
    }
  }

  private void serve(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept();
      } else if (key.attachment() instanceof ByteBuffer left) {
        flush(key, left);
      } else {
        echo(key);
      }
    } catch (IOException e) {
      close(key);
    }
  }

  private void accept() throws IOException {
    for (SocketChannel channel; (channel = listener.accept()) != null; ) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ);
    }
  }

  private void echo(SelectionKey key) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    buf.clear();
    if (channel.read(buf) < 0) {
      close(key);
      return;
    }
    buf.flip();
    channel.write(buf);
    if (buf.hasRemaining()) {
      key.attach(ByteBuffer.allocate(buf.remaining()).put(buf).flip());
      key.interestOps(SelectionKey.OP_WRITE);
    }
  }

  private static void flush(SelectionKey key, ByteBuffer left) throws IOException {
    ((SocketChannel) key.channel()).write(left);
    if (!left.hasRemaining()) {
      key.attach(null);
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}

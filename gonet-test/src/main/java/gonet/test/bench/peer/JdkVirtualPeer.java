package gonet.test.bench.peer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import javax.net.ServerSocketFactory;

/** The server over the JDK's {@code ServerSocket}, a virtual thread for each connection. */
public final class JdkVirtualPeer {
  private static final byte[] BLOCK = Peer.block();

  private JdkVirtualPeer() {}

  /** Serves until its standard input ends. */
  public static void main(String[] args) throws Exception {
    Peer.Mode mode = Peer.mode(args);
    if (mode == Peer.Mode.UNIX || mode == Peer.Mode.FILE || mode.isOfDatagrams()) {
      JdkChannels.serve(mode, args);
      return;
    }
    String target = mode == Peer.Mode.PROXY ? Peer.argument("target", args) : "";
    ServerSocketFactory sockets =
        Peer.speaksTls(args)
            ? JdkTls.context(args).getServerSocketFactory()
            : ServerSocketFactory.getDefault();
    ServerSocket listener =
        sockets.createServerSocket(0, Peer.BACKLOG, InetAddress.getLoopbackAddress());
    Peer.listening(listener.getLocalPort(), () -> "backend=jdk lane=jdk");
    Thread.startVirtualThread(() -> accept(listener, mode, target)).join();
  }

  private static void accept(ServerSocket listener, Peer.Mode mode, String target) {
    try {
      for (; ; ) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        Thread.startVirtualThread(() -> serve(socket, mode, target));
      }
    } catch (IOException e) {
      System.err.println(e);
    }
  }

  private static void serve(Socket socket, Peer.Mode mode, String target) {
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      switch (mode) {
        case ECHO -> echo(in, out);
        case DEADLINE -> echoWithTimeout(socket, in, out);
        case IDLE -> {
          int first = in.read();
          if (first >= 0) {
            out.write(first);
            echo(in, out);
          }
        }
        case SOURCE -> source(out);
        case SINK -> sink(in);
        case HOG -> hog(in, out);
        case PROXY -> proxy(socket, target);
        default -> throw new IllegalArgumentException("no mode of sockets: " + mode);
      }
    } catch (IOException e) {
      // The client has gone, which is how its connections end.
    }
  }

  private static void echo(InputStream in, OutputStream out) throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    for (int n; (n = in.read(buf)) >= 0; ) {
      out.write(buf, 0, n);
    }
  }

  private static void echoWithTimeout(Socket socket, InputStream in, OutputStream out)
      throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    int millis = (int) Duration.ofSeconds(Peer.DEADLINE_SECONDS).toMillis();
    for (; ; ) {
      socket.setSoTimeout(millis);
      int n = in.read(buf);
      if (n < 0) {
        return;
      }
      out.write(buf, 0, n);
    }
  }

  private static void source(OutputStream out) throws IOException {
    for (; ; ) {
      out.write(BLOCK);
    }
  }

  private static void sink(InputStream in) throws IOException {
    byte[] buf = new byte[Peer.SINK_BYTES];
    for (int n = 0; n >= 0; ) {
      n = in.read(buf);
    }
  }

  private static void hog(InputStream in, OutputStream out) throws IOException {
    byte[] buf = new byte[Peer.BUFFER_BYTES];
    for (int n; (n = in.read(buf)) >= 0; ) {
      Hogs.obey(buf[0]);
      out.write(buf, 0, n);
    }
  }

  private static void proxy(Socket client, String target) throws IOException {
    int colon = target.lastIndexOf(':');
    String host = target.substring(0, colon);
    try (Socket server = new Socket(host, Integer.parseInt(target.substring(colon + 1)))) {
      server.setTcpNoDelay(true);
      Thread back = Thread.startVirtualThread(() -> pump(server, client));
      pump(client, server);
      back.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void pump(Socket from, Socket to) {
    byte[] buf = new byte[Peer.SINK_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n; (n = in.read(buf)) >= 0; ) {
        out.write(buf, 0, n);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      System.err.println(e);
    }
  }
}

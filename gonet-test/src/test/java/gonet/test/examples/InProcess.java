package gonet.test.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gonet.TcpAddr;
import gonet.server.Server;
import gonet.server.ServerHandler;
import gonet.server.ShutdownReport;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

/**
 * An example's protocol on a free port of this JVM, and clients made of the JDK's sockets. Bytes
 * are written as strings, one character each.
 */
final class InProcess implements AutoCloseable {
  private static final int READ_TIMEOUT_MS = 20_000;

  private final Server server;

  private InProcess(Server server) {
    this.server = server;
  }

  static InProcess start(ServerHandler handler) throws IOException {
    return new InProcess(Server.builder().listenOn("tcp", "127.0.0.1:0").handler(handler).start());
  }

  TcpAddr addr() {
    return (TcpAddr) server.addr();
  }

  /** How many connections it serves. */
  int open() {
    return server.connections();
  }

  /** Lets clients finish; returns how that went. */
  ShutdownReport shutdown(Duration grace) throws InterruptedException {
    return server.shutdown(grace);
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), addr().port());
    socket.setSoTimeout(READ_TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  /** All that the server says to a client who says this and then ends its stream. */
  String exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      send(socket, request);
                      socket.shutdownOutput();
                    } catch (IOException e) {
                      // The server has heard enough.
                    }
                  });
      StringBuilder answer = new StringBuilder();
      readAll(socket, answer);
      sender.join();
      return answer.toString();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static void send(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(ISO_8859_1));
  }

  /** Reads so many bytes. */
  static String read(Socket socket, int count) throws IOException {
    return new String(socket.getInputStream().readNBytes(count), ISO_8859_1);
  }

  /** Reads to the end, which must not be a reset: that can lose what was sent before. */
  static String readAll(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    readAll(socket, answer);
    return answer.toString();
  }

  private static void readAll(Socket socket, StringBuilder into) throws IOException {
    byte[] some = new byte[8192];
    try {
      for (int n; (n = socket.getInputStream().read(some)) >= 0; ) {
        into.append(new String(some, 0, n, ISO_8859_1));
      }
    } catch (SocketException e) {
      throw new AssertionError("reset behind: " + into, e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}

package gonet.socket;

import gonet.Conn;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The streams of a socket over a connection: the connection's own, with the JDK's failures. */
final class ConnStreams {
  private ConnStreams() {}

  private static void open(@Nullable Opening opening) throws IOException {
    if (opening != null) {
      opening.open();
    }
  }

  /** Closing it closes the socket. */
  static final class In extends InputStream {
    private final Socket socket;
    private final Conn conn;
    private final @Nullable Opening opening;
    private final InputStream beneath;

    In(Socket socket, Conn conn, @Nullable Opening opening) {
      this.socket = socket;
      this.conn = conn;
      this.opening = opening;
      this.beneath = conn.inputStream();
    }

    @Override
    public int read() throws IOException {
      open(opening);
      try {
        return beneath.read();
      } catch (IOException e) {
        throw Failures.of(e);
      }
    }

    @Override
    public int read(byte[] buf, int off, int len) throws IOException {
      Objects.checkFromIndexSize(off, len, buf.length);
      if (len == 0) {
        return 0;
      }
      open(opening);
      try {
        return beneath.read(buf, off, len);
      } catch (IOException e) {
        throw Failures.of(e);
      }
    }

    /** To the stream of another such socket as a transfer, without a copy where that can be. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
      if (!(out instanceof Out sink)) {
        return super.transferTo(out);
      }
      open(opening);
      open(sink.opening);
      try {
        return beneath.transferTo(sink.conn.outputStream());
      } catch (IOException e) {
        throw Failures.of(e);
      }
    }

    @Override
    public int available() throws IOException {
      if (conn.isClosed()) {
        throw new SocketException("Socket closed");
      }
      if (socket.isInputShutdown()) {
        return 0;
      }
      try {
        return beneath.available();
      } catch (IOException e) {
        throw Failures.of(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** Closing it closes the socket. */
  static final class Out extends OutputStream {
    private final Socket socket;
    private final Conn conn;
    private final @Nullable Opening opening;

    Out(Socket socket, Conn conn, @Nullable Opening opening) {
      this.socket = socket;
      this.conn = conn;
      this.opening = opening;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] buf, int off, int len) throws IOException {
      if (len > 0) {
        open(opening);
      }
      try {
        conn.write(buf, off, len);
      } catch (IOException e) {
        throw Failures.of(e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}

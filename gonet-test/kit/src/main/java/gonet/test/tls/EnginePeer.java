package gonet.test.tls;

import gonet.Conn;
import gonet.tls.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * The other side of a connection under TLS, in the hands of a test: it makes records and does with
 * them what the test wants, and reads when the test says so. Not safe for several threads.
 */
public final class EnginePeer {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Conn conn;
  private final SSLEngine engine;

  /** Read and not decrypted yet; in the state for reading. */
  private final ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES).flip();

  /**
   * A peer over a connection, which it does not close.
   *
   * @param client its role
   */
  public EnginePeer(Conn conn, SSLContext context, TlsVersion version, boolean client) {
    this.conn = conn;
    engine = context.createSSLEngine();
    engine.setUseClientMode(client);
    engine.setEnabledProtocols(new String[] {version.toString()});
  }

  /** Runs the handshake to its end. */
  public void handshake() throws IOException {
    engine.beginHandshake();
    while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      if (!step()) {
        throw new EOFException();
      }
    }
  }

  /** A client's handshake, whose last part goes out together with some data. */
  public void handshakeWith(byte[] data) throws IOException {
    engine.beginHandshake();
    conn.write(wrap(new byte[0])); // ClientHello
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        records.writeBytes(wrap(new byte[0]));
      } else if (!step()) {
        throw new EOFException();
      }
    }
    records.writeBytes(wrap(data));
    conn.write(records.toByteArray());
  }

  private boolean step() throws IOException {
    switch (engine.getHandshakeStatus()) {
      case NEED_TASK -> engine.getDelegatedTask().run();
      case NEED_WRAP -> conn.write(wrap(new byte[0]));
      default -> {
        return unwrap(ByteBuffer.allocate(BUFFER_BYTES));
      }
    }
    return true;
  }

  /** The engine, for what has no method here. */
  public SSLEngine engine() {
    return engine;
  }

  /** The records for some data, or what the engine has to say by itself; sends nothing. */
  public byte[] wrap(byte[] data) throws IOException {
    ByteBuffer src = ByteBuffer.wrap(data);
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    do {
      ByteBuffer dst = ByteBuffer.allocate(BUFFER_BYTES);
      SSLEngineResult result = engine.wrap(src, dst);
      records.write(dst.array(), 0, dst.position());
      if (result.bytesProduced() == 0) {
        break;
      }
    } while (src.hasRemaining() || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
    return records.toByteArray();
  }

  /**
   * In TLS 1.3 a key update that wants an answer, in 1.2 the beginning of a renegotiation; sends
   * nothing.
   */
  public byte[] beginAgain() throws IOException {
    engine.beginHandshake();
    while (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      engine.getDelegatedTask().run();
    }
    return wrap(new byte[0]);
  }

  /** The alert close_notify; sends nothing. */
  public byte[] closeNotify() throws IOException {
    engine.closeOutbound();
    return wrap(new byte[0]);
  }

  /** Sends records, or other bytes. */
  public void send(byte[] bytes) throws IOException {
    conn.write(bytes);
  }

  /** Reads so many bytes of data. */
  public byte[] read(int size) throws IOException {
    ByteBuffer dst = ByteBuffer.allocate(size + BUFFER_BYTES);
    while (dst.position() < size) {
      if (!unwrap(dst)) {
        throw new EOFException("after " + dst.position() + " of " + size);
      }
    }
    return java.util.Arrays.copyOf(dst.array(), size);
  }

  /** Reads until the other side's close_notify; false if the stream ended without one. */
  public boolean readToEnd() throws IOException {
    while (!engine.isInboundDone()) {
      if (!unwrap(ByteBuffer.allocate(BUFFER_BYTES))) {
        return false;
      }
    }
    return true;
  }

  /** One record; false at the end of the stream beneath. */
  private boolean unwrap(ByteBuffer dst) throws IOException {
    for (; ; ) {
      SSLEngineResult result = engine.unwrap(in, dst);
      if (result.getStatus() != SSLEngineResult.Status.BUFFER_UNDERFLOW) {
        return true;
      }
      in.compact();
      int n = conn.read(in);
      in.flip();
      if (n < 0) {
        return false;
      }
    }
  }
}

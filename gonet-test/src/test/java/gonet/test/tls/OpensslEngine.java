package gonet.test.tls;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * OpenSSL's {@code SSL} between two buffers in memory: ciphertext goes in by {@link #feed} and
 * comes out by {@link #takeOutput}, and no call waits. Safe for any thread: one call at a time.
 */
final class OpensslEngine implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private static final int ERROR_WANT_READ = 2;
  private static final int ERROR_ZERO_RETURN = 6;
  private static final int CTRL_SET_HOST_NAME = 55;

  private final MemorySegment ssl;
  private final MemorySegment in;
  private final MemorySegment out;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
  private boolean closed;

  /**
   * One connection.
   *
   * @param client its role; a client says and verifies {@code localhost}
   */
  OpensslEngine(OpensslContext context, boolean client) throws IOException {
    ssl = Libssl.pointer("SSL_new", context.segment());
    in = Libssl.pointer("BIO_new", Libssl.pointer("BIO_s_mem"));
    out = Libssl.pointer("BIO_new", Libssl.pointer("BIO_s_mem"));
    var _ = Libssl.integer("SSL_set_bio", ssl, in, out); // which frees them
    if (client) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom("localhost");
        Libssl.require("SSL_set1_host", ssl, name);
        var _ = Libssl.number("SSL_ctrl", ssl, CTRL_SET_HOST_NAME, 0L, name);
      }
      MemorySegment session = context.session();
      if (session != null) {
        Libssl.require("SSL_set_session", ssl, session);
      }
    }
    var _ = Libssl.integer(client ? "SSL_set_connect_state" : "SSL_set_accept_state", ssl);
  }

  /** Goes on as far as it can; true if the handshake is over. */
  synchronized boolean handshake() throws IOException {
    requireOpen();
    return outcome("SSL_do_handshake", Libssl.integer("SSL_do_handshake", ssl)) > 0;
  }

  /** Takes what has come from the other side. */
  synchronized void feed(byte[] bytes, int size) throws IOException {
    requireOpen();
    for (int done = 0; done < size; ) {
      int n = Math.min(size - done, BUFFER_BYTES);
      MemorySegment.copy(bytes, done, buffer, ValueLayout.JAVA_BYTE, 0, n);
      done += Libssl.integer("BIO_write", in, buffer, n);
    }
  }

  /**
   * Decrypts some of what came.
   *
   * @return how much, 0 if a record is not whole, −1 at the other side's close_notify
   */
  synchronized int read(byte[] dst) throws IOException {
    requireOpen();
    int n = Math.min(dst.length, BUFFER_BYTES);
    n = outcome("SSL_read", Libssl.integer("SSL_read", ssl, buffer, n));
    if (n > 0) {
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, dst, 0, n);
    }
    return n;
  }

  /** Encrypts all of it. */
  synchronized void write(byte[] bytes, int size) throws IOException {
    requireOpen();
    for (int done = 0; done < size; ) {
      int n = Math.min(size - done, BUFFER_BYTES);
      MemorySegment.copy(bytes, done, buffer, ValueLayout.JAVA_BYTE, 0, n);
      int written = outcome("SSL_write", Libssl.integer("SSL_write", ssl, buffer, n));
      if (written <= 0) {
        throw new IOException("SSL_write has nowhere to go");
      }
      done += written;
    }
  }

  /** New keys for this direction, and for the other one too if the other side has to answer. */
  synchronized void updateKeys(boolean both) throws IOException {
    requireOpen();
    Libssl.require("SSL_key_update", ssl, both ? 1 : 0);
    Libssl.require("SSL_do_handshake", ssl); // makes the record
  }

  /** Says close_notify. Reading goes on. */
  synchronized void shutdown() throws IOException {
    requireOpen();
    int result = Libssl.integer("SSL_shutdown", ssl);
    if (result < 0) {
      throw Libssl.failure("SSL_shutdown");
    }
  }

  /** The ciphertext that is to be sent; it is forgotten here. */
  synchronized byte[] takeOutput() {
    if (closed) {
      return new byte[0];
    }
    int size = (int) Libssl.number("BIO_ctrl_pending", out);
    byte[] all = new byte[size];
    for (int done = 0; done < size; ) {
      int n = Libssl.integer("BIO_read", out, buffer, Math.min(size - done, BUFFER_BYTES));
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, all, done, n);
      done += n;
    }
    return all;
  }

  /** Whether there is ciphertext to send. */
  synchronized boolean hasOutput() {
    return !closed && Libssl.number("BIO_ctrl_pending", out) > 0;
  }

  /** Whether the handshake took up an older session. */
  synchronized boolean isResumed() {
    return !closed && Libssl.integer("SSL_session_reused", ssl) == 1;
  }

  /** The session as it is now, for {@link OpensslContext#keep}; whoever takes it frees it. */
  synchronized MemorySegment session() throws IOException {
    requireOpen();
    return Libssl.pointer("SSL_get1_session", ssl);
  }

  /** Whether the other side has shown a certificate. */
  synchronized boolean hasPeerCertificate() throws IOException {
    requireOpen();
    try {
      MemorySegment certificate = Libssl.pointer("SSL_get1_peer_certificate", ssl);
      var _ = Libssl.integer("X509_free", certificate);
      return true;
    } catch (IOException e) {
      return false; // there is none
    }
  }

  /** A count; 0 for what only waits for input, −1 for the end. */
  private int outcome(String name, int result) throws IOException {
    if (result > 0) {
      return result;
    }
    int error = Libssl.integer("SSL_get_error", ssl, result);
    return switch (error) {
      case ERROR_WANT_READ -> 0;
      case ERROR_ZERO_RETURN -> -1;
      default -> throw Libssl.failure(name);
    };
  }

  /** Also forgets what went wrong before, of which OpenSSL would think as of the next call's. */
  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    var _ = Libssl.integer("ERR_clear_error");
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      var _ = Libssl.integer("SSL_free", ssl);
    }
  }
}

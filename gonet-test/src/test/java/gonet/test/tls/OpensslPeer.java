package gonet.test.tls;

import gonet.Conn;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/**
 * OpenSSL on the other end of a connection, which it closes. As {@link EnginePeer}, with OpenSSL in
 * the JDK's place; but one thread may read while another one writes.
 */
final class OpensslPeer implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 14;

  private final Conn conn;
  private final OpensslEngine engine;
  private final byte[] received = new byte[BUFFER_BYTES];

  /** Records leave in the order in which they were made. */
  private final ReentrantLock sending = new ReentrantLock();

  OpensslPeer(Conn conn, OpensslContext context, boolean client) throws IOException {
    this.conn = conn;
    engine = new OpensslEngine(context, client);
  }

  /** OpenSSL itself, for what has no method here. */
  OpensslEngine engine() {
    return engine;
  }

  /** Runs the handshake to its end. */
  void handshake() throws IOException {
    for (boolean over = false; !over; ) {
      try {
        over = engine.handshake();
      } finally {
        send(); // an alert, too
      }
      if (!over) {
        receive();
      }
    }
  }

  /**
   * Reads some bytes of data; −1 at close_notify.
   *
   * @throws EOFException at an end without
   */
  int read(byte[] dst) throws IOException {
    for (; ; ) {
      int n;
      try {
        n = engine.read(dst);
      } finally {
        if (engine.hasOutput()) {
          sendAtOnce();
        }
      }
      if (n != 0) {
        return n;
      }
      receive();
    }
  }

  /** Reads so many bytes of data. */
  byte[] readFully(int size) throws IOException {
    byte[] all = new byte[size];
    for (int done = 0; done < size; ) {
      byte[] some = new byte[Math.min(size - done, BUFFER_BYTES)];
      int n = read(some);
      if (n < 0) {
        throw new EOFException("close_notify after " + done + " of " + size);
      }
      System.arraycopy(some, 0, all, done, n);
      done += n;
    }
    return all;
  }

  /**
   * Reads until close_notify; what came before.
   *
   * @throws EOFException at an end without
   */
  byte[] readToEnd() throws IOException {
    byte[] all = new byte[0];
    byte[] some = new byte[BUFFER_BYTES];
    for (int n; (n = read(some)) >= 0; ) {
      int at = all.length;
      all = Arrays.copyOf(all, at + n);
      System.arraycopy(some, 0, all, at, n);
    }
    return all;
  }

  private void receive() throws IOException {
    int n = conn.read(received);
    if (n < 0) {
      throw new EOFException("without close_notify");
    }
    engine.feed(received, n);
  }

  /** Sends data. */
  void write(byte[] bytes) throws IOException {
    write(bytes, bytes.length);
  }

  /** Sends the first bytes of an array. */
  void write(byte[] bytes, int size) throws IOException {
    engine.write(bytes, size);
    send();
  }

  /** The records of some data; sends nothing. */
  byte[] wrap(byte[] bytes) throws IOException {
    engine.write(bytes, bytes.length);
    return engine.takeOutput();
  }

  /** A key update; sends nothing. */
  byte[] keyUpdate(boolean both) throws IOException {
    engine.updateKeys(both);
    return engine.takeOutput();
  }

  /** Sends close_notify. */
  void shutdown() throws IOException {
    engine.shutdown();
    send();
  }

  /** Sends all that OpenSSL has to say. */
  private void send() throws IOException {
    do {
      sending.lock();
      sendAndUnlock();
    } while (engine.hasOutput());
  }

  /** The same, if nobody else sends: a reader is not to wait for a writer. */
  private void sendAtOnce() throws IOException {
    while (engine.hasOutput() && sending.tryLock()) {
      sendAndUnlock();
    }
  }

  private void sendAndUnlock() throws IOException {
    try {
      byte[] records = engine.takeOutput();
      if (records.length > 0) {
        conn.write(records);
      }
    } finally {
      sending.unlock();
    }
  }

  /** Says nothing, and closes the connection. */
  @Override
  public void close() {
    conn.close();
    engine.close();
  }
}

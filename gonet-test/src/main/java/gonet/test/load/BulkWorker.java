package gonet.test.load;

import gonet.Conn;
import gonet.Net;
import java.io.IOException;

/** Writes without end; a second thread reads what comes back. The latency is that of a write. */
final class BulkWorker extends Worker {
  private static final int READ_BYTES = 256 * 1024;

  private final byte[] block;

  BulkWorker(Settings settings, Measurements measurements) {
    super(settings, measurements);
    block = new byte[settings.sizeBytes()];
  }

  @Override
  void use(Conn conn) throws IOException {
    Thread reader = Net.go(() -> drain(conn));
    try {
      while (!isStopped()) {
        long start = System.nanoTime();
        write(conn, block, block.length);
        measurements().latency(System.nanoTime() - start);
      }
    } finally {
      conn.close();
      join(reader);
    }
  }

  private static void join(Thread reader) {
    try {
      reader.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Its own failure is no news: the writer meets the same and counts it. */
  private void drain(Conn conn) throws IOException {
    byte[] buf = new byte[READ_BYTES];
    while (!isStopped()) {
      read(conn, buf, 0, buf.length);
    }
  }
}

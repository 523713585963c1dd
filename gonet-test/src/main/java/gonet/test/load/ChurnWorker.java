package gonet.test.load;

import gonet.Conn;
import java.io.IOException;

/** A connection for each request; the latency is that of both. */
final class ChurnWorker extends Worker {
  private final byte[] request;
  private final byte[] buf;
  private long startNanos;

  ChurnWorker(Settings settings, Measurements measurements) {
    super(settings, measurements);
    request = new byte[settings.sizeBytes()];
    buf = new byte[settings.sizeBytes()];
  }

  @Override
  void connected(long start) {
    startNanos = start;
  }

  @Override
  void use(Conn conn) throws IOException {
    write(conn, request, request.length);
    for (int got = 0; got < buf.length; ) {
      got += read(conn, buf, got, buf.length - got);
    }
    measurements().latency(System.nanoTime() - startNanos);
  }
}

package gonet.test.load;

import gonet.Conn;
import java.io.IOException;

/** A connection for each request; the latency is that of both. */
final class ChurnWorker extends Worker {
  private final Exchange exchange;
  private final byte[] buf = new byte[16 * 1024];
  private long startNanos;

  ChurnWorker(Settings settings, Measurements measurements, Exchange exchange) {
    super(settings, measurements);
    this.exchange = exchange;
  }

  @Override
  void connected(long start) {
    startNanos = start;
  }

  @Override
  void use(Conn conn) throws IOException {
    exchange.begin();
    write(conn, exchange.request(), exchange.request().length);
    int answered;
    do {
      answered = exchange.answers(buf, 0, read(conn, buf, 0, buf.length));
    } while (answered == 0);
    measurements().latency(System.nanoTime() - startNanos);
  }
}

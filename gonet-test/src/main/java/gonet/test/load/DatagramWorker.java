package gonet.test.load;

import gonet.Conn;
import gonet.NetTimeoutException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams and their echoes, one in flight. Each begins with its number, so an echo that comes
 * after its deadline is not taken for the next one's. What does not come back in time is counted as
 * lost, and no latency.
 */
final class DatagramWorker extends Worker {
  /** The number. */
  static final int LEAST_BYTES = Long.BYTES;

  static final int MOST_BYTES = 65_507;

  private final byte[] request;
  private final byte[] buf = new byte[MOST_BYTES];
  private final @Nullable Schedule schedule;
  private long number;

  DatagramWorker(Settings settings, Measurements measurements, @Nullable Schedule schedule) {
    super(settings, measurements);
    this.schedule = schedule;
    request = new byte[settings.sizeBytes()];
  }

  @Override
  void use(Conn conn) throws IOException {
    while (!isStopped()) {
      long from = System.nanoTime();
      if (schedule != null) {
        from = schedule.nextDueNanos();
        if (!awaitMoment(from)) {
          return;
        }
      }
      ByteBuffer.wrap(request).putLong(++number);
      write(conn, request, request.length);
      try {
        awaitEcho(conn);
      } catch (NetTimeoutException e) {
        measurements().error("lost");
        continue;
      }
      measurements().reached();
      measurements().latency(System.nanoTime() - from);
    }
  }

  private void awaitEcho(Conn conn) throws IOException {
    int n;
    do {
      n = read(conn, buf, 0, buf.length);
    } while (n != request.length || ByteBuffer.wrap(buf).getLong() != number);
  }
}

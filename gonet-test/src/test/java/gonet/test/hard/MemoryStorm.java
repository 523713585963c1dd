package gonet.test.hard;

import gonet.Conn;
import gonet.Net;
import gonet.TcpAddr;
import gonet.server.Server;
import gonet.server.ShutdownReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * An echo whose handlers fill the heap, all together, for as long as the storm lasts: whatever
 * anybody allocates meanwhile may fail, gonet's own threads included. Then everything is freed.
 *
 * <p>Argument: how long, in milliseconds. Tells its port, {@code calm}, and at the end what is
 * left.
 */
final class MemoryStorm {
  private static final int PIECE_BYTES = 4096;

  /** Guarded by the class. */
  private static final ArrayDeque<byte[]> HOARD = new ArrayDeque<>();

  private static volatile boolean storm = true;

  private MemoryStorm() {}

  public static void main(String[] args) throws Exception {
    Server server =
        Server.builder().listenOn("tcp", "127.0.0.1:0").handler(MemoryStorm::serve).start();
    Child.tell(((TcpAddr) server.addr()).port());
    Child.awaitLine();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[0]));
    waitFor(end);
    storm = false;
    free();
    System.out.println(); // behind half a stack trace, perhaps
    Child.tell("calm");
    Child.awaitLine();
    ShutdownReport report = server.shutdown(Duration.ofSeconds(2));
    Child.tell(
        report.outcome()
            + ", connections "
            + server.connections()
            + ", open "
            + Net.stats().open());
    System.exit(0);
  }

  private static void serve(Conn conn) throws IOException {
    byte[] buf = new byte[16];
    for (int n; (n = conn.read(buf)) >= 0; ) {
      fill();
      conn.write(buf, 0, n);
    }
  }

  /** To the very end, with whatever size still fits. */
  private static void fill() {
    for (int size = PIECE_BYTES; storm; ) {
      byte[] piece = new byte[size]; // ends the handler, and its connection
      synchronized (MemoryStorm.class) {
        HOARD.add(piece);
      }
    }
  }

  /** Needs no memory. */
  private static void waitFor(long end) {
    while (System.nanoTime() < end) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException | OutOfMemoryError e) {
        Thread.onSpinWait();
      }
    }
  }

  private static void free() {
    synchronized (MemoryStorm.class) {
      while (HOARD.poll() != null) {
        // Its pieces are free now; the queue itself would need memory to be replaced.
      }
    }
  }
}

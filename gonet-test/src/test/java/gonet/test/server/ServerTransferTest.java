package gonet.test.server;

import static gonet.test.server.Clients.dial;
import static gonet.test.server.Clients.echo;
import static gonet.test.server.Clients.eventually;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.test.Effect;
import gonet.test.LeakCheck;
import gonet.wire.WireLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server's connection that is carried on to another: counted, watched and never idle meanwhile.
 */
@LeakCheck
@Timeout(180)
class ServerTransferTest {
  private static final int SMALL = 100_000;
  private static final int SIZE = 3_000_000;

  private final AtomicReference<ServerConn> accepted = new AtomicReference<>();

  private void carryBack(ServerConn conn) throws Exception {
    accepted.set(conn);
    conn.inputStream().transferTo(conn.outputStream());
  }

  private static void exchange(Conn conn) throws Exception {
    byte[] data = new Effect.Garbage(SIZE, 19).bytes();
    Thread writer = Thread.ofVirtual().start(() -> write(conn, data));
    byte[] got = new byte[SIZE];
    conn.readFully(got);
    writer.join();
    assertArrayEquals(data, got);
  }

  private static void write(Conn conn, byte[] data) {
    try {
      conn.write(data);
    } catch (IOException e) {
      conn.abort(); // the reader sees it
    }
  }

  @Test
  void bytesAreCountedWhileTheyPass() throws Exception {
    try (Server server = echo().handler(this::carryBack).start();
        Conn conn = dial(server)) {
      exchange(conn);
      assertEquals(SIZE, accepted.get().bytesRead());
      eventually(() -> accepted.get().bytesWritten() == SIZE);
      assertEquals(ServerConn.Phase.SERVING, accepted.get().phase());
    }
  }

  @Test
  void aWireLogSeesEveryByte() throws Exception {
    AtomicLong read = new AtomicLong();
    AtomicLong written = new AtomicLong();
    WireLog log =
        new WireLog() {
          @Override
          public void read(Conn conn, ByteBuffer bytes) {
            read.addAndGet(bytes.remaining());
          }

          @Override
          public void written(Conn conn, ByteBuffer bytes) {
            written.addAndGet(bytes.remaining());
          }
        };
    try (Server server =
            echo().onConnect(conn -> conn.setWireLog(log)).handler(this::carryBack).start();
        Conn conn = dial(server)) {
      exchange(conn);
      assertEquals(SIZE, read.get());
      eventually(() -> written.get() == SIZE);
    }
  }

  @Test
  void aSlowReceiverThatGoesOnIsNotIdle() throws Exception {
    Duration idle = Duration.ofMillis(800);
    // Small buffers: where the kernel tells of no acknowledgements, what is on its way is idle.
    try (Server server =
            echo()
                .listenConfig(ListenConfig.defaults().withWriteBuffer(SMALL))
                .idleTimeout(idle)
                .handler(this::carryBack)
                .start();
        Conn conn =
            Dialer.defaults().withReadBuffer(SMALL).dialTcp("tcp", server.addr().toString())) {
      conn.setReadTimeout(Clients.LIMIT);
      byte[] data = new Effect.Garbage(16 << 20, 20).bytes();
      Thread writer = Thread.ofVirtual().start(() -> write(conn, data));
      byte[] some = new byte[1 << 20];
      long last = System.nanoTime();
      long longest = 0;
      // Longer than the limit in all, and something moves all the time.
      for (int i = 0; i < data.length / some.length; i++) {
        LockSupport.parkNanos(100_000_000);
        try {
          conn.readFully(some);
        } catch (IOException e) {
          // Rightly, if the machine stood still for so long.
          // Perhaps a while ago: what was on its way has been read since.
          Duration still = Duration.ofNanos(Math.max(longest, System.nanoTime() - last));
          assertTrue(still.compareTo(idle.dividedBy(2)) > 0, () -> "closed after " + still);
          Assumptions.abort("the machine stood still for longer than the limit");
        }
        longest = Math.max(longest, System.nanoTime() - last);
        last = System.nanoTime();
      }
      writer.join();
      longest = Math.max(longest, System.nanoTime() - last);
      int closed = (int) server.stats().idle();
      Assumptions.assumeTrue(
          closed == 0 || longest < idle.toNanos() / 2, "the machine stood still for too long");
      assertEquals(0, closed);
      assertEquals(data.length, accepted.get().bytesRead());
    }
  }
}

package gonet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What busy pipes leave to the threads that have nothing to do with them. */
@Timeout(180)
class PipeFairnessTest {
  private static final int WARM = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Test
  void moreBusyPipesThanCarriersLetOtherVirtualThreadsRun() throws Exception {
    int pairs = 2 * Runtime.getRuntime().availableProcessors();
    List<Pipe> pipes = new ArrayList<>();
    List<Thread> busy = new ArrayList<>();
    CountDownLatch warm = new CountDownLatch(pairs);
    try {
      for (int i = 0; i < pairs; i++) {
        Pipe pipe = Pipe.create();
        pipes.add(pipe);
        busy.add(Thread.startVirtualThread(() -> writeUntilClosed(pipe.first())));
        busy.add(Thread.startVirtualThread(() -> readUntilClosed(pipe.second(), warm)));
      }
      assertTrue(warm.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
      for (int i = 0; i < 10; i++) {
        assertTrue(Thread.startVirtualThread(() -> {}).join(PATIENCE), "no turn for " + PATIENCE);
      }
    } finally {
      pipes.forEach(Pipe::close);
      for (Thread thread : busy) {
        thread.join();
      }
    }
  }

  private static void writeUntilClosed(Conn conn) {
    byte[] one = new byte[1];
    try {
      while (true) {
        conn.write(one);
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private static void readUntilClosed(Conn conn, CountDownLatch warm) {
    byte[] one = new byte[1];
    try {
      for (int i = 0; conn.read(one) > 0; i++) {
        if (i == WARM) {
          warm.countDown();
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }
}

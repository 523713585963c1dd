package gonet.test.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.Net;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.LeakCheck;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Handlers do what handlers do, and more of them at once than there are carriers. */
@LeakCheck
@Timeout(180)
class HandlersTest {
  private static final int HANDLERS = 24;
  private static final int ROUNDS = 20;

  /** Echoes of a peer, on threads of gonet's own, while the handlers are at it. */
  private interface Handler {
    void run(int number, Conn conn) throws Exception;
  }

  /** Runs handlers on gonet's threads, each with a connection whose other end echoes. */
  private static void handle(Handler handler) throws Exception {
    List<FutureTask<Boolean>> results = new ArrayList<>();
    List<ConnPair> pairs = new ArrayList<>();
    try {
      for (int i = 0; i < HANDLERS; i++) {
        int number = i;
        ConnPair pair = ConnPairs.dialled("tcp", "127.0.0.1:0").connect();
        pairs.add(pair);
        results.add(
            go(
                () -> {
                  byte[] buf = new byte[64];
                  for (int n; (n = pair.right().read(buf)) >= 0; ) {
                    pair.right().write(buf, 0, n);
                  }
                  return true;
                }));
        results.add(
            go(
                () -> {
                  try (Conn conn = pair.left()) {
                    handler.run(number, conn);
                  }
                  return true;
                }));
      }
      for (FutureTask<Boolean> result : results) {
        assertTrue(result.get(50, TimeUnit.SECONDS));
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a handler failed", e.getCause());
    } finally {
      pairs.forEach(ConnPair::close);
    }
  }

  private static <T> FutureTask<T> go(Callable<T> task) {
    FutureTask<T> future = new FutureTask<>(task);
    var _ = Net.go(future::run);
    return future;
  }

  private static void ping(Conn conn) throws Exception {
    byte[] out = {1, 2, 3};
    conn.write(out);
    conn.readFully(new byte[3]);
  }

  @Test
  void aMonitorIsHeldAcrossAWaitForTheNetwork() throws Exception {
    Object monitor = new Object();
    AtomicInteger inside = new AtomicInteger();
    handle(
        (_, conn) -> {
          for (int i = 0; i < ROUNDS; i++) {
            synchronized (monitor) {
              assertEquals(1, inside.incrementAndGet());
              ping(conn);
              inside.decrementAndGet();
            }
          }
        });
  }

  @Test
  void handlersWaitForAndNotifyEachOther() throws Exception {
    int[] turn = {0};
    handle(
        (number, conn) -> {
          for (int i = 0; i < ROUNDS; i++) {
            synchronized (turn) {
              while (turn[0] % HANDLERS != number) {
                turn.wait(10_000);
              }
              turn[0]++;
              turn.notifyAll();
            }
            ping(conn);
          }
        });
    assertEquals(HANDLERS * ROUNDS, turn[0]);
  }

  @Test
  @SuppressWarnings("ThreadPriorityCheck") // to see that yielding does no harm
  void handlersSleepAndYield() throws Exception {
    handle(
        (_, conn) -> {
          for (int i = 0; i < ROUNDS; i++) {
            long start = System.nanoTime();
            Thread.sleep(2);
            assertTrue(System.nanoTime() - start >= 2_000_000);
            Thread.yield();
            ping(conn);
          }
        });
  }

  @Test
  void handlersUseLocksAndConditions() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Condition changed = lock.newCondition();
    int[] turn = {0};
    handle(
        (number, conn) -> {
          for (int i = 0; i < ROUNDS; i++) {
            lock.lock();
            try {
              while (turn[0] % HANDLERS != number) {
                assertTrue(changed.await(20, TimeUnit.SECONDS));
              }
              turn[0]++;
              ping(conn);
              changed.signalAll();
            } finally {
              lock.unlock();
            }
          }
        });
  }

  @Test
  void handlersReadAndWriteFiles(@TempDir Path folder) throws Exception {
    handle(
        (number, conn) -> {
          Path file = folder.resolve("file" + number);
          for (int i = 0; i < ROUNDS; i++) {
            Files.writeString(file, "round " + i);
            ping(conn);
            assertEquals("round " + i, Files.readString(file));
          }
          Files.delete(file);
        });
  }

  @Test
  void handlersUseTheJdksOwnSockets() throws Exception {
    handle(
        (_, conn) -> {
          try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            FutureTask<Integer> accepted =
                go(
                    () -> {
                      try (Socket socket = server.accept()) {
                        int sum = 0;
                        for (int b; (b = socket.getInputStream().read()) >= 0; ) {
                          sum += b;
                          socket.getOutputStream().write(b);
                        }
                        return sum;
                      }
                    });
            try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
              socket.setSoTimeout(20_000);
              for (int i = 0; i < ROUNDS; i++) {
                socket.getOutputStream().write(1);
                assertEquals(1, socket.getInputStream().read());
                ping(conn);
              }
            }
            assertEquals(ROUNDS, accepted.get());
          }
        });
  }

  @Test
  void handlersHandOverToEachOther() throws Exception {
    BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(2);
    handle(
        (number, conn) -> {
          for (int i = 0; i < 5 * ROUNDS; i++) {
            if (number % 2 == 0) {
              queue.put(i);
            } else {
              assertTrue(queue.take() >= 0);
            }
          }
          ping(conn);
        });
    assertTrue(queue.isEmpty());
  }

  @Test
  void handlersStartThreadsAndExecutorsOfTheirOwn() throws Exception {
    handle(
        (_, conn) -> {
          AtomicInteger ran = new AtomicInteger();
          List<Thread> children = new ArrayList<>();
          for (int i = 0; i < ROUNDS; i++) {
            children.add(Thread.startVirtualThread(ran::incrementAndGet));
          }
          for (Thread child : children) {
            child.join();
          }
          assertEquals(ROUNDS, ran.get());
          try (ExecutorService executor = Executors.newThreadPerTaskExecutor(Net.threadFactory())) {
            Future<Boolean> pinged =
                executor.submit(
                    () -> {
                      ping(conn);
                      return true;
                    });
            assertTrue(pinged.get());
          }
        });
  }

  @Test
  void aHandlerThatIsInterruptedWhileItSleepsGoesOn() throws Exception {
    handle(
        (_, conn) -> {
          Thread self = Thread.currentThread();
          for (int i = 0; i < ROUNDS; i++) {
            var _ = Net.go(self::interrupt);
            assertThrows(InterruptedException.class, () -> Thread.sleep(20_000));
            ping(conn);
          }
        });
  }

  /** A class initializer pins its thread, and everybody who needs the class waits for it pinned. */
  @Test
  void aClassInitializerWaitsForTheNetwork() throws Exception {
    assumeTrue(
        Net.stats().lane().equals("carrier"),
        "the JDK's scheduler runs nobody while each of its carriers holds a pinned thread");
    handle(
        (_, conn) -> {
          Slow.CONN.compareAndSet(null, conn);
          assertEquals(3, Slow.Loaded.ANSWER);
          if (!conn.equals(Slow.CONN.get())) {
            ping(conn);
          }
        });
  }

  private static final class Slow {
    static final AtomicReference<@Nullable Conn> CONN = new AtomicReference<>();

    static final class Loaded {
      static final int ANSWER = answer();

      private static int answer() {
        try {
          ping(Objects.requireNonNull(CONN.get()));
          return 3;
        } catch (Exception e) {
          return -1;
        }
      }
    }
  }
}

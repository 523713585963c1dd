package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.tls.TlsVersion;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a connection under TLS holds while nothing happens. */
@LeakCheck
@Proves("tls-idle")
class TlsIdleTest {
  private static final int PAIRS = 200;

  /** A single record's buffer at each end would be more than this. */
  private static final long PAIR_BYTES = 32 * 1024;

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private final List<ConnPair> pairs = new ArrayList<>();

  @AfterEach
  void end() throws Exception {
    pairs.forEach(ConnPair::close);
    crew.end();
  }

  private void establish(ConnPairs kind, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      ConnPair pair = kind.connect();
      pairs.add(pair);
      pair.left().write(new byte[1000]);
      pair.right().readFully(new byte[1000]);
      pair.right().write(new byte[1000]);
      pair.left().readFully(new byte[1000]);
    }
  }

  @Test
  void aReaderThatWaitsHoldsNoBuffer() throws Exception {
    ConnPairs kind =
        TlsPairs.over(ConnPairs.dialled("tcp4", "127.0.0.1:0"), TlsVersion.TLS_1_3, true);
    establish(kind, 20); // classes, pools and sessions that all share
    long before = usedBytes();
    establish(kind, PAIRS);
    List<Job<Integer>> readers = new ArrayList<>();
    for (ConnPair pair : pairs.subList(20, 20 + PAIRS)) {
      readers.add(crew.compute("left", () -> pair.left().read(new byte[1])).awaitParked());
      readers.add(crew.compute("right", () -> pair.right().read(new byte[1])).awaitParked());
    }
    long each = (usedBytes() - before) / PAIRS;
    assertTrue(each < PAIR_BYTES, each + " bytes of heap for each pair");
    for (ConnPair pair : pairs.subList(20, 20 + PAIRS)) {
      pair.left().write(new byte[1]);
      pair.right().write(new byte[1]);
    }
    for (Job<Integer> reader : readers) {
      assertEquals(1, reader.result());
    }
  }

  private static long usedBytes() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(20); // what is dropped by reference queues
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}

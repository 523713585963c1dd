package gonet.internal.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import gonet.internal.backend.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class ScratchTest {
  @Test
  void whatIsTakenIsNobodyElsesUntilItIsReleased() {
    Scratch first = Scratch.take();
    Scratch second = Scratch.take();
    assertNotSame(first, second);
    second.release();
    first.release();
  }

  @Test
  void whatIsReleasedIsTakenAgain() {
    Scratch first = Scratch.take();
    first.release();
    Scratch again = Scratch.take();
    assertSame(first, again);
    again.release();
  }

  /** Each task makes calls that fail in its own way; a shared errno would mix them up. */
  @Test
  void errnoNeverCrossesFromOneThreadToAnother() throws Exception {
    List<Future<?>> tasks = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int task = 0; task < 64; task++) {
        boolean badNumber = task % 2 == 0;
        tasks.add(
            executor.submit(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    if (badNumber) {
                      assertEquals(-Errno.EBADF, SocketCalls.listen(-1, 1));
                    } else {
                      assertEquals(-Errno.EAFNOSUPPORT, SocketCalls.socket(9999, 1, 0));
                    }
                  }
                }));
      }
      for (Future<?> task : tasks) {
        task.get();
      }
    }
  }
}

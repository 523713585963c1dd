package gonet.internal.poll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Errno;
import gonet.internal.backend.KernelPipe;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets a pipe, and when one is closed. */
@Timeout(180)
class PipesTest {
  private final FakePipes kernel = new FakePipes();
  private final ManualLane lane = new ManualLane();
  private final Pipes pipes = new Pipes(kernel, lane);

  private KernelPipe take() {
    KernelPipe pipe = pipes.take();
    assertNotNull(pipe);
    return pipe;
  }

  @Test
  void aPipeThatWasGivenBackIsLentAgainTheLastOneFirst() {
    KernelPipe first = take();
    KernelPipe second = take();
    pipes.give(first);
    pipes.give(second);
    assertSame(second, take());
    assertSame(first, take());
    assertEquals(2, kernel.made.size());
  }

  @Test
  void aPipeThatWasDroppedIsClosedAndNeverLentAgain() {
    KernelPipe dirty = take();
    pipes.drop(dirty);
    assertTrue(((FakePipe) dirty).closed());
    assertEquals(0, kernel.open());
    assertFalse(((FakePipe) take()).closed());
  }

  @Test
  void pipesThatNobodyWantsAreClosedAndNoTimerIsLeft() {
    KernelPipe first = take();
    pipes.give(take());
    pipes.give(first);
    assertEquals(1, lane.armedTimers());
    Eventually.until(() -> kernel.open() == 0);
    Eventually.until(() -> lane.armedTimers() == 0);
    pipes.give(take()); // and the next one is looked after as well
    Eventually.until(() -> kernel.open() == 0);
  }

  @Test
  void thereAreNeverMoreThanTheBound() {
    List<KernelPipe> lent = new ArrayList<>();
    for (int i = 0; i < Pipes.MAX_OPEN; i++) {
      lent.add(take());
    }
    assertNull(pipes.take());
    assertEquals(Pipes.MAX_OPEN, kernel.asked.get());
    pipes.drop(lent.removeLast());
    assertNotNull(pipes.take());
  }

  @Test
  void aKernelThatHasNoneIsLeftAloneForAWhile() {
    kernel.refusal = Errno.EMFILE;
    assertNull(pipes.take());
    assertNull(pipes.take());
    assertEquals(1, kernel.asked.get());
    kernel.refusal = 0;
    Eventually.until(() -> pipes.take() != null);
  }

  @Test
  void failuresDoNotCountAgainstTheBound() {
    kernel.refusal = Errno.EMFILE;
    for (int i = 0; i < 3; i++) {
      int asked = kernel.asked.get();
      Eventually.until(() -> pipes.take() != null || kernel.asked.get() > asked);
    }
    kernel.refusal = 0;
    Eventually.until(() -> pipes.take() != null);
    for (int i = 1; i < Pipes.MAX_OPEN; i++) {
      assertNotNull(pipes.take());
    }
  }

  @Test
  void aBackendWithoutPipesIsAskedOnce() {
    kernel.refusal = Errno.ENOSYS;
    assertNull(pipes.take());
    kernel.refusal = 0;
    assertNull(pipes.take());
    assertEquals(1, kernel.asked.get());
  }
}

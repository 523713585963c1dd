package gonet.internal.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever happens to need a thread of gonet's first does not own it. */
@Timeout(180)
@SuppressWarnings("ThreadPriorityCheck") // the priority is what is tested
class DaemonsTest {
  private static final InheritableThreadLocal<String> INHERITED = new InheritableThreadLocal<>();

  @Test
  void aDaemonTakesNothingFromTheThreadThatMakesIt() throws Exception {
    ThreadGroup container = new ThreadGroup("a container's");
    FutureTask<Thread> maker = new FutureTask<>(() -> Daemons.unstarted("of gonet", () -> {}));
    Thread caller =
        new Thread(
            container,
            () -> {
              INHERITED.set("of the container");
              Thread.currentThread().setContextClassLoader(new ClassLoader() {});
              Thread.currentThread().setPriority(Thread.MIN_PRIORITY);
              maker.run();
            });
    caller.start();
    Thread daemon = maker.get(10, TimeUnit.SECONDS);
    assertTrue(daemon.isDaemon());
    assertEquals("of gonet", daemon.getName());
    assertEquals(Thread.NORM_PRIORITY, daemon.getPriority());
    assertSame(ClassLoader.getSystemClassLoader(), daemon.getContextClassLoader());
    assertNull(daemon.getThreadGroup().getParent());
  }

  @Test
  void aDaemonInheritsNoThreadLocal() throws Exception {
    INHERITED.set("of the caller");
    try {
      FutureTask<String> seen = new FutureTask<>(INHERITED::get);
      Daemons.unstarted("of gonet", seen).start();
      assertNull(seen.get(10, TimeUnit.SECONDS));
    } finally {
      INHERITED.remove();
    }
  }
}

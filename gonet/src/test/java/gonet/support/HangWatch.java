package gonet.support;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Ends a JVM whose tests stand still, with a dump of all threads, virtual ones included. JUnit's
 * own timeout interrupts, and a close that hangs waits on through interrupts. Any beginning or end
 * of a test is a step; the JVM halts when none has come for {@code -Dgonet.test.hangSeconds}, 900
 * by default. The dump goes into the folder of the system property {@code gonet.test.hangFolder},
 * {@code target} by default.
 */
public final class HangWatch
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  private static final long LIMIT_NANOS =
      TimeUnit.SECONDS.toNanos(Integer.getInteger("gonet.test.hangSeconds", 900));

  /** What no exit code of Java or of a shell means. */
  private static final int HALTED = 86;

  private static volatile long lastStep = System.nanoTime();
  private static volatile String step = "the beginning";

  /** Guarded by the monitor of this class. */
  private static Thread watch;

  private static void step(String when, ExtensionContext context) {
    step = when + " " + context.getRequiredTestClass().getName() + ": " + context.getDisplayName();
    lastStep = System.nanoTime();
    start();
  }

  private static synchronized void start() {
    if (watch == null) {
      watch = Thread.ofPlatform().daemon().name("hang watch").start(HangWatch::look);
    }
  }

  private static void look() {
    for (long left; (left = lastStep + LIMIT_NANOS - System.nanoTime()) > 0; ) {
      LockSupport.parkNanos(left);
    }
    System.err.println(
        "Nothing has happened for "
            + TimeUnit.NANOSECONDS.toSeconds(LIMIT_NANOS)
            + " s since "
            + step);
    try {
      Path folder = Path.of(System.getProperty("gonet.test.hangFolder", "target"));
      Path dump =
          Files.createDirectories(folder.toAbsolutePath())
              .resolve("hang-" + ProcessHandle.current().pid() + ".txt");
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      System.err.println("All threads are in " + dump);
    } catch (Throwable t) {
      System.err.println("No dump: " + t);
    } finally {
      Runtime.getRuntime().halt(HALTED);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    step("before", context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    step("the beginning of", context);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    step("the end of", context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    step("after", context);
  }
}

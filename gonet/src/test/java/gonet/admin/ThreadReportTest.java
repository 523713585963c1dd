package gonet.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.time.Daemons;
import gonet.support.Proves;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Proves("admin-threads")
class ThreadReportTest {
  @Test
  void equalStacksAreOneEntryAndTheMostComeFirst() {
    String dump =
        """
        123
        2026-01-01T00:00:00Z
        25

        #1 "main" RUNNABLE 2026-01-01T00:00:00Z
            at A.a(A.java:1)

        #2 "w "1"" virtual WAITING 2026-01-01T00:00:00Z
            at B.b(B.java:1)
            - parking to wait for <X@1>
            at B.c(B.java:2)

        #3 "" virtual WAITING 2026-01-01T00:00:01Z
            at B.b(B.java:1)
            - parking to wait for <X@2>
            at B.c(B.java:2)
        """;
    assertEquals(
        """
        2 threads, virtual WAITING: "w "1"", ""
            at B.b(B.java:1)
            at B.c(B.java:2)

        1 thread, RUNNABLE: "main"
            at A.a(A.java:1)

        """,
        ThreadReport.grouped(dump.lines()));
  }

  /** One that holds a carrier for seconds would stop the program that it shows. */
  @Test
  @Timeout(180)
  void aDumpHasAPlatformThreadOfItsOwnAndIsAlone() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicReference<Thread> dumps = new AtomicReference<>();
    ThreadReport report =
        new ThreadReport(
            () -> {
              dumps.set(Thread.currentThread());
              begun.countDown();
              try {
                mayEnd.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return "all";
            });
    FutureTask<AdminResponse> first = new FutureTask<>(report::answer);
    Thread asks = Thread.startVirtualThread(first);
    begun.await();
    assertEquals(409, assertThrows(AdminRequest.Malformed.class, report::answer).status);
    assertFalse(dumps.get().isVirtual());
    assertTrue(dumps.get().isDaemon());
    mayEnd.countDown();
    assertEquals(200, first.get().status());
    asks.join();
    assertEquals(200, report.answer().status());
  }

  @Test
  @Timeout(180)
  void whateverEndsADumpTheNextOneMayCome() throws Exception {
    Queue<Throwable> failures =
        new ArrayDeque<>(
            List.of(
                new IOException("no disk"),
                new NoClassDefFoundError("no module"),
                new IllegalStateException("odd")));
    ThreadReport report =
        new ThreadReport(
            () ->
                switch (failures.poll()) {
                  case IOException e -> throw e;
                  case RuntimeException e -> throw e;
                  case Error e -> throw e;
                  case null, default -> "all";
                });
    assertThrows(IOException.class, report::answer);
    assertThrows(NoClassDefFoundError.class, report::answer);
    assertThrows(IllegalStateException.class, report::answer);
    IOException noThread =
        assertThrows(
            IOException.class,
            () ->
                Daemons.making(
                    (name, task) ->
                        new Thread(task, name) {
                          @Override
                          public void start() {
                            throw new OutOfMemoryError("unable to create native thread");
                          }
                        },
                    report::answer));
    assertTrue(noThread.getMessage().contains("gonet-admin-threads"), noThread::getMessage);
    assertEquals(200, report.answer().status());
  }
}

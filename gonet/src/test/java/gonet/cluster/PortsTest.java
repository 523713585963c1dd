package gonet.cluster;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.ListenConfig;
import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ports that take long to open, or cannot be: a lookup of a name may last. */
@Timeout(180)
@Proves("cluster")
class PortsTest {
  private static final String LOOPBACK = "127.0.0.1:0";

  private final CountDownLatch inControl = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final AtomicInteger listens = new AtomicInteger();

  /** The first listen waits, and fails or not. */
  private Ports ports(boolean fails) {
    return new Ports(
        ListenConfig.defaults()
            .withControl(
                (network, address, socket) -> {
                  if (listens.incrementAndGet() == 1) {
                    inControl.countDown();
                    awaitGo();
                    if (fails) {
                      throw new IOException("for the test");
                    }
                  }
                }),
        SharePolicy.SHARED);
  }

  private void awaitGo() throws InterruptedIOException {
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new InterruptedIOException();
    }
  }

  private static CompletableFuture<SharedPort> get(Ports ports, CompletableFuture<Thread> thread) {
    CompletableFuture<SharedPort> result = new CompletableFuture<>();
    thread.complete(
        Thread.startVirtualThread(
            () -> {
              try {
                result.complete(ports.get("tcp", LOOPBACK));
              } catch (Throwable t) {
                result.completeExceptionally(t);
              }
            }));
    return result;
  }

  private static String failure(CompletableFuture<SharedPort> result) {
    return String.valueOf(
        assertThrows(ExecutionException.class, () -> result.get(20, TimeUnit.SECONDS))
            .getCause()
            .getMessage());
  }

  @Test
  void aWorkerOfAnotherUserGetsNoPortThatIsNotOpen() throws Exception {
    Ports ports = new Ports(ListenConfig.defaults(), SharePolicy.SHARED);
    ClusterException e =
        assertThrows(ClusterException.class, () -> ports.existing("tcp", LOOPBACK, 1));
    assertEquals(
        "cluster: a worker of another user has the ports of listenOn alone", e.getMessage());
    SharedPort named = ports.get("tcp", LOOPBACK);
    assertSame(named, ports.existing("tcp", LOOPBACK, 1));
    assertSame(named, ports.existing("tcp", named.open().toString(), 1));
    ports.close();
  }

  @Test
  void theEndDoesNotWaitForAPortThatIsBeingOpened() throws Exception {
    Ports ports = ports(false);
    CompletableFuture<SharedPort> opens = get(ports, new CompletableFuture<>());
    assertTrue(inControl.await(20, TimeUnit.SECONDS));
    ports.drain(() -> Clock.LONG_AGO, () -> true);
    ports.close();
    goOn.countDown();
    assertEquals("cluster: it ends", failure(opens));
  }

  @Test
  void allWhoWaitForAPortHearWhyItFailsAndTheNextOneTriesAgain() throws Exception {
    Ports ports = ports(true);
    CompletableFuture<SharedPort> first = get(ports, new CompletableFuture<>());
    assertTrue(inControl.await(20, TimeUnit.SECONDS));
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    CompletableFuture<SharedPort> second = get(ports, thread);
    await().until(() -> thread.join().getState() == Thread.State.WAITING);
    goOn.countDown();
    assertTrue(failure(first).endsWith("for the test"));
    assertTrue(failure(second).endsWith("for the test"));
    assertEquals("tcp", ports.get("tcp", LOOPBACK).open().network());
    assertEquals(2, listens.get());
    ports.close();
  }
}

package gonet.internal.epoll;

import static gonet.internal.backend.Readiness.READ;
import static gonet.internal.backend.Readiness.WRITE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.sys.EpollCalls;
import gonet.internal.sys.SocketCalls;
import java.lang.reflect.Field;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native code with a double close takes gonet's epoll descriptor, and perhaps somebody gets it. */
@Timeout(180)
class LostSetTest {
  private static final long SECONDS_10 = TimeUnit.SECONDS.toNanos(10);

  private final AtomicInteger told = new AtomicInteger();
  private EpollReadiness readiness;
  private TcpPair pair;

  /** What has the lost number now, or −1. */
  private int thief = -1;

  @BeforeEach
  void open() throws Exception {
    readiness = EpollReadiness.open();
    pair = TcpPair.open();
    readiness.register(pair.server(), told::set);
    poll(0);
    told.set(0);
  }

  @AfterEach
  void close() {
    readiness.deregister(pair.server());
    pair.close();
    readiness.close();
    if (thief >= 0) {
      SocketCalls.close(thief);
    }
  }

  private int number(String name) throws ReflectiveOperationException {
    Field field = EpollReadiness.class.getDeclaredField(name);
    field.setAccessible(true);
    return (int) field.get(readiness);
  }

  private void lose(String name, boolean taken) throws ReflectiveOperationException {
    int number = number(name);
    SocketCalls.close(number);
    if (taken) {
      thief = EpollCalls.eventfd();
      assertEquals(number, thief, "the kernel gives the lowest free number");
    }
  }

  /** As a lane does: a failure is survived. Returns what it says. */
  private String poll(long nanos) {
    try {
      readiness.poll(nanos);
      return "";
    } catch (IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static void peerSends(TcpPair pair) {
    assertEquals(1, pair.client().send(new byte[1], 0, 1));
  }

  private void assertReports() {
    peerSends(pair);
    await()
        .until(
            () -> {
              poll(0);
              return (told.get() & READ) != 0;
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLostSetIsReplacedOnceAndToldOnce(boolean taken) throws Exception {
    lose("inner", taken);
    String said = poll(0);
    assertTrue(said.contains(taken ? "EINVAL" : "EBADF"), said);
    assertTrue(said.contains("1 registrations"), said);
    assertEquals("", poll(0));
    assertReports();
    assertEquals(1, readiness.registered());
    assertEquals(0, readiness.failure());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aThreadThatSleepsOnTheOuterSetIsWokenByTheNewInnerOne(boolean taken) throws Exception {
    AtomicReference<Boolean> ready = new AtomicReference<>();
    readiness.armSleeper();
    Thread sleeper = Thread.ofPlatform().start(() -> ready.set(readiness.sleep(SECONDS_10)));
    lose("inner", taken);
    poll(0);
    peerSends(pair);
    sleeper.join();
    assertEquals(true, ready.get());
    assertReports();
  }

  @Test
  void aThreadThatWaitsInTheLostSetIsWoken() throws Exception {
    Thread waiter = Thread.ofPlatform().daemon().start(() -> poll(-1));
    await().until(() -> waiter.getState() == Thread.State.RUNNABLE);
    lose("inner", false);
    poll(0);
    waiter.join(SECONDS_10 / 1_000_000);
    assertTrue(!waiter.isAlive());
    assertReports();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLostOuterSetIsReplaced(boolean taken) throws Exception {
    lose("outer", taken);
    String said = "";
    try {
      readiness.armSleeper();
    } catch (IllegalStateException e) {
      said = String.valueOf(e.getMessage());
    }
    assertTrue(said.contains("it is replaced"), said);
    peerSends(pair);
    assertTrue(readiness.sleep(SECONDS_10));
    assertReports();
  }

  @Test
  void aRegistrationFindsTheLossToo() throws Exception {
    lose("inner", false);
    TcpPair other = TcpPair.open();
    try {
      AtomicInteger events = new AtomicInteger();
      readiness.register(other.server(), events::set);
      peerSends(other);
      await()
          .until(
              () -> {
                poll(0);
                return (events.get() & READ) != 0;
              });
      assertReports();
      assertEquals(2, readiness.registered());
    } finally {
      readiness.deregister(other.server());
      other.close();
    }
  }

  /** Nobody can be told of anything, so everybody is sent to look at the failure. */
  @Test
  void whoeverWaitsIsToldWhenALostSetCannotBeReplaced() throws Exception {
    SocketCalls.close(number("inner"));
    SocketCalls.close(number("eventfd")); // a new set without it could not be woken
    String said = poll(0);
    assertTrue(said.contains("cannot be replaced"), said);
    assertEquals(READ | WRITE, told.get());
    assertTrue(readiness.failure() > 0);
    told.set(0);
    assertTrue(poll(0).contains("cannot be replaced"));
    assertEquals(0, told.get(), "told once");
    var _ = EpollCalls.eventfd(); // fill both holes, because close() closes the numbers
    var _ = EpollCalls.eventfd();
  }

  /** Or all wakes behind it would take theirs for told. */
  @Test
  void aWakeThatFailsLeavesNothingPending() throws Exception {
    int eventfd = number("eventfd");
    SocketCalls.close(eventfd);
    thief = EpollCalls.create(); // which cannot be written to
    assertEquals(eventfd, thief, "the kernel gives the lowest free number");
    readiness.wake();
    long start = System.nanoTime();
    assertEquals("", poll(20_000_000));
    assertTrue(System.nanoTime() - start >= 20_000_000, "the wait was over at once");
    thief = -1; // close() closes the number
  }
}

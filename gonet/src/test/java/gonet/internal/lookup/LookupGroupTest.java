package gonet.internal.lookup;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Background;
import gonet.netip.Addr;
import gonet.support.Proves;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Names that are stuck, and the others. A host whose name begins with {@code dead} is stuck until
 * the test lets it go; all others are answered at once.
 */
@Timeout(180)
class LookupGroupTest {
  private static final long LONG = TimeUnit.HOURS.toNanos(1);
  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(50);

  private final Map<String, CountDownLatch> dead = new ConcurrentHashMap<>();

  /** Hosts whose lookups began, in order. */
  private final List<String> began = new CopyOnWriteArrayList<>();

  private final List<Background<List<Addr>>> callers = new ArrayList<>();

  private List<Addr> query(String host) throws IOException {
    began.add(host);
    if (host.startsWith("dead")) {
      try {
        latch(host).await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
    if (host.startsWith("unknown")) {
      throw new IOException("no such host");
    }
    return List.of(Addr.parse("192.0.2.1"));
  }

  private CountDownLatch latch(String host) {
    return dead.computeIfAbsent(host, _ -> new CountDownLatch(1));
  }

  /** An answer comes a moment before its thread is free. */
  private static void awaitIdle(LookupGroup group) {
    await().until(() -> group.running() == 0);
  }

  private LookupGroup group(int maxThreads, int reserved, long patience) {
    return new LookupGroup(this::query, maxThreads, reserved, patience);
  }

  /** A caller who waits as long as it takes. */
  private Background<List<Addr>> ask(LookupGroup group, String host) {
    int waiting = group.waiting();
    Background<List<Addr>> caller = Background.call(() -> group.lookup(host, LONG));
    callers.add(caller);
    await().until(() -> group.waiting() > waiting || caller.isDone());
    return caller;
  }

  @AfterEach
  void letAllGo() {
    dead.values().forEach(CountDownLatch::countDown);
  }

  @Test
  @Proves("names-limit")
  void aHundredDeadNamesDelayNobody() throws Exception {
    LookupGroup group = new LookupGroup(this::query);
    for (int i = 0; i < 100; i++) {
      ask(group, "dead" + i);
    }
    assertEquals(1, group.lookup("good", LONG).size());
    await().until(() -> group.running() == 100); // the answer comes before its thread is free
  }

  @Test
  void aHostHasOneThreadHoweverManyAskAndGiveUp() throws Exception {
    LookupGroup group = group(8, 0, LONG);
    for (int i = 0; i < 20; i++) {
      assertThrows(TimeoutException.class, () -> group.lookup("dead", SHORT / 10));
    }
    Background<List<Addr>> last = ask(group, "dead");
    assertEquals(1, group.running());
    assertEquals(List.of("dead"), began);
    latch("dead").countDown();
    assertEquals(1, last.get().size());
  }

  /** An answer comes a moment before its lookup is put away; here that moment lasts. */
  @Test
  void aQuestionThatComesAfterAnAnswerIsLookedUpAfresh() throws Exception {
    AtomicReference<Thread> worker = new AtomicReference<>();
    LookupGroup group =
        new LookupGroup(
            host -> {
              worker.compareAndSet(null, Thread.currentThread());
              return query(host);
            },
            2,
            0,
            LONG);
    Background<List<Addr>> first = ask(group, "dead");
    await().until(() -> worker.get() != null);
    synchronized (group) {
      latch("dead").countDown();
      await().until(() -> worker.get().getState() == Thread.State.BLOCKED); // has the answer
      assertEquals(1, group.lookup("dead", LONG).size());
      assertEquals(List.of("dead", "dead"), began);
    }
    assertEquals(1, first.get().size());
    awaitIdle(group);
  }

  @Test
  @Proves("names-limit")
  void aFloodOfDeadNamesNeverTakesTheThreadsOfNamesThatHadAnAnswer() throws Exception {
    LookupGroup group = group(4, 1, LONG);
    group.lookup("good", LONG);
    awaitIdle(group);
    for (int i = 0; i < 50; i++) {
      ask(group, "dead" + i);
    }
    assertEquals(3, group.running());
    for (int i = 0; i < 10; i++) {
      assertEquals(1, group.lookup("good", LONG).size());
    }
  }

  @Test
  void aNameThatFailsIsNotOneThatHadAnAnswer() throws Exception {
    LookupGroup group = group(2, 1, SHORT);
    ExecutionException e =
        assertThrows(ExecutionException.class, () -> group.lookup("unknown", LONG));
    assertInstanceOf(IOException.class, e.getCause());
    awaitIdle(group);
    ask(group, "dead");
    assertThrows(LookupGroup.NoThreadException.class, () -> group.lookup("unknown", LONG));
  }

  @Test
  void aNewNameWaitsForAThreadNoLongerThanItsCallerHasTimeAndPatience() {
    LookupGroup group = group(1, 0, SHORT);
    ask(group, "dead");
    TimeoutException late =
        assertThrows(TimeoutException.class, () -> group.lookup("new", SHORT / 2));
    assertEquals("1 lookups are without an answer, and no more may begin", late.getMessage());
    LookupGroup.NoThreadException none =
        assertThrows(LookupGroup.NoThreadException.class, () -> group.lookup("new", LONG));
    assertEquals(late.getMessage(), none.getMessage());
    assertEquals(1, group.waiting()); // the dead one's
    assertEquals(List.of("dead"), began);
  }

  @Test
  void aLookupWithAThreadIsWaitedForBeyondThePatience() throws Exception {
    LookupGroup group = group(1, 0, 1);
    Background<List<Addr>> slow = ask(group, "dead");
    slow.awaitParked();
    latch("dead").countDown();
    assertEquals(1, slow.get().size());
  }

  @Test
  void whoCameLastHasTheFirstThreadThatIsFreeAgain() throws Exception {
    LookupGroup group = group(1, 0, LONG);
    ask(group, "dead0");
    ask(group, "dead1");
    ask(group, "dead2");
    Background<List<Addr>> last = ask(group, "good");
    latch("dead0").countDown();
    assertEquals(1, last.get().size());
    await().until(() -> began.size() == 3);
    assertEquals(List.of("dead0", "good", "dead2"), began);
    latch("dead2").countDown();
    await().until(() -> began.size() == 4);
    latch("dead1").countDown();
    awaitIdle(group);
  }

  @Test
  void namesThatHadAnAnswerAreBeforeAllOthersInTheQueue() throws Exception {
    LookupGroup group = group(2, 1, LONG);
    group.lookup("good", LONG);
    latch("dead1").countDown();
    group.lookup("dead1", LONG); // it had an answer, too
    dead.remove("dead1");
    awaitIdle(group);
    ask(group, "dead0");
    ask(group, "dead1"); // in the reserve
    Background<List<Addr>> good = ask(group, "good");
    ask(group, "dead2");
    latch("dead0").countDown();
    assertEquals(1, good.get().size());
  }

  @Test
  void aLookupThatNobodyWaitsForAnyMoreLeavesTheQueue() throws Exception {
    LookupGroup group = group(1, 0, LONG);
    ask(group, "dead");
    Background<List<Addr>> impatient = ask(group, "new");
    impatient.interrupt();
    impatient.failure(InterruptedException.class);
    latch("dead").countDown();
    awaitIdle(group);
    assertEquals(List.of("dead"), began);
  }

  @Test
  void whoAsksAgainForANameInTheQueueJoinsIt() throws Exception {
    LookupGroup group = group(1, 0, LONG);
    ask(group, "dead");
    Background<List<Addr>> one = ask(group, "new");
    Background<List<Addr>> two = ask(group, "new");
    one.interrupt();
    one.failure(InterruptedException.class);
    latch("dead").countDown();
    assertEquals(1, two.get().size());
    assertEquals(List.of("dead", "new"), began);
  }

  /** All bounds hold, and nobody is forgotten, whatever the order of events. */
  @Test
  void afterMuchComingAndGoingNothingIsLeft() throws Exception {
    LookupGroup group = group(3, 1, LONG);
    List<Background<Void>> crowd = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      int seed = i;
      crowd.add(
          Background.run(
              () -> {
                for (int n = 0; n < 200; n++) {
                  long time = (seed + n) % 3 == 0 ? 1 : LONG;
                  try {
                    group.lookup("host" + (seed * n) % 7, time);
                  } catch (TimeoutException e) {
                    assertEquals(1, time);
                  }
                  assertTrue(group.running() <= 3);
                }
              }));
    }
    for (Background<Void> one : crowd) {
      one.get();
    }
    awaitIdle(group);
    assertEquals(0, group.waiting());
    group.lookup("afterwards", LONG);
  }
}

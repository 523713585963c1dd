package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gonet.netip.Addr;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The system's resolver behind a scripted operating system, and the time limit of any other. */
@Timeout(30)
class ResolverTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(30);

  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicInteger queries = new AtomicInteger();

  /** Answers every name with 192.0.2.1 once it is released. */
  private final SystemResolver slow =
      new SystemResolver(
          host -> {
            queries.incrementAndGet();
            awaitRelease();
            return new InetAddress[] {InetAddress.getByName("192.0.2.1")};
          });

  private void awaitRelease() {
    assertDoesNotThrow(() -> release.await());
  }

  @AfterEach
  void releaseTheLookupsStillRunning() {
    release.countDown();
  }

  private static SystemResolver failing(String message) {
    return new SystemResolver(
        host -> {
          throw new UnknownHostException(message);
        });
  }

  @Test
  void theOrderOfTheAnswerIsKept() throws Exception {
    InetAddress[] answer = {
      InetAddress.getByName("2001:db8::2"),
      InetAddress.getByName("192.0.2.1"),
      InetAddress.getByName("2001:db8::1"),
    };
    List<Addr> found = new SystemResolver(host -> answer).lookup("host");
    assertEquals("[2001:db8::2, 192.0.2.1, 2001:db8::1]", found.toString());
  }

  @Test
  void localhostIsLoopback() throws Exception {
    List<Addr> found = Resolver.system().lookup("localhost");
    assertTrue(found.stream().allMatch(Addr::isLoopback), found::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "127.1",
        "1.2.3",
        "2130706433",
        "host.1",
        "a\0b",
        "a b",
        "a\nb",
        "127.1."
      })
  void whatCanBeNoNameIsNotAskedOfTheSystem(String host) {
    SystemResolver resolver = new SystemResolver(asked -> fail("asked for " + asked));
    DnsException e = assertThrows(DnsException.class, () -> resolver.lookup(host));
    assertEquals("lookup " + host + ": no such host", e.getMessage());
    assertTrue(e.isNotFound());
  }

  @Test
  void aNameTooLongIsNotAskedOfTheSystem() {
    assertThrows(DnsException.class, () -> slow.lookup("x".repeat(255)));
    assertEquals(0, queries.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "a.b.", "1a", "host.1a", "xn--nxasmq6b", "_srv._tcp.host", "1.e"})
  void aNameIsAskedOfTheSystemAsItStands(String host) throws Exception {
    release.countDown();
    assertEquals("[192.0.2.1]", slow.lookup(host).toString());
    assertEquals(1, queries.get());
  }

  @ParameterizedTest
  @CsvSource({
    "host: Name or service not known, no such host, true",
    "host: nodename nor servname provided or not known, no such host, true",
    "host: No address associated with hostname, no such host, true",
    "host, no such host, true",
    "host: Temporary failure in name resolution, Temporary failure in name resolution, false",
    "host: System error, System error, false",
  })
  void aFailureSaysWhetherTheNameIsKnownNotToExist(String message, String why, boolean notFound) {
    DnsException e = assertThrows(DnsException.class, () -> failing(message).lookup("host"));
    assertEquals("lookup host: " + why, e.getMessage());
    assertEquals("host", e.name());
    assertEquals(notFound, e.isNotFound());
  }

  @Test
  void callersOfTheSameHostShareOneLookup() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Addr>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(callers.submit(() -> slow.lookup("host")));
      }
      Future<List<Addr>> other = callers.submit(() -> slow.lookup("other"));
      await().until(() -> slow.waiting() == 21);
      release.countDown();
      for (Future<List<Addr>> answer : answers) {
        assertEquals("[192.0.2.1]", answer.get().toString());
      }
      assertEquals("[192.0.2.1]", other.get().toString());
    }
    assertEquals(2, queries.get());
    assertEquals(0, slow.waiting());
    slow.lookup("host");
    assertEquals(3, queries.get(), "an answer must not be kept");
  }

  @Test
  void callersWhoShareAFailureEachGetAnExceptionOfTheirOwn() throws Exception {
    SystemResolver resolver =
        new SystemResolver(
            host -> {
              awaitRelease();
              throw new UnknownHostException(host);
            });
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<DnsException> one = callers.submit(() -> failureOf(resolver));
      Future<DnsException> two = callers.submit(() -> failureOf(resolver));
      await().until(() -> resolver.waiting() == 2);
      release.countDown();
      assertNotSame(one.get(), two.get());
      assertEquals(one.get().getMessage(), two.get().getMessage());
    }
  }

  private static DnsException failureOf(Resolver resolver) {
    return assertThrows(DnsException.class, () -> resolver.lookup("host"));
  }

  @Test
  void anInterruptedCallerLeavesWithItsStatusSetWhileOthersGoOn() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Addr>> patient = callers.submit(() -> slow.lookup("host"));
      await().until(() -> slow.waiting() == 1);
      AtomicReference<String> seen = new AtomicReference<>();
      Thread hasty =
          Thread.ofVirtual()
              .start(
                  () -> {
                    InterruptedIOException e =
                        assertThrows(InterruptedIOException.class, () -> slow.lookup("host"));
                    seen.set(e.getMessage() + " " + Thread.currentThread().isInterrupted());
                  });
      await().until(() -> slow.waiting() == 2);
      hasty.interrupt();
      hasty.join();
      assertEquals("lookup host: operation was canceled true", seen.get());
      release.countDown();
      assertEquals("[192.0.2.1]", patient.get().toString());
    }
    assertEquals(1, queries.get());
  }

  @Test
  void aLookupThatEverybodyLeftIsNotJoinedAgain() throws Exception {
    assertThrows(SocketTimeoutException.class, () -> slow.lookup("host", SHORT));
    assertEquals(0, slow.waiting());
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Addr>> next = callers.submit(() -> slow.lookup("host"));
      await().until(() -> queries.get() == 2);
      release.countDown();
      assertEquals("[192.0.2.1]", next.get().toString());
    }
  }

  @Test
  void theSystemsLookupEndsForTheCallerAtItsTimeLimit() {
    SocketTimeoutException e =
        assertThrows(SocketTimeoutException.class, () -> slow.lookup("host", SHORT));
    assertEquals("lookup host: i/o timeout", e.getMessage());
  }

  @Test
  void aTimeLimitThatHasPassedStartsNoLookup() {
    assertThrows(SocketTimeoutException.class, () -> slow.lookup("host", Duration.ZERO));
    assertThrows(SocketTimeoutException.class, () -> slow.lookup("host", Duration.ofSeconds(-1)));
    Resolver own = host -> fail("looked up " + host);
    assertThrows(SocketTimeoutException.class, () -> own.lookup("host", Duration.ZERO));
    assertEquals(0, queries.get());
  }

  @Test
  void aLookupRunsOnADaemonPlatformThreadWhoeverAsks() throws Exception {
    AtomicReference<Boolean> virtual = new AtomicReference<>();
    AtomicReference<Boolean> daemon = new AtomicReference<>();
    SystemResolver resolver =
        new SystemResolver(
            host -> {
              virtual.set(Thread.currentThread().isVirtual());
              daemon.set(Thread.currentThread().isDaemon());
              return new InetAddress[0];
            });
    Thread.ofVirtual().start(() -> assertDoesNotThrow(() -> resolver.lookup("host"))).join();
    assertEquals(false, virtual.get());
    // A thread inherits being a daemon, and no lookup may keep a JVM alive for any caller.
    Thread.ofPlatform()
        .daemon(false)
        .start(() -> assertDoesNotThrow(() -> resolver.lookup("host")))
        .join();
    assertEquals(true, daemon.get());
  }

  @Test
  void aResolverOfTheUsersIsInterruptedAtItsTimeLimit() {
    CountDownLatch interrupted = new CountDownLatch(1);
    Resolver own =
        host -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw new InterruptedIOException();
          }
          return List.of();
        };
    SocketTimeoutException e =
        assertThrows(SocketTimeoutException.class, () -> own.lookup("host", SHORT));
    assertEquals("lookup host: i/o timeout", e.getMessage());
    assertDoesNotThrow(() -> interrupted.await());
  }

  @Test
  void aResolverOfTheUsersThatIsInTimeIsAsWithoutALimit() throws Exception {
    Resolver own = host -> List.of(Addr.ipv6Loopback());
    assertEquals("[::1]", own.lookup("host", LONG).toString());
    assertEquals("[::1]", own.lookup("host", Duration.ofSeconds(Long.MAX_VALUE)).toString());
    UnknownHostException unknown = new UnknownHostException("host");
    Resolver failing =
        host -> {
          throw unknown;
        };
    assertEquals(
        unknown, assertThrows(UnknownHostException.class, () -> failing.lookup("host", LONG)));
    IllegalStateException bug = new IllegalStateException("bug");
    Resolver broken =
        host -> {
          throw bug;
        };
    assertEquals(bug, assertThrows(IllegalStateException.class, () -> broken.lookup("host", LONG)));
  }
}

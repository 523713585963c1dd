package gonet;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gonet.internal.time.Daemons;
import gonet.netip.Addr;
import gonet.support.Proves;
import gonet.support.Refusing;
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
@Timeout(180)
@Proves("S4")
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

  private static LookupRequest within(Duration time) {
    return LookupRequest.of("host").withLimit(TimeLimit.after(time));
  }

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
  void theFirstLookupGoesOnWithoutAThreadOfTheSystem() {
    AtomicInteger asked = new AtomicInteger();
    Daemons.making(
        (name, task) -> {
          asked.incrementAndGet();
          return Refusing.thread(name, task);
        },
        () -> {
          new StandardResolver.FirstLookup().run();
          return true;
        });
    assertTrue(asked.get() > 0);
  }

  @Test
  @Proves("names-lookup")
  void theOrderOfTheAnswerIsKept() throws Exception {
    InetAddress[] answer = {
      InetAddress.getByName("2001:db8::2"),
      InetAddress.getByName("192.0.2.1"),
      InetAddress.getByName("2001:db8::1"),
    };
    List<Addr> found = new SystemResolver(host -> answer).lookup(LookupRequest.of("host"));
    assertEquals("[2001:db8::2, 192.0.2.1, 2001:db8::1]", found.toString());
  }

  @Test
  void localhostIsLoopback() throws Exception {
    List<Addr> found = Resolver.system().lookup(LookupRequest.of("localhost"));
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
    DnsException e =
        assertThrows(DnsException.class, () -> resolver.lookup(LookupRequest.of(host)));
    assertEquals("lookup " + host + ": no such host", e.getMessage());
    assertTrue(e.isNotFound());
  }

  @Test
  void aNameTooLongIsNotAskedOfTheSystem() {
    assertThrows(DnsException.class, () -> slow.lookup(LookupRequest.of("x".repeat(255))));
    assertEquals(0, queries.get());
  }

  @ParameterizedTest
  @ValueSource(strings = {"host", "a.b.", "1a", "host.1a", "xn--nxasmq6b", "_srv._tcp.host", "1.e"})
  void aNameIsAskedOfTheSystemAsItStands(String host) throws Exception {
    release.countDown();
    assertEquals("[192.0.2.1]", slow.lookup(LookupRequest.of(host)).toString());
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
    DnsException e =
        assertThrows(DnsException.class, () -> failing(message).lookup(LookupRequest.of("host")));
    assertEquals("lookup host: " + why, e.getMessage());
    assertEquals("host", e.name());
    assertEquals(notFound, e.isNotFound());
  }

  @Test
  @Proves("names-shared")
  void callersOfTheSameHostShareOneLookup() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<Addr>>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(callers.submit(() -> slow.lookup(LookupRequest.of("host"))));
      }
      Future<List<Addr>> other = callers.submit(() -> slow.lookup(LookupRequest.of("other")));
      await().until(() -> slow.waiting() == 21);
      release.countDown();
      for (Future<List<Addr>> answer : answers) {
        assertEquals("[192.0.2.1]", answer.get().toString());
      }
      assertEquals("[192.0.2.1]", other.get().toString());
    }
    assertEquals(2, queries.get());
    assertEquals(0, slow.waiting());
    slow.lookup(LookupRequest.of("host"));
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
    return assertThrows(DnsException.class, () -> resolver.lookup(LookupRequest.of("host")));
  }

  @Test
  @Proves({"names-shared", "node-listen-abort"})
  void anInterruptedCallerLeavesWithItsStatusSetWhileOthersGoOn() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Addr>> patient = callers.submit(() -> slow.lookup(LookupRequest.of("host")));
      await().until(() -> slow.waiting() == 1);
      AtomicReference<String> seen = new AtomicReference<>();
      Thread hasty =
          Thread.ofVirtual()
              .start(
                  () -> {
                    InterruptedIOException e =
                        assertThrows(
                            InterruptedIOException.class,
                            () -> slow.lookup(LookupRequest.of("host")));
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
  @Proves("node-close-lookup")
  void aLookupThatEverybodyLeftStillIsTheOnlyOneOfItsHost() throws Exception {
    assertThrows(SocketTimeoutException.class, () -> slow.lookup(within(SHORT)));
    assertEquals(0, slow.waiting());
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Addr>> next = callers.submit(() -> slow.lookup(LookupRequest.of("host")));
      await().until(() -> slow.waiting() == 1);
      release.countDown();
      assertEquals("[192.0.2.1]", next.get().toString());
    }
    assertEquals(1, queries.get());
  }

  @ParameterizedTest
  @Proves("names-lookup")
  @CsvSource({
    "ANY, '[2001:db8::1, 192.0.2.1]'",
    "IPV4, [192.0.2.1]",
    "IPV6, [2001:db8::1]",
  })
  void theSystemsAnswerHasTheFamilyAskedForAlone(LookupRequest.Family family, String found)
      throws Exception {
    SystemResolver resolver =
        new SystemResolver(
            host ->
                new InetAddress[] {
                  InetAddress.getByName("2001:db8::1"), InetAddress.getByName("192.0.2.1")
                });
    LookupRequest request = LookupRequest.of("host").withFamily(family);
    assertEquals(found, resolver.lookup(request).toString());
  }

  @Test
  void aHostWithoutAnAddressOfTheFamilyAskedForIsAsGoodAsNone() {
    release.countDown();
    LookupRequest request = LookupRequest.of("host").withFamily(LookupRequest.Family.IPV6);
    DnsException e = assertThrows(DnsException.class, () -> slow.lookup(request));
    assertEquals("lookup host: no suitable address found", e.getMessage());
    assertTrue(e.isNotFound());
  }

  @Test
  @Proves("names-limit")
  void aLookupThatGetsNoThreadSaysSoAndMaySucceedLater() throws Exception {
    CountDownLatch stuck = new CountDownLatch(1);
    SystemResolver resolver =
        new SystemResolver(
            host -> {
              if (host.equals("stuck")) {
                stuck.countDown();
                awaitRelease();
              }
              return new InetAddress[] {InetAddress.getByName("192.0.2.1")};
            },
            1,
            0,
            SHORT);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<List<Addr>> first = callers.submit(() -> resolver.lookup(LookupRequest.of("stuck")));
      stuck.await();
      DnsException e =
          assertThrows(DnsException.class, () -> resolver.lookup(LookupRequest.of("host")));
      assertEquals(
          "lookup host: 1 lookups are without an answer, and no more may begin", e.getMessage());
      assertFalse(e.isNotFound());
      NetFailure dial =
          assertInstanceOf(
              NetFailure.class,
              assertThrows(
                  NetUnknownHostException.class,
                  () -> Dialer.defaults().withResolver(resolver).dial("tcp", "host:80")));
      assertTrue(dial.temporary());
      String late = "";
      while (!late.contains("(")) { // else its time was over before it asked
        late =
            assertThrows(
                    SocketTimeoutException.class, () -> resolver.lookup(within(SHORT.dividedBy(2))))
                .getMessage();
      }
      assertEquals(
          "lookup host: i/o timeout (1 lookups are without an answer, and no more may begin)",
          late);
      assertEquals(1, resolver.waiting()); // nobody for the other host
      release.countDown();
      assertEquals("[192.0.2.1]", first.get().toString());
      // In vain as long as the thread is not quite free.
      await()
          .ignoreExceptionsInstanceOf(DnsException.class)
          .until(() -> !resolver.lookup(LookupRequest.of("host")).isEmpty());
    }
  }

  @Test
  void theSystemsLookupEndsForTheCallerAtItsTimeLimit() {
    SocketTimeoutException e =
        assertThrows(SocketTimeoutException.class, () -> slow.lookup(within(SHORT)));
    assertEquals("lookup host: i/o timeout", e.getMessage());
  }

  @Test
  void aTimeLimitThatHasPassedStartsNoLookup() {
    assertThrows(SocketTimeoutException.class, () -> slow.lookup(within(Duration.ZERO)));
    assertThrows(SocketTimeoutException.class, () -> slow.lookup(within(Duration.ofSeconds(-1))));
    Resolver own = host -> fail("looked up " + host);
    assertThrows(
        SocketTimeoutException.class, () -> LookupWait.bounded(own, within(Duration.ZERO)));
    assertEquals(0, queries.get());
  }

  @Test
  @Proves("jvm-lookup")
  void aLookupRunsOnADaemonPlatformThreadWhoeverAsks() throws Exception {
    AtomicReference<Boolean> virtual = new AtomicReference<>();
    AtomicReference<Boolean> daemon = new AtomicReference<>();
    SystemResolver resolver =
        new SystemResolver(
            host -> {
              virtual.set(Thread.currentThread().isVirtual());
              daemon.set(Thread.currentThread().isDaemon());
              return new InetAddress[] {InetAddress.ofLiteral("192.0.2.1")};
            });
    Thread.ofVirtual()
        .start(() -> assertDoesNotThrow(() -> resolver.lookup(LookupRequest.of("host"))))
        .join();
    assertEquals(false, virtual.get());
    // A thread inherits being a daemon, and no lookup may keep a JVM alive for any caller.
    Thread.ofPlatform()
        .daemon(false)
        .start(() -> assertDoesNotThrow(() -> resolver.lookup(LookupRequest.of("host"))))
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
        assertThrows(SocketTimeoutException.class, () -> LookupWait.bounded(own, within(SHORT)));
    assertEquals("lookup host: i/o timeout", e.getMessage());
    assertDoesNotThrow(() -> interrupted.await());
  }

  @Test
  @Proves("node-lookup")
  void aResolverOfTheUsersThatIsInTimeIsAsWithoutALimit() throws Exception {
    Resolver own = host -> List.of(Addr.ipv6Loopback());
    assertEquals("[::1]", LookupWait.bounded(own, within(LONG)).toString());
    assertEquals(
        "[::1]", LookupWait.bounded(own, within(Duration.ofSeconds(Long.MAX_VALUE))).toString());
    UnknownHostException unknown = new UnknownHostException("host");
    Resolver failing =
        host -> {
          throw unknown;
        };
    assertEquals(
        unknown,
        assertThrows(UnknownHostException.class, () -> LookupWait.bounded(failing, within(LONG))));
    IllegalStateException bug = new IllegalStateException("bug");
    Resolver broken =
        host -> {
          throw bug;
        };
    assertEquals(
        bug,
        assertThrows(IllegalStateException.class, () -> LookupWait.bounded(broken, within(LONG))));
  }
}

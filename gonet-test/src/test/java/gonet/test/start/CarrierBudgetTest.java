package gonet.test.start;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.test.Proves;
import gonet.test.machine.Strace.Call;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a request costs in system calls where gonet has a carrier of its own, counted by strace: one
 * at a time on a server that waits in the kernel, and many at once. One run serves all tests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
@Proves("D12")
class CarrierBudgetTest {
  private static final int CONNECTIONS = 20;

  /** Until the classes are there. */
  private static final int WARM = 5;

  private static final int ROUNDS = 20;

  private static final Duration MOMENT = Duration.ofMillis(1);

  private static final int TOLERANCE = CONNECTIONS * ROUNDS / 10;

  private List<Call> all = List.of();
  private Set<Integer> accepted = Set.of();

  /** The calls of the carriers during each half of the exchange. */
  private List<Call> oneByOne = List.of();

  private List<Call> together = List.of();

  private List<Call> opening = List.of();

  /** Every thread that ever was a carrier: spares come and go. */
  private final Set<Integer> carriers = ConcurrentHashMap.newKeySet();

  @BeforeAll
  void traceAServer(@TempDir Path folder) throws Exception {
    assumeTrue(
        Runtime.getRuntime().availableProcessors() > 1,
        "on one processor the tracer keeps a carrier waiting until the watcher replaces it");
    count(
        TracedEcho.calls(
            folder,
            "network,epoll_ctl,epoll_wait,epoll_pwait,close,read,write,futex",
            List.of(
                "-Xint", // or the carrier wakes the compilers now and then
                "-Dgonet.lane=carrier",
                "-Dgonet.carriers=1",
                "-Dgonet.carriers.spare=0", // or a busy machine makes another one the leader
                "--add-opens=java.base/java.lang=ALL-UNNAMED"),
            this::exchange));
  }

  private void exchange(int port, Process server) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      awaitSleep(server);
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      sockets.add(socket);
    }
    for (int round = 0; round < WARM + ROUNDS; round++) {
      for (Socket socket : sockets) {
        awaitSleep(server);
        send(socket, round < WARM ? 10 : 100);
        receive(socket, round < WARM ? 10 : 100);
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Socket socket : sockets) {
        send(socket, 200);
      }
      for (Socket socket : sockets) {
        receive(socket, 200);
      }
    }
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private static void send(Socket socket, int length) throws IOException {
    socket.getOutputStream().write(new byte[length]);
  }

  private static void receive(Socket socket, int length) throws IOException {
    new DataInputStream(socket.getInputStream()).readFully(new byte[length]);
  }

  /** The carrier threads: a long task, while classes are loaded, makes a second one the leader. */
  private List<Path> carriers(Process strace) throws IOException {
    List<Path> now = new ArrayList<>();
    for (ProcessHandle java : strace.descendants().toList()) {
      try (Stream<Path> threads = Files.list(Path.of("/proc/" + java.pid() + "/task"))) {
        threads.filter(t -> read(t, "comm").startsWith("gonet-carrier-")).forEach(now::add);
      }
    }
    now.forEach(thread -> carriers.add(Integer.parseInt(thread.getFileName().toString())));
    return now;
  }

  /** Long enough that no carrier does not expect the next request at once, and poll for it. */
  private void awaitSleep(Process server) {
    await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(MOMENT)
        .during(MOMENT)
        .until(() -> carriers(server).stream().allMatch(CarrierBudgetTest::sleeps));
  }

  /** Neither at work nor stopped by strace. */
  private static boolean sleeps(Path thread) {
    String stat = read(thread, "stat");
    return stat.substring(stat.lastIndexOf(')')).startsWith(") S");
  }

  private static String read(Path thread, String file) {
    try {
      return Files.readString(thread.resolve(file)).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The length of what is sent back tells which half a request belongs to. */
  private void count(List<Call> calls) {
    all = calls;
    List<Call> accepts =
        calls.stream().filter(c -> c.name().equals("accept4") && c.result() >= 0).toList();
    accepted = accepts.stream().map(c -> (int) c.result()).collect(Collectors.toSet());
    assertEquals(CONNECTIONS, accepted.size());
    calls.stream().filter(c -> answers(c, 100)).map(Call::thread).forEach(carriers::add);
    List<Call> own = calls.stream().filter(c -> carriers.contains(c.thread())).toList();
    oneByOne = between(own, 100);
    together = between(own, 200);
    opening =
        own.stream()
            .filter(c -> c.time() >= accepts.getFirst().time())
            .filter(c -> c.time() <= accepts.getLast().time())
            .toList();
  }

  private static boolean answers(Call call, int length) {
    return call.name().equals("sendto") && call.result() == length;
  }

  /** From behind the first answer of that length to the last one, so a request less than sent. */
  private static List<Call> between(List<Call> calls, int length) {
    List<Call> answers = calls.stream().filter(c -> answers(c, length)).toList();
    assertEquals(CONNECTIONS * ROUNDS, answers.size());
    return calls.subList(
        calls.indexOf(answers.getFirst()) + 1, calls.indexOf(answers.getLast()) + 1);
  }

  @Test
  void aDescriptorIsAddedToEpollOnceAndNothingIsEverModified() {
    double first =
        all.stream()
            .filter(c -> c.name().equals("accept4") && c.result() >= 0)
            .mapToDouble(Call::time)
            .min()
            .orElseThrow();
    List<Call> since = all.stream().filter(c -> c.time() >= first).toList();
    for (int fd : accepted) {
      assertEquals(1, number(since, c -> c.controls("EPOLL_CTL_ADD", fd)), "ADD of " + fd);
    }
    Set<String> sets = sets();
    assertEquals(
        0,
        number(since, c -> c.arguments().contains("_MOD") && sets.contains(set(c))),
        "no sleeper to arm");
  }

  /** Where connections are registered, and where that is: the JDK's poller has sets of its own. */
  private Set<String> sets() {
    List<Call> adds = all.stream().filter(c -> c.arguments().contains("_ADD")).toList();
    Set<String> inner =
        adds.stream()
            .filter(c -> accepted.stream().anyMatch(fd -> c.controls("EPOLL_CTL_ADD", fd)))
            .map(CarrierBudgetTest::set)
            .collect(Collectors.toSet());
    assertEquals(1, inner.size(), text(adds));
    int number = Integer.parseInt(inner.iterator().next());
    Stream<String> outer =
        adds.stream().filter(c -> c.controls("EPOLL_CTL_ADD", number)).map(CarrierBudgetTest::set);
    return Stream.concat(inner.stream(), outer).collect(Collectors.toSet());
  }

  private static String set(Call control) {
    return control.arguments().split(",", 2)[0].strip();
  }

  /** A connection is writable when it registers, which nobody waits for. */
  @Test
  void aFreshConnectionCostsNoPollToSeeThatNobodyWasWoken() {
    int inVain = 0;
    for (int i = 1; i < opening.size(); i++) {
      String before = opening.get(i - 1).arguments();
      if (before.contains("{events=EPOLLOUT,")
          && !before.contains("EPOLLIN")
          && polls(opening.get(i))) {
        inVain++;
      }
    }
    assertTrue(inVain <= CONNECTIONS / 10, text(opening));
  }

  @Test
  void fromIdleARequestCostsAWaitAReceiveAndASend() {
    int requests = CONNECTIONS * ROUNDS - 1;
    assertEquals(requests, number(oneByOne, c -> c.name().equals("recvfrom")), text(oneByOne));
    assertEquals(requests, number(oneByOne, c -> c.name().equals("sendto")), text(oneByOne));
    assertNearly(requests, oneByOne, CarrierBudgetTest::waits);
    assertNearly(requests, oneByOne, CarrierBudgetTest::polls);
    // A machine that made the watcher wait for longer than its tick has it woken once more.
    long pauses = pauses(oneByOne);
    long wakes = number(oneByOne, CarrierBudgetTest::wakes);
    assertTrue(
        wakes <= TOLERANCE + 2 * pauses,
        () -> wakes + " wakes, " + pauses + " pauses:" + text(oneByOne));
  }

  @Test
  void atSaturationARequestCostsAReceiveAndASendAndSharesThePoll() {
    int requests = CONNECTIONS * ROUNDS - 1;
    assertEquals(requests, number(together, c -> c.name().equals("recvfrom")), text(together));
    assertEquals(requests, number(together, c -> c.name().equals("sendto")), text(together));
    long polls = number(together, c -> waits(c) || polls(c));
    assertTrue(polls <= requests / 2, () -> polls + " polls:" + text(together));
    assertNearly(0, together, CarrierBudgetTest::wakes);
  }

  /** As many as needed, and a few for what the JVM does meanwhile. */
  private static void assertNearly(int expected, List<Call> calls, Predicate<Call> wanted) {
    long number = number(calls, wanted);
    assertTrue(
        Math.abs(number - expected) <= TOLERANCE,
        () -> number + " instead of " + expected + ":" + text(calls));
  }

  /** Stretches without a call in which the watcher, which ticks every 5 ms, may go to sleep. */
  private static long pauses(List<Call> calls) {
    return IntStream.range(1, calls.size())
        .filter(i -> calls.get(i).time() - calls.get(i - 1).time() > 0.004)
        .count();
  }

  private static boolean waits(Call call) {
    return call.name().startsWith("epoll_") && call.arguments().matches(".*, -1(, NULL.*)?");
  }

  private static boolean polls(Call call) {
    return call.name().startsWith("epoll_") && call.arguments().matches(".*, 0(, NULL.*)?");
  }

  /** Of the watcher, or of the poller by the eventfd. */
  private static boolean wakes(Call call) {
    return call.name().equals("futex") || call.name().equals("write");
  }

  private static long number(List<Call> calls, Predicate<Call> wanted) {
    return calls.stream().filter(wanted).count();
  }

  private static String text(List<Call> calls) {
    return calls.stream()
        .limit(100)
        .map(c -> c.name() + "(" + c.arguments() + ") = " + c.result())
        .collect(Collectors.joining("\n", "\n", "\n"));
  }
}

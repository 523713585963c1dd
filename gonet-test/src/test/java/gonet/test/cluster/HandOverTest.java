package gonet.test.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetAddressException;
import gonet.NetBindException;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetSocket;
import gonet.NetTimeoutException;
import gonet.SocketDescriptor;
import gonet.TcpConn;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.cluster.HandOver;
import gonet.cluster.HandOverException;
import gonet.cluster.Retirement;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What two generations of a program promise each other; here both live in one process. */
@LeakCheck
@Timeout(180)
@Proves("handover")
@EnabledIfSystemProperty(
    named = "gonet.backend",
    matches = "epoll",
    disabledReason = "java.nio passes no descriptors")
@SuppressWarnings("try") // each closes in its own order
class HandOverTest {
  private static final String LOOPBACK = "127.0.0.1:0";

  @TempDir Path folder;

  private final Crew crew = new Crew(Callers.VIRTUAL);

  private Path path() {
    return folder.resolve("handover");
  }

  private static void nothing(Retirement retirement) {}

  private static Conn dial(Listener listener) throws IOException {
    Conn conn = Net.dial(listener.addr().network(), listener.addr().toString());
    conn.setReadTimeout(Duration.ofSeconds(20));
    return conn;
  }

  @Test
  void theFirstListensAndASecondGetsTheSameSocketWithItsQueue() throws Exception {
    CountDownLatch retired = new CountDownLatch(1);
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("tcp", LOOPBACK)) {
      assertFalse(first.hasPredecessor());
      first.ready(retirement -> retired.countDown());
      try (Conn waiting = dial(old)) {
        waiting.write(new byte[] {1});
        try (HandOver second = HandOver.at(path())) {
          assertTrue(second.hasPredecessor());
          assertFalse(first.isRetired());
          try (Listener next = second.listen("tcp", LOOPBACK)) {
            assertEquals(old.addr(), next.addr());
            second.ready(HandOverTest::nothing);
            assertTrue(retired.await(20, TimeUnit.SECONDS));
            assertTrue(first.isRetired());
            old.close();
            try (Conn accepted = next.accept();
                Conn late = dial(next);
                Conn acceptedLate = next.accept()) {
              accepted.readFully(new byte[1]);
              late.write(new byte[] {2});
              acceptedLate.readFully(new byte[1]);
            }
          }
        }
        assertFalse(Files.exists(path()), "the last generation removes the path");
      }
    }
  }

  @Test
  void aProcessThatDoesNotServeStartsNoSuccessor() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener one = first.listen("tcp", LOOPBACK)) {
      assertThrows(IllegalStateException.class, first::startSuccessor);
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener same = second.listen("tcp", LOOPBACK)) {
        second.ready(HandOverTest::nothing);
        await().atMost(Duration.ofMinutes(1)).until(first::isRetired);
        assertThrows(IllegalStateException.class, first::startSuccessor);
      }
      first.close();
      assertThrows(IllegalStateException.class, first::startSuccessor);
    }
  }

  @Test
  void aThirdFindsTheSecondAndTheFirstDoesNotTakeThePathAlong() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener one = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener two = second.listen("tcp", LOOPBACK)) {
        second.ready(HandOverTest::nothing);
        one.close();
        first.close();
        try (HandOver third = HandOver.at(path());
            Listener three = third.listen("tcp", LOOPBACK)) {
          assertTrue(third.hasPredecessor());
          assertEquals(two.addr(), three.addr());
          third.ready(HandOverTest::nothing);
        }
      }
    }
  }

  @Test
  void oneThatLeavesBeforeItIsReadyChangesNothing() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener listener = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      for (int i = 0; i < 20; i++) {
        try (HandOver coward = HandOver.at(path());
            Listener inherited = coward.listen("tcp", LOOPBACK)) {
          assertEquals(listener.addr(), inherited.addr());
        } catch (HandOverException e) { // the one before is not quite gone
          assertTrue(e.getMessage().contains("is about to take over"), e.getMessage());
        }
      }
      assertFalse(first.isRetired());
      assertTrue(Files.exists(path()));
      try (Conn conn = dial(listener);
          Conn accepted = listener.accept()) {
        conn.write(new byte[1]);
        accepted.readFully(new byte[1]);
      }
    }
  }

  @Test
  void whileOneGetsReadyAnotherHearsWhich() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener _ = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      try (HandOver _ = HandOver.at(path())) {
        HandOverException e =
            assertThrows(HandOverException.class, () -> HandOver.at(path()).close());
        assertEquals(
            "hand-over at "
                + path()
                + ": process "
                + ProcessHandle.current().pid()
                + " is about to take over",
            e.getMessage());
      }
    }
  }

  @Test
  void anOldOneThatEndsWhileTheNewOneGetsReadyLeavesThePathToIt() throws Exception {
    HandOver first = HandOver.at(path());
    try (Listener _ = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener listener = second.listen("tcp", LOOPBACK)) {
        first.close();
        second.ready(HandOverTest::nothing);
        try (HandOver third = HandOver.at(path());
            Listener inherited = third.listen("tcp", LOOPBACK)) {
          assertTrue(third.hasPredecessor());
          assertEquals(listener.addr(), inherited.addr());
        }
      }
    } finally {
      first.close();
    }
  }

  @Test
  void aListenerThatTheNewOneDoesNotWantIsClosedByIt() throws Exception {
    String wanted;
    String unwanted;
    try (HandOver first = HandOver.at(path());
        Listener one = first.listen("tcp", LOOPBACK);
        Listener two = first.listen("tcp4", LOOPBACK)) {
      wanted = one.addr().toString();
      unwanted = two.addr().toString();
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener listener = second.listen("tcp", wanted)) {
        assertEquals(wanted, listener.addr().toString());
        second.ready(HandOverTest::nothing);
        one.close();
        two.close();
        Net.listen("tcp", unwanted).close();
      }
    }
  }

  @Test
  void thePathOfAUnixListenerStaysForTheNewOneWhichRemovesIt() throws Exception {
    Path socket = folder.resolve("echo.sock");
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("unix", socket.toString())) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener next = second.listen("unix", socket.toString())) {
        second.ready(HandOverTest::nothing);
        await().until(first::isRetired);
        old.close();
        try (Conn conn = dial(next);
            Conn accepted = next.accept()) {
          conn.write(new byte[1]);
          accepted.readFully(new byte[1]);
        }
      }
    }
    assertFalse(Files.exists(socket), "or the next first generation could not listen there");
  }

  /** Such as systemd's, which holds the socket as well. */
  @Test
  void thePathOfAListenerFromElsewhereStays() throws Exception {
    Path socket = folder.resolve("echo.sock");
    try (UnixListener elsewhere = ListenConfig.defaults().listenUnix("unix", socket.toString());
        SocketDescriptor passed = elsewhere.duplicateDescriptor();
        HandOver first = HandOver.at(path());
        Listener old = first.listen("passed", "x", () -> Net.fileListener(passed.number()))) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener next = second.listen("passed", "x", () -> Net.fileListener(passed.number()))) {
        second.ready(HandOverTest::nothing);
        await().until(first::isRetired);
        old.close();
        assertEquals(elsewhere.addr(), next.addr());
      }
      assertTrue(Files.exists(socket));
    }
  }

  @Test
  void thePathOfAUnixListenerStaysWhenTheOldOneEndsWhileTheNewOneGetsReady() throws Exception {
    Path socket = folder.resolve("echo.sock");
    HandOver first = HandOver.at(path());
    try (Listener old = first.listen("unix", socket.toString())) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener next = second.listen("unix", socket.toString())) {
        old.close();
        first.close();
        second.ready(HandOverTest::nothing);
        try (Conn conn = dial(next);
            Conn accepted = next.accept()) {
          conn.write(new byte[1]);
          accepted.readFully(new byte[1]);
        }
      }
    } finally {
      first.close();
    }
  }

  @Test
  void thePathOfAUnixListenerIsNoLongerSharedWhenTheNewOneHasGivenUp() throws Exception {
    Path early = folder.resolve("early.sock");
    Path late = folder.resolve("late.sock");
    try (HandOver first = HandOver.at(path());
        Listener closedEarly = first.listen("unix", early.toString());
        Listener closedLate = first.listen("unix", late.toString())) {
      first.ready(HandOverTest::nothing);
      try (HandOver _ = HandOver.at(path())) {
        closedEarly.close();
        assertTrue(Files.exists(early));
      }
      await().atMost(Duration.ofMinutes(1)).until(() -> !Files.exists(early));
      assertTrue(Files.exists(late));
      closedLate.close();
      await().atMost(Duration.ofMinutes(1)).until(() -> !Files.exists(late));
    }
  }

  @Test
  void theNewOneAcceptsNothingBeforeTheOldOneHasAgreed() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener next = second.listen("tcp", LOOPBACK);
          Conn _ = dial(old)) {
        Job<Conn> accept = crew.compute("accept", next::accept).awaitParked();
        old.accept().close(); // it is still there
        second.ready(HandOverTest::nothing);
        try (Conn _ = dial(old);
            Conn _ = accept.result()) {
          assertTrue(accept.isDone());
        }
        Job<Conn> interrupted = crew.compute("accept", next::accept).awaitParked();
        interrupted.thread().interrupt();
        var _ = interrupted.failure(NetInterruptedException.class);
      }
      try (HandOver third = HandOver.at(path());
          Listener listener = third.listen("tcp", LOOPBACK)) {
        Job<Conn> accept = crew.compute("accept", listener::accept).awaitParked();
        accept.thread().interrupt();
        assertEquals(
            "accept tcp " + listener.addr() + ": operation was canceled",
            accept.failure(NetInterruptedException.class).getMessage());
        Job<Conn> closed = crew.compute("accept", listener::accept).awaitParked();
        listener.close();
        var _ = closed.failure(NetClosedException.class);
      }
    }
  }

  /** Deadlines and timeouts hold for these waits as for any other. */
  @Test
  void anOldOneAcceptsNothingOnceTheNewOneServes() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener next = second.listen("tcp", LOOPBACK)) {
        next.setTimeout(Duration.ofMillis(20));
        var _ = assertThrows(NetTimeoutException.class, next::accept);
        next.setTimeout(null);
        Job<Conn> shut = crew.compute("accept", next::accept).awaitParked();
        next.setDeadline(Instant.EPOCH);
        var _ = shut.failure(NetTimeoutException.class);
        next.setDeadline(null);
        second.ready(HandOverTest::nothing);
        await().until(first::isRetired);
        try (Conn _ = dial(next)) {
          old.setTimeout(Duration.ofMillis(20));
          var _ = assertThrows(NetTimeoutException.class, old::accept);
          old.setTimeout(null);
          Job<Conn> left = crew.compute("accept", old::accept).awaitParked();
          next.accept().close();
          old.close();
          var _ = left.failure(NetClosedException.class);
        }
      }
    }
  }

  /** It waits in the kernel's queue as the new one comes, which has the clients from then on. */
  @Test
  void oneThatWaitsInAnAcceptOfTheOldOneGetsNoneOfTheNewOnes() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      Job<Conn> inside = crew.compute("accept", old::accept).awaitParked();
      try (HandOver second = HandOver.at(path());
          Listener next = second.listen("tcp", LOOPBACK)) {
        second.ready(HandOverTest::nothing);
        await().until(first::isRetired);
        // Both sides have said so; now the thread of the old one has left the queue, or soon has.
        await().until(() -> inside.isDone() || !isInAccept(inside.thread()));
        for (int i = 0; i < 5; i++) {
          try (Conn _ = dial(next)) {
            next.accept().close();
          }
        }
        assertFalse(inside.isDone());
        old.setDeadline(Instant.EPOCH);
        var _ = inside.failure(NetTimeoutException.class);
        assertEquals(Instant.EPOCH, old.deadline());
      }
    }
  }

  private static boolean isInAccept(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals("gonet.TcpListener"));
  }

  /** Such as systemd's, which the first generation alone gets. */
  @Test
  void aListenerFromElsewhereGoesOverByTheProgramsOwnWords() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("passed", "by name", () -> Net.listen("tcp", LOOPBACK))) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener next =
              second.listen(
                  "passed",
                  "by name",
                  () -> {
                    throw new IOException("nothing was passed to this one");
                  })) {
        assertEquals(old.addr(), next.addr());
        second.ready(HandOverTest::nothing);
        try (Conn _ = dial(old)) {
          next.accept().close();
        }
      }
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> first.listen("a b", "c", () -> Net.listen("tcp", LOOPBACK)));
      assertEquals("network with a space: \"a b\"", e.getMessage());
    }
  }

  /** It is not among those that the new one gets, and stays the old one's. */
  @Test
  void aListenerThatIsOpenedWhileTheNewOneGetsReadyGoesOnAccepting() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener _ = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      try (HandOver second = HandOver.at(path());
          Listener late = first.listen("tcp", LOOPBACK)) {
        second.ready(HandOverTest::nothing);
        await().until(first::isRetired);
        try (Conn _ = dial(late)) {
          late.accept().close();
        }
      }
    }
  }

  // ---- connections -----------------------------------------------------------------------------

  @Test
  void aConnectionGoesOverWithItsStateAndItsUnreadBytes() throws Exception {
    BlockingQueue<Conn> taken = new LinkedBlockingQueue<>();
    BlockingQueue<byte[]> states = new LinkedBlockingQueue<>();
    CountDownLatch passed = new CountDownLatch(1);
    byte[] state = new byte[64 * 1024];
    state[state.length - 1] = 7;
    try (HandOver first = HandOver.at(path());
        Listener listener = first.listen("tcp", LOOPBACK);
        Conn client = dial(listener)) {
      Conn served = listener.accept();
      client.write("unread".getBytes(UTF_8));
      first.ready(
          retirement -> {
            try {
              assertEquals(ProcessHandle.current().pid(), retirement.successor());
              retirement.pass((TcpConn) served, state);
              assertTrue(served.isClosed());
              passed.countDown();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      try (HandOver second = HandOver.at(path());
          Listener _ = second.listen("tcp", LOOPBACK)) {
        second
            .onConn(
                (conn, bytes) -> {
                  states.add(bytes);
                  taken.add(conn);
                })
            .ready(HandOverTest::nothing);
        assertTrue(passed.await(20, TimeUnit.SECONDS));
        try (Conn conn = taken.take()) {
          assertArrayEquals(state, states.take());
          byte[] got = new byte[6];
          conn.readFully(got);
          assertEquals("unread", new String(got, UTF_8));
          conn.write(got);
          client.readFully(got);
        }
      }
    }
  }

  @Test
  void whatNobodyTakesStaysWithTheOldOne() throws Exception {
    BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    try (HandOver first = HandOver.at(path());
        Listener listener = first.listen("tcp", LOOPBACK);
        Conn client = dial(listener);
        Conn served = listener.accept()) {
      first.ready(
          retirement -> {
            failures.add(
                assertThrows(
                        IOException.class, () -> retirement.pass((NetSocket) served, new byte[0]))
                    .getMessage());
            failures.add(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> retirement.pass((NetSocket) served, new byte[64 * 1024 + 1]))
                    .getMessage());
            failures.add(
                assertThrows(
                        IllegalArgumentException.class,
                        () -> retirement.pass(listener.find(NetSocket.class), new byte[0]))
                    .getMessage());
          });
      try (HandOver second = HandOver.at(path())) {
        second.ready(HandOverTest::nothing);
        assertEquals(
            "the successor, process "
                + ProcessHandle.current().pid()
                + ", did not take it: nobody takes connections",
            failures.take());
        assertEquals("state of 65537 bytes, above 65536", failures.take());
        assertTrue(failures.take().startsWith("not a connection: "));
        served.write(new byte[1]);
        client.readFully(new byte[1]);
      }
    }
  }

  @Test
  void anAnswerThatComesTooLateIsOfNoConnection() throws Exception {
    BlockingQueue<Thread> passing = new LinkedBlockingQueue<>();
    BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();
    CountDownLatch late = new CountDownLatch(1);
    try (HandOver first = HandOver.at(path());
        Listener listener = first.listen("tcp", LOOPBACK);
        Conn client = dial(listener);
        Conn served = listener.accept()) {
      first.ready(
          retirement -> {
            passing.add(Thread.currentThread());
            NetSocket socket = (NetSocket) served;
            failures.add(
                assertThrows(
                    NetInterruptedException.class, () -> retirement.pass(socket, new byte[0])));
            assertTrue(Thread.interrupted());
            assertDoesNotThrow(() -> late.await());
            failures.add(
                assertThrows(IOException.class, () -> retirement.pass(socket, new byte[0])));
          });
      try (Conn successor = Net.dial("unixpacket", path().toString())) {
        successor.setReadTimeout(Duration.ofSeconds(20));
        successor.write(("HELLO 2 " + ProcessHandle.current().pid()).getBytes(UTF_8));
        awaitMessage(successor, "PATH");
        successor.write("READY".getBytes(UTF_8));
        awaitMessage(successor, "RETIRING");
        successor.write("SERVING".getBytes(UTF_8));
        awaitMessage(successor, "CONN");
        passing.take().interrupt();
        var _ = failures.take();
        byte[] taken = "TAKEN".getBytes(UTF_8);
        var _ = assertThrows(IOException.class, () -> successor.write(taken));
        late.countDown();
        assertEquals(
            "the successor, process "
                + ProcessHandle.current().pid()
                + ", did not answer an earlier time",
            failures.take().getMessage());
      }
      served.write(new byte[1]);
      client.readFully(new byte[1]);
    }
  }

  /** Reads up to the first message of this kind; descriptors beside it are closed. */
  private static void awaitMessage(Conn conn, String kind) throws IOException {
    byte[] buf = new byte[100_000];
    String got;
    do {
      try (UnixConn.Received received = ((UnixConn) conn).receive(buf, 0, buf.length, 1)) {
        assertTrue(received.bytes() > 0, "the end, and no " + kind);
        got = new String(buf, 0, received.bytes(), UTF_8);
      }
    } while (!got.startsWith(kind));
  }

  // ---- bad input -------------------------------------------------------------------------------

  @Test
  void aPathThatADeadProcessHasLeftIsTakenOver() throws Exception {
    UnixListener dead = ListenConfig.defaults().listenUnix("unixpacket", path().toString());
    dead.setUnlinkOnClose(false);
    dead.close();
    try (HandOver first = HandOver.at(path())) {
      assertFalse(first.hasPredecessor());
      first.ready(HandOverTest::nothing);
      assertEquals(
          PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(path()));
    }
  }

  @Test
  void aPathOfAnotherUserIsRefused() throws Exception {
    assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
    try (UnixListener _ = ListenConfig.defaults().listenUnix("unixpacket", path().toString())) {
      Files.setAttribute(path(), "unix:uid", 12345);
      HandOverException e =
          assertThrows(HandOverException.class, () -> HandOver.at(path()).close());
      assertEquals("hand-over at " + path() + ": the path belongs to user 12345", e.getMessage());
    }
  }

  @Test
  void aFileThatIsNoSocketIsNotTouched() throws Exception {
    Files.writeString(path(), "mine");
    var _ = assertThrows(NetBindException.class, () -> HandOver.at(path()).close());
    assertEquals("mine", Files.readString(path()));
  }

  @Test
  void aPathThatIsTooLongAndAFolderThatIsMissingAreNamed() {
    Path tooLong = folder.resolve("x".repeat(120));
    String message =
        assertThrows(NetAddressException.class, () -> HandOver.at(tooLong).close()).getMessage();
    assertTrue(message.contains(tooLong.toString()), message);
    Path missing = folder.resolve("missing").resolve("p");
    IOException e = assertThrows(NetBindException.class, () -> HandOver.at(missing).close());
    assertTrue(e.getMessage().contains(missing.toString()), e.getMessage());
  }

  @Test
  void aSocketOfAnotherKindIsNamedAtOnce() throws Exception {
    try (UnixListener stream = ListenConfig.defaults().listenUnix("unix", path().toString())) {
      assertNotEquals(null, stream);
      IOException e =
          assertThrows(HandOverException.class, () -> HandOver.at(path(), Duration.ofHours(1)));
      assertEquals(
          "hand-over at " + path() + ": a socket of another kind listens there", e.getMessage());
    }
  }

  @Test
  void aNameThatCannotBeIsAFailureOfTheNetwork() {
    Path name = Path.of("/tmp/" + "n".repeat(300));
    IOException e = assertThrows(IOException.class, () -> HandOver.at(name).close());
    assertTrue(e instanceof NetFailure, e.toString());
  }

  @Test
  void somebodyWhoListensThereAndIsSilentIsToldAfterTheLimit() throws Exception {
    try (UnixListener silent =
        ListenConfig.defaults().listenUnix("unixpacket", path().toString())) {
      assertNotEquals(null, silent);
      IOException e =
          assertThrows(
              HandOverException.class, () -> HandOver.at(path(), Duration.ofMillis(50)).close());
      assertEquals(
          "hand-over at " + path() + ": whoever listens there did not answer in time",
          e.getMessage());
    }
  }

  @Test
  void anotherVersionIsRefusedAndTheOldOneGoesOn() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener _ = first.listen("tcp", LOOPBACK)) {
      first.ready(HandOverTest::nothing);
      assertEquals(
          "REFUSED version 1, process " + ProcessHandle.current().pid() + " speaks 2",
          answer("HELLO 1 1"));
      assertEquals("REFUSED no greeting", answer("good day"));
      assertEquals("REFUSED no greeting", answer("HELLO 2 x"));
      assertEquals("REFUSED no greeting", answer("HELLO 2 0"));
      assertFalse(first.isRetired());
      try (HandOver second = HandOver.at(path())) {
        assertTrue(second.hasPredecessor());
      }
    }
  }

  private String answer(String greeting) throws IOException {
    try (Conn conn = Net.dial("unixpacket", path().toString())) {
      conn.setReadTimeout(Duration.ofSeconds(20));
      conn.write(greeting.getBytes(UTF_8));
      byte[] buf = new byte[200];
      return new String(buf, 0, conn.read(buf), UTF_8);
    }
  }
}

package gonet.cluster;

import static gonet.cluster.Rehearsal.assertReads;
import static gonet.cluster.Rehearsal.line;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocket;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.support.Proves;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A predecessor that answers wrongly, for which the test speaks, and paths that are lost. */
@Timeout(180)
@Proves("handover")
@SuppressWarnings("try") // each closes in its own order
class HandOverFaultsTest {
  @TempDir Path folder;

  private Path path() {
    return folder.resolve("handover");
  }

  /** Asks a predecessor that says these lines; what the failure tells. */
  private String failure(String... lines) throws Exception {
    try (UnixListener listener =
        ListenConfig.defaults().listenUnix(PacketLink.NETWORK, path().toString())) {
      Thread predecessor =
          Thread.startVirtualThread(
              () -> {
                try (PacketLink link = new PacketLink(listener.accept(), HandOverLink.MAX_BYTES)) {
                  link.setTimeout(Rehearsal.LIMIT);
                  assertTrue(line(link).startsWith("HELLO 2 "));
                  for (String each : lines) {
                    link.send(each);
                  }
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      HandOverException e =
          assertThrows(HandOverException.class, () -> HandOver.at(path(), Rehearsal.LIMIT).close());
      predecessor.join();
      return e.getMessage().substring(("hand-over at " + path() + ": ").length());
    }
  }

  @Test
  void whateverItAnswersIsTold() throws Exception {
    assertEquals("process 5 is about to take over", failure("BUSY 5"));
    assertEquals("refused: not you", failure("REFUSED not you"));
    assertEquals("process 5 speaks version 9, this one 2", failure("HELLO 9 5"));
    assertEquals("unexpected answer \"good\"", failure("good day"));
    long pid = ProcessHandle.current().pid(); // one that lives
    assertEquals("process " + pid + " has left", failure("HELLO 2 " + pid));
    assertEquals("no descriptor came beside \"PATH\"", failure("HELLO 2 5", "PATH"));
    assertEquals(
        "no descriptor came beside \"LISTENER\"", failure("HELLO 2 5", "LISTENER tcp 127.0.0.1:0"));
  }

  @Test
  void onePredecessorThatDiesWhileItGivesItsListenersIsNoneAnyMore() throws Exception {
    UnixListener listener =
        ListenConfig.defaults().listenUnix(PacketLink.NETWORK, path().toString());
    Thread predecessor =
        Thread.startVirtualThread(
            () -> {
              try (listener;
                  Listener port = Net.listen("tcp", "127.0.0.1:0");
                  PacketLink link = new PacketLink(listener.accept(), HandOverLink.MAX_BYTES)) {
                link.setTimeout(Rehearsal.LIMIT);
                assertTrue(line(link).startsWith("HELLO 2 "));
                link.send("HELLO 2 4194305"); // above any process' number
                link.send("LISTENER tcp x", (NetSocket) port);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    try (HandOver alone = HandOver.at(path(), Rehearsal.LIMIT)) {
      assertFalse(alone.hasPredecessor());
    }
    predecessor.join();
  }

  /** Takes over from one that has one listener, up to the last word. */
  private static void assertMayServe(PacketLink link) throws IOException {
    link.send("HELLO 2 5");
    for (String expected : List.of("HELLO", "LISTENER", "PATH")) {
      assertTrue(line(link).startsWith(expected));
    }
    link.send("READY");
    assertEquals("RETIRING", line(link));
  }

  private static void assertServes(Listener listener) throws IOException {
    try (Conn client = Net.dial("tcp", listener.addr().toString());
        Conn served = listener.accept()) {
      client.write(new byte[] {'y'});
      assertReads("y", served);
    }
  }

  /** It has said that it is ready, and is gone before it says that it serves. */
  @Test
  void aSuccessorThatDiesAsItTakesOverChangesNothing() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("tcp", "127.0.0.1:0")) {
      first.ready(retirement -> {});
      try (PacketLink link = link()) {
        assertMayServe(link);
        assertFalse(first.isRetired());
      }
      try (HandOver next = second();
          Listener listener = next.listen("tcp", old.addr().toString())) {
        assertTrue(next.hasPredecessor());
        try (Conn client = Net.dial("tcp", listener.addr().toString());
            Conn served = old.accept()) { // it serves on
          client.write(new byte[] {'x'});
          assertReads("x", served);
        }
        next.ready(retirement -> {});
        assertServes(listener);
      }
    }
  }

  /** As SIGSTOP leaves it: it has heard that it may serve, and would say so a long time later. */
  @Test
  void aSuccessorThatStandsStillAsItTakesOverServesNotAnyMore() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old = first.listen("tcp", "127.0.0.1:0")) {
      first.serveLimit = Duration.ofMillis(50);
      first.ready(retirement -> {});
      try (PacketLink link = link()) {
        assertMayServe(link);
        try (HandOver next = second();
            Listener listener = next.listen("tcp", old.addr().toString())) {
          assertThrows(IOException.class, () -> link.send("SERVING"));
          assertFalse(first.isRetired());
          next.ready(retirement -> {});
          assertServes(listener);
        }
      }
    }
  }

  @Test
  void aSuccessorThatDoesNotGetReadyInTimeMakesRoomForTheNext() throws Exception {
    try (HandOver first = HandOver.at(path())) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> first.readyLimit(Duration.ofMillis(-1)));
      assertEquals("readyLimit is not above zero: PT-0.001S", e.getMessage());
      try (PacketLink link = ready(first.readyLimit(Duration.ofMillis(50)));
          HandOver next = second()) {
        assertTrue(next.hasPredecessor());
        assertThrows(IOException.class, () -> link.send("READY"));
        assertFalse(first.isRetired());
      }
    }
  }

  @Test
  void oneThatIsCutOffHasSaidWhatItSaidBeforeAndNoMore() throws Exception {
    try (UnixListener listener =
            ListenConfig.defaults().listenUnix(PacketLink.NETWORK, path().toString());
        PacketLink its = link();
        PacketLink own = new PacketLink(listener.accept(), HandOverLink.MAX_BYTES)) {
      own.setTimeout(Rehearsal.LIMIT);
      its.send("TAKEN");
      its.send("SERVING");
      assertTrue(own.cutOff());
      assertThrows(IOException.class, () -> its.send("SERVING"));
      assertEquals("TAKEN", line(own));
      assertTrue(own.receiveWord("SERVING"));
      assertFalse(own.receiveWord("SERVING"));
    }
  }

  @Test
  void aDecisionThatDoesNotComeInTimeCannotComeLater() throws Exception {
    try (UnixListener listener =
            ListenConfig.defaults().listenUnix(PacketLink.NETWORK, path().toString());
        PacketLink its = link();
        PacketLink own = new PacketLink(listener.accept(), HandOverLink.MAX_BYTES)) {
      own.setTimeout(Duration.ofMillis(20));
      assertThrows(NetTimeoutException.class, own::receiveDecision);
      assertTrue(own.isCutOff());
      assertThrows(IOException.class, () -> its.send("TAKEN"));
    }
  }

  /** The first one may not have noticed yet that the one before has left. */
  private HandOver second() throws Exception {
    for (; ; ) {
      try {
        return HandOver.at(path(), Rehearsal.LIMIT);
      } catch (HandOverException e) {
        assertTrue(e.getMessage().endsWith("is about to take over"), e.getMessage());
        Thread.sleep(1);
      }
    }
  }

  private PacketLink link() throws IOException {
    PacketLink link =
        new PacketLink(
            (UnixConn) Net.dial(PacketLink.NETWORK, path().toString()), HandOverLink.MAX_BYTES);
    link.setTimeout(Rehearsal.LIMIT);
    return link;
  }

  /**
   * Closed while a successor is about to say that it serves: the path is that one's, if it does.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatACloseMeansSaysTheSuccessor(boolean serves) throws Exception {
    HandOver first = HandOver.at(path());
    try (PacketLink link = ready(first)) {
      link.send("READY");
      assertEquals("RETIRING", line(link));
      first.close();
      assertTrue(Files.exists(path()));
      if (serves) {
        link.send("SERVING");
        assertEquals("DONE", line(link));
        assertTrue(first.isRetired());
      }
    }
    if (serves) {
      assertTrue(Files.exists(path()));
    } else {
      Instant end = Instant.now().plus(Rehearsal.LIMIT);
      while (Files.exists(path())) {
        assertTrue(Instant.now().isBefore(end), "the path stays");
        Thread.sleep(1);
      }
    }
  }

  /** It has come in time, and asks a moment too late: the other one serves already. */
  @Test
  void whoAsksOneThatHasRetiredIsToldToAskAgain() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (HandOver first = HandOver.at(path())) {
      first.ready(
          retirement -> {
            try {
              over.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      try (PacketLink late = link();
          PacketLink next = link()) { // heard one after the other
        next.send("HELLO 2 5");
        assertTrue(line(next).startsWith("HELLO"));
        assertEquals("PATH", line(next));
        next.send("READY");
        assertEquals("RETIRING", line(next));
        next.send("SERVING");
        Instant end = Instant.now().plus(Rehearsal.LIMIT);
        while (!first.isRetired()) {
          assertTrue(Instant.now().isBefore(end), "it does not retire");
          Thread.sleep(1);
        }
        late.send("HELLO 2 6");
        assertEquals("AGAIN", line(late));
      } finally {
        over.countDown();
      }
    }
  }

  /** As of a class whose file was replaced by the new version. */
  @Test
  void anErrorInTheCallbackOfARetirementIsToldAndTheRestGoesOn() throws Exception {
    try (HandOver first = HandOver.at(path());
        PacketLink link =
            ready(
                first,
                retirement -> {
                  throw new NoClassDefFoundError("for the test");
                })) {
      link.send("READY");
      assertEquals("RETIRING", line(link));
      link.send("SERVING");
      assertEquals("DONE", line(link));
      assertTrue(first.isRetired());
    }
  }

  private PacketLink ready(HandOver first) throws IOException {
    return ready(first, retirement -> {});
  }

  private PacketLink ready(HandOver first, Consumer<? super Retirement> onRetire)
      throws IOException {
    first.ready(onRetire);
    PacketLink link = link();
    link.send("HELLO 2 5");
    assertTrue(line(link).startsWith("HELLO"));
    assertEquals("PATH", line(link));
    return link;
  }

  @Test
  void aPathThatCannotBeMadeAnewIsNoReasonToEnd() throws Exception {
    HandOver first = HandOver.at(path());
    try (Listener _ = first.listen("tcp", "127.0.0.1:0")) {
      first.ready(retirement -> {});
      try (HandOver second = HandOver.at(path());
          Listener listener = second.listen("tcp", "127.0.0.1:0")) {
        first.close(); // of itself, and takes the path along
        assertFalse(Files.exists(path()));
        Files.writeString(path(), "somebody's");
        second.ready(retirement -> {});
        try (Conn client = Net.dial("tcp", listener.addr().toString())) {
          client.write(new byte[] {'x'});
          try (Conn served = listener.accept()) {
            assertReads("x", served);
          }
        }
      }
      assertEquals("somebody's", Files.readString(path()));
    } finally {
      first.close();
    }
  }

  @Test
  void anInheritedListenerKeepsItsOptions() throws Exception {
    try (HandOver first = HandOver.at(path());
        Listener old =
            first.listen(ListenConfig.defaults().withNoDelay(false), "tcp", "127.0.0.1:0")) {
      first.ready(retirement -> {});
      try (HandOver second = HandOver.at(path());
          Listener listener = second.listen("tcp", "127.0.0.1:0")) {
        second.ready(retirement -> {});
        old.close();
        try (Conn _ = Net.dial("tcp", listener.addr().toString());
            Conn served = listener.accept()) {
          assertEquals(false, ((TcpConn) served).getOption(StandardSocketOptions.TCP_NODELAY));
        }
      }
    }
  }

  @Test
  void aDescriptorThatIsNoListenerIsRefused() throws Exception {
    try (UnixListener listener =
            ListenConfig.defaults().listenUnix(PacketLink.NETWORK, path().toString());
        Listener port = Net.listen("tcp", "127.0.0.1:0");
        Conn conn = Net.dial("tcp", port.addr().toString())) {
      Thread predecessor =
          Thread.startVirtualThread(
              () -> {
                try (PacketLink link = new PacketLink(listener.accept(), HandOverLink.MAX_BYTES)) {
                  link.setTimeout(Rehearsal.LIMIT);
                  assertTrue(line(link).startsWith("HELLO 2 "));
                  link.send("HELLO 2 5");
                  link.send("LISTENER tcp x", (NetSocket) conn);
                  assertEquals("left", line(link));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      IOException e = assertThrows(IOException.class, () -> HandOver.at(path()).close());
      assertTrue(e.getMessage().contains("not a listening socket"), e.getMessage());
      predecessor.join();
    }
  }
}

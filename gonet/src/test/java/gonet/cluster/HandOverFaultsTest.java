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
import gonet.TcpConn;
import gonet.UnixListener;
import gonet.support.Proves;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A predecessor that answers wrongly, for which the test speaks, and paths that are lost. */
@Timeout(60)
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
                  assertTrue(line(link).startsWith("HELLO 1 "));
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
    assertEquals("process 5 speaks version 9, this one 1", failure("HELLO 9 5"));
    assertEquals("unexpected answer \"good\"", failure("good day"));
    assertEquals("process 5 has left", failure("HELLO 1 5"));
    assertEquals("no descriptor came beside \"PATH\"", failure("HELLO 1 5", "PATH"));
    assertEquals(
        "no descriptor came beside \"LISTENER\"", failure("HELLO 1 5", "LISTENER tcp 127.0.0.1:0"));
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
                  assertTrue(line(link).startsWith("HELLO 1 "));
                  link.send("HELLO 1 5");
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

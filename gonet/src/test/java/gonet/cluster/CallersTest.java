package gonet.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ForwardingListener;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetInterruptedException;
import gonet.OpFailure;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.support.Proves;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Those who ask at a Unix socket are heard as long as it is open. */
@Timeout(180)
@Proves("handover")
class CallersTest {
  @TempDir Path folder;

  private static void greet(UnixConn conn) {
    try (conn) {
      conn.write(new byte[] {7});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertHeard(UnixListener listener) throws IOException {
    try (Conn conn = Net.dial(PacketLink.NETWORK, listener.addr().toString())) {
      conn.setReadTimeout(Rehearsal.LIMIT);
      conn.readFully(new byte[1]);
    }
  }

  /** Is interrupted in an accept, the first few times, and notes how the thread comes. */
  private static final class Interrupting extends ForwardingListener {
    private int calls;
    private boolean cameInterrupted;

    Interrupting(Listener listener) {
      super(listener);
    }

    @Override
    public Conn accept() throws IOException {
      cameInterrupted |= Thread.currentThread().isInterrupted();
      if (++calls <= 3) {
        Thread.currentThread().interrupt();
        throw new NetInterruptedException(OpFailure.of("accept", this, "operation was canceled"));
      }
      return super.accept();
    }
  }

  @Test
  void anInterruptIsClearedAndMakesNobodyDeaf() throws Exception {
    Thread thread;
    Interrupting interrupting;
    try (UnixListener listener =
        ListenConfig.defaults()
            .listenUnix(PacketLink.NETWORK, folder.resolve("callers").toString())) {
      interrupting = new Interrupting(listener);
      thread =
          Thread.startVirtualThread(
              () -> Callers.hear(interrupting, "caller", "callers", CallersTest::greet));
      assertHeard(listener);
      assertTrue(thread.isAlive());
    }
    thread.join();
    assertFalse(interrupting.cameInterrupted, "it would go round and round");
  }
}

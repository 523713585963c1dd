package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gonet.Conn;
import gonet.Net;
import gonet.NetFailure;
import gonet.test.Proves;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A write to a connection whose peer is gone raises SIGPIPE, which ends a process that neither
 * handles nor ignores it (send(2), MSG_NOSIGNAL). The JVM handles it, but only while nobody changes
 * that: so each kind of write has to keep the signal away itself.
 */
@Proves("C18")
class SigpipeTest {

  @Test
  @Proves("B54")
  void noKindOfWriteToADeadPeerEndsAProcessThatSigpipeWouldEnd() throws Exception {
    try (Child child = Child.start(Writer.class, List.of())) {
      for (String kind : List.of("array", "heap buffer", "direct buffer", "buffers", "stream")) {
        assertEquals(kind + ": EPIPE", child.hear());
      }
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Writes to dead peers in every way there is. */
  static final class Writer {

    private interface Write {
      void to(Conn conn) throws IOException;
    }

    public static void main(String[] args) throws Exception {
      Net.listen("tcp4", "127.0.0.1:0").close(); // now gonet has its backend
      // The JDK's own write(2), beneath the other backend, relies on the JVM's handler.
      if (Net.stats().backend().equals("epoll")) {
        letSigpipeKill();
      }
      byte[] some = new byte[10];
      provoke("array", c -> c.write(some));
      provoke("heap buffer", c -> c.write(ByteBuffer.wrap(some)));
      provoke("direct buffer", c -> c.write(ByteBuffer.allocateDirect(10)));
      provoke(
          "buffers",
          c ->
              c.write(
                  ByteBuffer.allocate(5), ByteBuffer.allocateDirect(5), ByteBuffer.allocate(9)));
      provoke("stream", c -> c.outputStream().write(some));
      Runtime.getRuntime().halt(0);
    }

    /** The default action for the signal, as after signal(SIGPIPE, SIG_DFL). */
    private static void letSigpipeKill() throws ReflectiveOperationException {
      // By name, for javac warns of the class and cannot be told that this is intended.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Method handle = signal.getMethod("handle", signal, handler);
      handle.invoke(
          null,
          signal.getConstructor(String.class).newInstance("PIPE"),
          handler.getField("SIG_DFL").get(null));
    }

    private static void provoke(String kind, Write write) throws IOException {
      try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
          Conn conn = Net.dial("tcp4", "127.0.0.1:" + listener.getLocalPort())) {
        try (Socket peer = listener.accept()) {
          peer.setTcpNoDelay(true);
        } // an orderly end: the first write is answered by a reset
        for (; ; ) {
          write.to(conn);
        }
      } catch (IOException e) {
        Child.tell(kind + ": " + ((NetFailure) e).errno());
      }
    }
  }
}

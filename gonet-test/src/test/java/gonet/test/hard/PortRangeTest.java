package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.test.Proves;
import gonet.test.machine.NeedsNetns;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The kernel has ten ports to choose from: what dials do when it chooses the wrong one, or none.
 */
@NeedsNetns
class PortRangeTest {
  private static final int FIRST = 40_000;
  private static final int COUNT = 10;
  private static final String TEN_PORTS =
      "echo '" + FIRST + " " + (FIRST + COUNT - 1) + "' > /proc/sys/net/ipv4/ip_local_port_range";

  /**
   * Who dials a free port of the range from which his own port is chosen may get that one, and is
   * connected to himself: a simultaneous open, RFC 9293, 3.5.
   */
  @Test
  @Proves("dialer-self")
  void nobodyIsEverConnectedToHimself() throws Exception {
    try (Child child = Child.startInNetnsAfter(TEN_PORTS, SelfDialer.class)) {
      int selfConnectedJdk = child.hearInt();
      assertTrue(selfConnectedJdk > 0, "the JDK's sockets did not either: nothing is proved");
      assertEquals(0, child.hearInt(), child::output);
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  @Test
  void dialsWithoutAFreePortSayThatNoAddressIsAvailableAndWorkAgainWithOne() throws Exception {
    try (Child child = Child.startInNetnsAfter(TEN_PORTS, PortEater.class)) {
      assertEquals(COUNT, child.hearInt(), child::output);
      assertEquals("EADDRNOTAVAIL", child.hear());
      assertEquals(
          "dial tcp4 127.0.0.1:1234: connect: cannot assign requested address", child.hear());
      assertEquals("EADDRINUSE", child.hear(), "listen on port 0");
      assertEquals("served", child.hear());
      assertEquals(0, child.awaitExit(), child::output);
    }
  }

  /** Dials each port of the range many times; nobody listens on any. */
  static final class SelfDialer {
    private static final int ROUNDS = 100;

    private SelfDialer() {}

    public static void main(String[] args) throws IOException {
      Child.tell(count(SelfDialer::dialByTheJdk));
      Child.tell(count(SelfDialer::dial));
    }

    private interface Attempt {
      /** Whether it got a connection. */
      boolean at(int port) throws IOException;
    }

    private static int count(Attempt attempt) throws IOException {
      int connected = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int port = FIRST; port < FIRST + COUNT; port++) {
          if (attempt.at(port)) {
            connected++;
          }
        }
      }
      return connected;
    }

    private static boolean dialByTheJdk(int port) throws IOException {
      try (SocketChannel channel = SocketChannel.open()) {
        channel.socket().setSoLinger(true, 0); // TIME_WAIT would take the port out of the game
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return true;
      } catch (ConnectException refused) {
        return false;
      }
    }

    private static boolean dial(int port) throws IOException {
      try (TcpConn conn = (TcpConn) Net.dial("tcp4", "127.0.0.1:" + port)) {
        System.out.println(conn);
        conn.abort();
        return true;
      } catch (IOException e) {
        String errno = e instanceof NetFailure failure ? failure.errno() : null;
        if ("ECONNREFUSED".equals(errno) || "EADDRNOTAVAIL".equals(errno)) {
          return false;
        }
        throw e;
      }
    }
  }

  /** Dials until no port is left, then gives one back. */
  static final class PortEater {
    private static final String OUTSIDE_THE_RANGE = "127.0.0.1:1234";

    private PortEater() {}

    public static void main(String[] args) throws IOException {
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp4", OUTSIDE_THE_RANGE)) {
        List<Conn> conns = new ArrayList<>();
        IOException failure = null;
        while (failure == null && conns.size() <= COUNT) {
          try {
            conns.add(Net.dial("tcp4", OUTSIDE_THE_RANGE));
          } catch (IOException e) {
            failure = e;
          }
        }
        Child.tell(conns.size());
        Child.tell(errno(failure));
        Child.tell(failure == null ? "no failure" : failure.getMessage());
        try (TcpListener second = ListenConfig.defaults().listenTcp("tcp4", "127.0.0.1:0")) {
          Child.tell("listens on " + second.addr());
        } catch (IOException e) {
          Child.tell(errno(e));
        }
        conns.removeLast().abort(); // close would keep the port in TIME_WAIT
        try (Conn again = Net.dial("tcp4", OUTSIDE_THE_RANGE)) {
          for (int i = 0; i <= COUNT; i++) {
            try (Conn accepted = listener.accept()) {
              if (accepted.remoteAddr().equals(again.localAddr())) {
                accepted.write(new byte[1]);
              }
            } catch (IOException e) {
              System.out.println(e);
            }
          }
          Child.tell(again.read(new byte[9]) == 1 ? "served" : "not served");
        }
        conns.forEach(Conn::abort);
      }
    }

    private static String errno(IOException e) {
      return e instanceof NetFailure failure ? failure.errno() : String.valueOf(e);
    }
  }
}

package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.TcpConn;
import gonet.TcpInfo;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every order of up to four calls, each of them read, write, end, reset or close, against a model:
 * what each call says, and what the peer hears in the end.
 */
@LeakCheck
@Timeout(300)
class EndsModelTest {
  private static final int MOST_CALLS = 4;

  /** What the peer has done before the first call. */
  enum Peer {
    /** Has sent more than four reads take. */
    STAYS("abcdefgh"),
    /** Has ended its direction behind two bytes. */
    HAS_ENDED("ab"),
    /** Has reset the connection behind two bytes. */
    HAS_RESET("ab");

    final String sends;

    Peer(String sends) {
      this.sends = sends;
    }
  }

  @ParameterizedTest
  @Proves("B31")
  @EnumSource
  void everyOrderOfCallsSaysWhatTheModelSays(Peer peer) throws Exception {
    TcpPair.connect().close(); // so that there is a backend to ask for
    assumeTrue(
        peer != Peer.HAS_RESET || Net.stats().backend().equals("epoll"),
        "java.nio has no TCP_INFO, which tells when the reset is there");
    List<String> orders = new ArrayList<>(List.of(""));
    for (int i = 0; i < orders.size(); i++) {
      if (orders.get(i).length() < MOST_CALLS) {
        for (char call : "rwexc".toCharArray()) {
          orders.add(orders.get(i) + call);
        }
      }
    }
    assertEquals(1 + 5 + 25 + 125 + 625, orders.size());
    for (String order : orders) {
      try (TcpPair pair = TcpPair.connect()) {
        prepare(peer, pair);
        Model model = new Model(peer);
        for (int i = 0; i < order.length(); i++) {
          String calls = order.substring(0, i + 1);
          String said = call(pair.client(), order.charAt(i));
          List<String> allowed = List.of(model.call(order.charAt(i)).split("\\|"));
          assertTrue(allowed.contains(said), () -> calls + " says " + said + ", not " + allowed);
        }
        if (peer != Peer.HAS_RESET && (model.ended || model.closed)) {
          assertEquals(model.heard(), hear(pair.server()), () -> "the peer, after " + order);
        }
      }
    }
  }

  private static void prepare(Peer peer, TcpPair pair) throws Exception {
    pair.server().setReadTimeout(Duration.ofSeconds(30));
    pair.client().setReadTimeout(Duration.ofSeconds(30));
    pair.server().write(peer.sends.getBytes(US_ASCII));
    switch (peer) {
      case STAYS -> {}
      case HAS_ENDED -> pair.server().closeWrite();
      case HAS_RESET -> {
        pair.server().abort();
        Awaitility.await("the reset")
            .pollInSameThread()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> pair.client().info().state() == TcpInfo.State.CLOSE);
      }
    }
    pair.client().awaitReadable(); // the bytes: whether any are unread decides what a close sends
  }

  private static String call(TcpConn conn, char call) {
    try {
      switch (call) {
        case 'r' -> {
          return read(conn);
        }
        case 'w' -> conn.write(new byte[] {'w'});
        case 'e' -> conn.closeWrite();
        case 'x' -> conn.abort();
        default -> conn.close();
      }
      return "done";
    } catch (NetClosedException e) {
      return "closed";
    } catch (IOException e) {
      return ((NetFailure) e).errno();
    }
  }

  private static String read(TcpConn conn) throws IOException {
    byte[] one = new byte[1];
    return conn.read(one) < 0 ? "-1" : new String(one, US_ASCII);
  }

  /** Everything, to the end or the failure. */
  private static String hear(TcpConn conn) {
    StringBuilder heard = new StringBuilder();
    String next;
    do {
      next = call(conn, 'r');
      heard.append(next);
    } while (next.equals("w"));
    return heard.toString();
  }

  /**
   *
   *
   * <pre>
   *                 end              close, reset
   *   open ----------------&gt; ended ---------------&gt; closed
   *     |                                             ^
   *     +---------------------------------------------+
   *                     close, reset
   * </pre>
   *
   * Reading does not care for {@code ended}. A close resets when bytes are unread.
   */
  private static final class Model {
    private final Peer peer;
    private int taken;
    private int written;
    private boolean ended;
    private boolean closed;

    /** What has ended this side's direction: an end, or a reset if nothing did so before. */
    private String lastWord = "";

    Model(Peer peer) {
      this.peer = peer;
    }

    /** What a call may say: one thing, or several with bars between them. */
    String call(char call) {
      if (call == 'x' || call == 'c') {
        close(call == 'x');
        return "done";
      }
      if (closed) {
        return "closed";
      }
      return switch (call) {
        case 'r' -> read();
        case 'w' -> write();
        default -> end();
      };
    }

    private String read() {
      if (taken < peer.sends.length()) {
        return peer.sends.substring(taken, ++taken);
      }
      return peer == Peer.HAS_RESET ? "ECONNRESET" : "-1";
    }

    private String write() {
      if (peer == Peer.HAS_RESET) {
        return "ECONNRESET|EPIPE"; // the kernel tells the reset once
      }
      if (ended) {
        return "EPIPE";
      }
      written++;
      return "done";
    }

    private String end() {
      if (peer == Peer.HAS_RESET) {
        return "ENOTCONN";
      }
      String said = ended && peer == Peer.HAS_ENDED ? "done|ENOTCONN" : "done"; // acknowledged yet?
      ended = true;
      lastWord = "-1";
      return said;
    }

    private void close(boolean reset) {
      if (!closed && !ended) {
        lastWord = reset || taken < peer.sends.length() ? "ECONNRESET" : "-1";
      }
      closed = true;
    }

    String heard() {
      return "w".repeat(written) + lastWord;
    }
  }
}

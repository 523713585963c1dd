package gonet.test.go;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetConnectException;
import gonet.NetFailure;
import gonet.NetInterruptedException;
import gonet.NetTimeoutException;
import gonet.TcpAddr;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import gonet.test.machine.NeedsIpv6;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many dials, many accepts, much traffic. Go: net/tcpsock_test.go. */
@LeakCheck
class TcpSockTest extends BothCallers {

  @ParameterizedTest
  @Proves("addr-tcp")
  @ValueSource(strings = {"tcp", "tcp6"})
  void aLinkLocalAddressKeepsItsZoneOnBothSides(String network) throws Exception {
    Inet6Address own = linkLocal();
    String literal = own.getHostAddress(); // with the interface behind a percent sign
    try (Listener listener = Net.listen(network, "[" + literal + "]:0");
        Conn dialled = Net.dial(network, listener.addr().toString());
        Conn accepted = listener.accept()) {
      for (Object addr :
          new Object[] {
            listener.addr(), dialled.localAddr(), dialled.remoteAddr(), accepted.remoteAddr()
          }) {
        assertNotEquals("", ((TcpAddr) addr).addr().zone(), addr::toString);
      }
      assertEquals(dialled.localAddr(), accepted.remoteAddr());
      assertEquals(dialled.remoteAddr(), accepted.localAddr());
      dialled.write(new byte[] {1, 2, 3});
      byte[] got = new byte[3];
      accepted.readFully(got);
      assertArrayEquals(new byte[] {1, 2, 3}, got);
    }
  }

  /** Which interface, nobody can say. */
  @Test
  @Proves("uv-link-local")
  @NeedsIpv6
  @EnabledIfSystemProperty(
      named = "gonet.backend",
      matches = "epoll",
      disabledReason = "java.nio chooses an interface if it finds one")
  void aLinkLocalAddressWithoutAZoneIsRefused() {
    for (Executable call :
        new Executable[] {
          () -> Net.listen("tcp6", "[fe80::1]:0").close(),
          () -> Net.dial("tcp6", "[fe80::1]:7099").close()
        }) {
      NetFailure e = (NetFailure) assertThrows(IOException.class, call);
      assertEquals("EINVAL", e.errno(), e::toString);
    }
  }

  private static Inet6Address linkLocal() throws IOException {
    for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
      for (InetAddress addr : each.inetAddresses().toList()) {
        if (each.isUp() && addr instanceof Inet6Address six && six.isLinkLocalAddress()) {
          return six;
        }
      }
    }
    return abort("no interface of this machine has a link-local address");
  }

  @Test
  @Proves("jvm-reuse-port")
  void everyOneOfManyDialsIsAcceptedByOneOfManyAcceptors() throws Exception {
    int dials = 100;
    AtomicInteger accepted = new AtomicInteger();
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      for (int i = 0; i < 10; i++) {
        crew.extra(
            "acceptor " + i,
            () -> {
              while (true) {
                try (Conn conn = listener.accept()) {
                  conn.write(new byte[] {1});
                  accepted.incrementAndGet();
                }
              }
            });
      }
      String address = listener.addr().toString();
      for (int i = 0; i < dials; i++) {
        crew.start(
            "dial " + i,
            () -> {
              try (Conn conn = Net.dial("tcp", address)) {
                assertEquals(1, conn.read(new byte[2]));
                assertEquals(-1, conn.read(new byte[2]));
              }
            });
      }
      crew.join();
    }
    assertEquals(dials, accepted.get());
  }

  @Test
  void tenThousandMessagesGoToAndFroOnTwoConnectionsAndNoneIsLost() throws Exception {
    int rounds = 10_000;
    ConnPairs pairs = ConnPairs.dialled("tcp", LOOPBACK);
    try (ConnPair one = pairs.connect();
        ConnPair other = pairs.connect()) {
      for (ConnPair pair : new ConnPair[] {one, other}) {
        crew.start("echo", () -> echo(pair.right(), rounds));
        crew.start("client", () -> ping(pair.left(), rounds));
      }
      crew.join();
    }
  }

  private static void echo(Conn conn, int rounds) throws IOException {
    byte[] message = new byte[512];
    for (int i = 0; i < rounds; i++) {
      conn.readFully(message);
      conn.write(message);
    }
  }

  private static void ping(Conn conn, int rounds) throws IOException {
    byte[] message = new byte[512];
    byte[] answer = new byte[512];
    ByteBuffer number = ByteBuffer.wrap(message);
    for (int i = 0; i < rounds; i++) {
      number.putInt(0, i).putInt(508, ~i);
      conn.write(message);
      conn.readFully(answer);
      assertArrayEquals(message, answer);
    }
  }

  /** 5 GiB of this are for the tests that take their time. */
  @Test
  void oneWriteCarriesMoreThanAnyBufferOfTheKernel() throws Exception {
    byte[] big = new byte[(64 << 20) + 1];
    new Random(1).nextBytes(big);
    try (ConnPair pair = ConnPairs.dialled("tcp", LOOPBACK).connect()) {
      crew.start("array", () -> pair.left().write(big));
      byte[] got = new byte[big.length];
      pair.right().readFully(got);
      assertArrayEquals(big, got);
      crew.start("buffers", () -> pair.left().write(halves(big)));
      pair.right().readFully(got);
      assertArrayEquals(big, got);
      crew.join();
    }
  }

  private static ByteBuffer[] halves(byte[] whole) {
    int half = whole.length / 2;
    return new ByteBuffer[] {
      ByteBuffer.wrap(whole, 0, half), ByteBuffer.wrap(whole, half, whole.length - half)
    };
  }

  @Test
  @Proves("tcp-read-from")
  void whatComesThroughAPipeOfTheSystemGoesOutAsItComes() throws Exception {
    Pipe pipe = Pipe.open();
    try (ConnPair pair = ConnPairs.dialled("tcp", LOOPBACK).connect();
        InputStream source = Channels.newInputStream(pipe.source())) {
      Pipe.SinkChannel sink = pipe.sink();
      Job<Long> copy = crew.compute("copy", () -> source.transferTo(pair.left().outputStream()));
      byte[] got = new byte[10];
      for (byte each = 1; each <= 2; each++) {
        sink.write(ByteBuffer.wrap(new byte[] {each}));
        // The second is not there yet, so the first cannot have waited for it.
        assertEquals(1, pair.right().read(got));
        assertEquals(each, got[0]);
      }
      sink.close();
      assertEquals(2, copy.result());
    }
  }

  @Test
  void afterCloseAcceptFailsThoughConnectionsWaitInTheQueue() throws Exception {
    Listener listener = Net.listen("tcp", LOOPBACK);
    Conn[] queued = new Conn[5];
    try {
      for (int i = 0; i < queued.length; i++) {
        queued[i] = Net.dial("tcp", listener.addr().toString());
      }
      Job<Void> accept =
          crew.start(
              "accept",
              () -> {
                while (true) {
                  listener.accept().close();
                }
              });
      listener.close();
      Failures.assertClosed(accept.failure(NetClosedException.class));
      Failures.assertClosed(listener::accept);
    } finally {
      for (Conn conn : queued) {
        conn.close();
      }
    }
  }

  /** Go's own poller once took an old event for the end of a new handshake. */
  @Test
  void aDialToAListenerThatClosesConnectsOrFailsButNeverBoth() throws Exception {
    AtomicInteger connected = new AtomicInteger();
    for (int round = 0; round < 20; round++) {
      Listener listener = Net.listen("tcp", LOOPBACK);
      String address = listener.addr().toString();
      crew.extra(
          "acceptor",
          () -> {
            for (int i = 0; i < 50; i++) {
              listener.accept().close();
            }
            listener.close();
          });
      for (int dialler = 0; dialler < 4; dialler++) {
        crew.start(
            "dialler",
            () -> {
              for (int i = 0; i < 25; i++) {
                dialAndWrite(address, connected);
              }
            });
      }
      crew.join();
      listener.close();
    }
    assertNotEquals(0, connected.get());
  }

  private static void dialAndWrite(String address, AtomicInteger connected) throws IOException {
    try (Conn conn = Net.dial("tcp", address, Duration.ofSeconds(10))) {
      connected.incrementAndGet();
      conn.write(new byte[] {1});
    } catch (NetConnectException | NetTimeoutException e) {
      // Nobody listens any more, or the queue was full when the listener went.
    } catch (IOException e) {
      NetFailure failure = (NetFailure) e;
      assertNotEquals("ENOTCONN", failure.errno(), e::toString);
      if (!NetFailure.isConnectionGone(e)) {
        throw e;
      }
    }
  }

  @Test
  void aDialToADeadPortThatIsInterruptedNeverSucceeds() throws Exception {
    String dead;
    try (Listener listener = Net.listen("tcp", LOOPBACK)) {
      dead = listener.addr().toString();
    }
    for (int i = 0; i < 1_000; i++) {
      Job<Void> dial =
          crew.start(
              "dial " + i,
              () -> {
                Conn conn = Net.dial("tcp", dead);
                conn.close();
                throw new AssertionError("connected to " + conn);
              });
      if (i % 2 == 0) {
        dial.thread().interrupt();
      }
      IOException e = dial.failure(IOException.class);
      if (!(e instanceof NetInterruptedException)) {
        assertEquals("ECONNREFUSED", ((NetFailure) e).errno(), e::toString);
      }
    }
  }

  @Test
  @Proves("B56")
  void aConnectionThatWasNeverAcceptedIsResetWhenItsListenerCloses() throws Exception {
    Listener listener = Net.listen("tcp", LOOPBACK);
    try (Conn dialled = Net.dial("tcp", listener.addr().toString())) {
      Job<Integer> read = crew.compute("read", () -> dialled.read(new byte[1])).awaitParked();
      listener.close();
      assertEquals("ECONNRESET", ((NetFailure) read.failure(IOException.class)).errno());
      assertThrows(IOException.class, () -> dialled.read(new byte[1]));
    }
  }
}

package gonet.test.hard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.UdpAddr;
import gonet.UdpConn;
import gonet.netip.AddrPort;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many datagrams each way between two processes, of all lengths up to 1,400 bytes, numbered and
 * hashed: none wrong, none mixed with another; and none lost but where the kernel counts it.
 */
@LeakCheck
@Timeout(300)
@Proves("udp")
class UdpStormTest {
  /** A million are for a run that has the time, docs/testing.md. */
  private static final int COUNT = Integer.getInteger("gonet.test.datagrams", 200_000);

  /** On the way at a time: they fit into any socket's buffer. */
  private static final int WINDOW = 32;

  private static final int LONGEST = 1400;

  /** Number, then hash of the rest. */
  private static final int HEADER = 16;

  @Test
  void allDatagramsEachWayAreRight() throws Exception {
    long dropsBefore = drops();
    long lost = 0;
    try (Child child = Child.start(Echo.class, List.of());
        UdpConn conn = dial(child.hearInt())) {
      conn.setReadTimeout(Duration.ofSeconds(2)); // long enough for a busy machine to answer
      DatagramBatch out = DatagramBatch.allocate(WINDOW, LONGEST);
      DatagramBatch in = DatagramBatch.allocate(WINDOW, LONGEST);
      boolean[] seen = new boolean[WINDOW];
      for (long first = 0; first < COUNT; first += WINDOW) {
        for (int i = 0; i < WINDOW; i++) {
          fill(out.get(i), first + i);
        }
        Arrays.fill(seen, false);
        for (int sent = 0; sent < WINDOW; ) {
          sent += conn.send(out, sent, WINDOW - sent);
        }
        lost += WINDOW - collect(conn, in, first, seen);
      }
      child.say("");
      assertEquals(0, child.hearInt(), "the other process has seen wrong ones");
      assertEquals(0, child.awaitExit(), child::output);
    }
    long dropped = drops() - dropsBefore;
    assertTrue(lost <= dropped, lost + " lost, and the kernel has dropped " + dropped);
  }

  /** How many of a window came back. */
  private static int collect(UdpConn conn, DatagramBatch in, long first, boolean[] seen)
      throws IOException {
    int back = 0;
    while (back < WINDOW) {
      int n;
      try {
        n = conn.receive(in);
      } catch (NetTimeoutException e) {
        return back;
      }
      for (int i = 0; i < n; i++) {
        long number = number(in.get(i));
        assertTrue(number >= 0, "a wrong datagram behind " + first);
        int index = (int) (number - first);
        if (index < 0) {
          continue; // of a window that was given up
        }
        assertTrue(!seen[index], "twice: " + number);
        seen[index] = true;
        back++;
      }
    }
    return back;
  }

  private static UdpConn dial(int port) throws IOException {
    return Dialer.defaults().dialUdp("udp", UdpAddr.of(AddrPort.parse("127.0.0.1:" + port)));
  }

  /** What the number says, of a length that it says as well. */
  private static void fill(Datagram datagram, long number) {
    ByteBuffer data = datagram.data().clear();
    int length = HEADER + (int) (number * 31 % (LONGEST - HEADER + 1));
    data.putLong(0, number);
    for (int i = HEADER; i < length; i += 97) {
      data.put(i, (byte) (number * i));
    }
    data.limit(length);
    data.putLong(8, hash(data));
  }

  /** Of a datagram that is as it was sent; −1 of any other. */
  private static long number(Datagram datagram) {
    ByteBuffer data = datagram.data();
    if (datagram.truncated() || data.remaining() < HEADER) {
      return -1;
    }
    long number = data.getLong(0);
    boolean whole = data.remaining() == HEADER + (int) (number * 31 % (LONGEST - HEADER + 1));
    return whole && hash(data) == data.getLong(8) ? number : -1;
  }

  private static long hash(ByteBuffer data) {
    CRC32C hash = new CRC32C();
    hash.update(data.slice(HEADER, data.limit() - HEADER));
    return hash.getValue();
  }

  /** RcvbufErrors and all other failures of the namespace; nothing elsewhere than on Linux. */
  private static long drops() throws IOException {
    Path snmp = Path.of("/proc/net/snmp");
    if (!Files.exists(snmp)) {
      return Long.MAX_VALUE / 2;
    }
    List<String> lines =
        Files.readAllLines(snmp).stream().filter(line -> line.startsWith("Udp: ")).toList();
    List<String> names = List.of(lines.get(0).split(" "));
    String[] values = lines.get(1).split(" ");
    return Long.parseLong(values[names.indexOf("InErrors")])
        + Long.parseLong(values[names.indexOf("SndbufErrors")]);
  }

  /** Sends back what is right, and counts what is not. */
  static final class Echo {
    public static void main(String[] args) throws Exception {
      UdpConn conn = ListenConfig.defaults().listenUdp("udp", "127.0.0.1:0");
      int[] wrong = {0};
      Thread echo = Net.go(() -> echo(conn, wrong));
      Child.tell(conn.localAddr().port());
      Child.awaitLine();
      conn.close();
      echo.join();
      Child.tell(wrong[0]);
    }

    private static void echo(UdpConn conn, int[] wrong) throws IOException {
      DatagramBatch batch = DatagramBatch.allocate(WINDOW, LONGEST);
      while (true) {
        int n = conn.receive(batch);
        for (int i = 0; i < n; i++) {
          if (number(batch.get(i)) < 0) {
            wrong[0]++;
          }
        }
        for (int sent = 0; sent < n; ) {
          sent += conn.send(batch, sent, n - sent);
        }
      }
    }
  }
}

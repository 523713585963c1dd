package gonet.test.go;

import com.sun.management.ThreadMXBean;
import gonet.Conn;
import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.UdpConn;
import gonet.UnixAddr;
import gonet.UnixgramConn;
import gonet.netip.AddrPort;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Counts what reading and writing allocate, in a JVM that does nothing else, and prints it. The
 * argument chooses what is read and written, and how.
 */
final class AllocationProbe {
  private static final int LENGTH = 512;
  private static final int CALLS = 5_000;

  /** Fewer, where each call takes two switches of threads. */
  private static final int TURNS = 1_000;

  /** Batches until the compiler has seen enough, and those that count. */
  private static final int WARM = 8;

  private static final int BATCHES = 6;

  /** So often the batches that count may begin anew. */
  private static final int SERIES = 6;

  private static final byte[] BUFFER = new byte[LENGTH];

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private AllocationProbe() {}

  /** Writes and reads once. */
  private interface Exchange {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    if (args[0].equals("virtual")) {
      // Made there too: where a connection is polled is decided by the first thread that waits.
      Net.go(AllocationProbe::onVirtualThreads).join();
      return;
    }
    if (args[0].startsWith("udp ")) {
      try (UdpConn server = ListenConfig.defaults().listenUdp("udp", BothCallers.LOOPBACK);
          UdpConn client = ListenConfig.defaults().listenUdp("udp", BothCallers.LOOPBACK)) {
        System.out.println(most(CALLS, datagrams(args[0], client, server)));
      }
      return;
    }
    if (args[0].equals("unixgram")) {
      try (UnixgramConn server = ListenConfig.defaults().listenUnixgram("");
          UnixgramConn client = ListenConfig.defaults().listenUnixgram("")) {
        System.out.println(most(CALLS, unixDatagrams(client, server)));
      }
      return;
    }
    try (ConnPair pair = ConnPairs.dialled("tcp", BothCallers.LOOPBACK).connect()) {
      System.out.println(
          switch (args[0]) {
            case "turns" -> onPlatformThreads(pair);
            case "timed turns" -> {
              pair.left().setReadTimeout(Duration.ofHours(1));
              pair.left().setWriteDeadline(Instant.now().plus(Duration.ofHours(1)));
              yield onPlatformThreads(pair);
            }
            default -> most(CALLS, exchange(args[0], pair.left(), pair.right()));
          });
    }
  }

  // ---- data is there: nothing waits

  private static Exchange exchange(String name, Conn client, Conn server) throws Exception {
    byte[] buf = new byte[LENGTH];
    ByteBuffer heap = ByteBuffer.allocate(LENGTH);
    ByteBuffer direct = ByteBuffer.allocateDirect(LENGTH);
    Instant later = Instant.now().plus(Duration.ofHours(1));
    return switch (name) {
      case "array" ->
          () -> {
            client.write(buf);
            server.readFully(buf);
          };
      case "part" ->
          () -> {
            client.write(buf, 7, 100);
            server.readFully(buf, 9, 100);
          };
      case "heap" -> () -> exchange(heap, client, server);
      case "direct" -> () -> exchange(direct, client, server);
      case "gather" -> {
        ByteBuffer[] both = {heap, direct};
        byte[] twice = new byte[2 * LENGTH];
        yield () -> {
          heap.clear();
          direct.clear();
          client.write(both);
          server.readFully(twice);
        };
      }
      case "streams" -> {
        InputStream in = server.inputStream();
        OutputStream out = client.outputStream();
        yield () -> {
          out.write(buf);
          in.readNBytes(buf, 0, LENGTH);
        };
      }
      case "timeout" -> {
        client.setWriteTimeout(Duration.ofHours(1));
        server.setReadTimeout(Duration.ofHours(1));
        yield exchange("array", client, server);
      }
      case "deadline" ->
          () -> {
            client.setWriteDeadline(later);
            client.write(buf);
            server.setReadDeadline(later);
            server.readFully(buf);
          };
      case "readable" ->
          () -> {
            client.write(buf);
            server.awaitReadable();
            server.readFully(buf);
          };
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** A datagram there and back again. */
  private static Exchange datagrams(String name, UdpConn client, UdpConn server) throws Exception {
    AddrPort to = server.localAddr().addrPort();
    Datagram there = Datagram.allocate(LENGTH).setAddrPort(to);
    Datagram back = Datagram.allocate(LENGTH);
    return switch (name) {
      case "udp one" ->
          () -> {
            client.send(there.setAddrPort(to));
            server.receive(back);
            server.send(back);
            client.receive(back);
          };
      case "udp ancillary" -> {
        server.setReceiveLocalAddr(true);
        server.setReceiveHopLimit(true);
        server.setReceiveTimestamp(true);
        yield datagrams("udp one", client, server);
      }
      case "udp wrapped" -> {
        Datagram wrapped = Datagram.wrap(ByteBuffer.allocate(LENGTH));
        yield () -> {
          client.send(there);
          server.receive(wrapped);
          server.send(wrapped);
          client.receive(wrapped);
        };
      }
      case "udp batch" -> {
        DatagramBatch out = DatagramBatch.allocate(4, LENGTH);
        DatagramBatch in = DatagramBatch.allocate(4, LENGTH);
        for (int i = 0; i < out.size(); i++) {
          out.get(i).setAddrPort(to);
        }
        yield () -> {
          client.send(out, 0, 4);
          int n = server.receive(in);
          server.send(in, 0, n);
          client.receive(in);
        };
      }
      case "udp connected" -> {
        UdpConn connected = Dialer.defaults().dialUdp("udp", server.localAddr());
        byte[] buf = new byte[LENGTH];
        ByteBuffer direct = ByteBuffer.allocateDirect(LENGTH);
        yield () -> {
          connected.write(buf);
          server.receive(back);
          server.send(back);
          connected.receive(back);
          connected.send(back);
          server.read(buf);
          direct.clear();
          connected.write(direct);
          direct.clear();
          server.read(direct);
        };
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Exchange unixDatagrams(UnixgramConn client, UnixgramConn server) {
    UnixAddr to = server.localAddr();
    Datagram there = Datagram.allocate(LENGTH);
    Datagram asked = Datagram.allocate(LENGTH);
    Datagram answered = Datagram.allocate(LENGTH); // each of the two has one sender
    return () -> {
      client.send(there.setAddr(to));
      server.receive(asked);
      server.send(asked);
      client.receive(answered);
    };
  }

  private static void exchange(ByteBuffer buf, Conn client, Conn server) throws Exception {
    buf.clear();
    client.write(buf);
    buf.clear();
    while (buf.hasRemaining()) {
      int n = server.read(buf);
      if (n < 0) {
        throw new AssertionError("end of the stream");
      }
    }
  }

  /**
   * The most that one of the batches allocated on this thread: what a lucky batch did not is no
   * proof, because a method that is compiled anew may begin to allocate. Nor does the first series
   * prove anything that is not clean: a path that nobody took before (the other side was faster for
   * once) is interpreted until it is compiled, and the JVM's interpreter makes objects. What makes
   * one again and again spoils each series.
   */
  private static long most(int calls, Exchange exchange) throws Exception {
    long most = batches(WARM, calls, exchange);
    for (int series = 0; series == 0 || most != 0 && series < SERIES; series++) {
      most = batches(BATCHES, calls, exchange);
    }
    return most;
  }

  private static long batches(int count, int calls, Exchange exchange) throws Exception {
    long[] bytes = new long[count]; // looked at later: a branch that turns would be compiled anew
    for (int batch = 0; batch < count; batch++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < calls; i++) {
        exchange.run();
      }
      bytes[batch] = THREADS.getCurrentThreadAllocatedBytes() - before;
    }
    return Arrays.stream(bytes).max().orElseThrow();
  }

  // ---- each side waits for the other

  /** Of two threads that take turns the one: parking a platform thread allocates nothing. */
  private static long onPlatformThreads(ConnPair pair) throws Exception {
    Thread echo = Thread.ofPlatform().daemon().start(() -> echo(pair.right()));
    long most = most(TURNS, () -> turn(pair.left(), BUFFER));
    pair.left().closeWrite();
    echo.join();
    return most;
  }

  private static void turn(Conn conn, byte[] buf) throws IOException {
    conn.write(buf);
    conn.readFully(buf);
  }

  private static void echo(Conn conn) {
    byte[] buf = new byte[LENGTH];
    try {
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Both on gonet's virtual threads, where parking and yielding cost the JDK an object each. So the
   * flight recorder tells which objects they were and who made them: those with gonet on the stack
   * that are no entry of a scheduler's queue and come from compiled code. In either lane such an
   * entry is made by a thread that yields, which a connection has its thread do every 32 writes; in
   * the shared lane by each one that is woken as well. Nor do the poller's threads count, of which
   * the shared lane starts one for each turn and not for each request. Prints class and stack of
   * each kind.
   */
  private static void onVirtualThreads() throws Exception {
    Set<String> found = new TreeSet<>();
    try (ConnPair pair = ConnPairs.dialled("tcp", BothCallers.LOOPBACK).connect()) {
      Thread echo = Net.go(() -> echo(pair.right()));
      record(pair.left(), found);
      pair.left().closeWrite();
      echo.join();
    }
    System.out.println(found);
  }

  private static void record(Conn conn, Set<String> found) {
    Path file = null;
    try (Recording recording = new Recording()) {
      byte[] buf = new byte[LENGTH];
      for (int i = 0; i < 4 * WARM * CALLS; i++) {
        turn(conn, buf);
      }
      // One event for each buffer that a thread allocates from, made small by the JVM's flags.
      recording.enable("jdk.ObjectAllocationInNewTLAB").withStackTrace();
      // A recording that shows waits needs an event for each; others must cost nothing.
      recording.disable("gonet.ReadWait");
      recording.disable("gonet.WriteWait");
      recording.start();
      for (int i = 0; i < 2 * BATCHES * CALLS; i++) {
        turn(conn, buf);
      }
      recording.stop();
      file = Files.createTempFile("allocation", ".jfr");
      recording.dump(file);
      int events = 0;
      for (RecordedEvent event : RecordingFile.readAllEvents(file)) {
        if (!event.getEventType().getName().equals("jdk.ObjectAllocationInNewTLAB")) {
          continue;
        }
        events++;
        if (isOfGonet(event)) {
          found.add(event.getClass("objectClass").getName() + " at " + stack(event));
        }
      }
      if (events < 100) {
        found.add("the recorder saw " + events + " allocations only");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (file != null) {
        file.toFile().delete();
      }
    }
  }

  private static boolean isOfGonet(RecordedEvent event) {
    String type = event.getClass("objectClass").getName();
    return !type.startsWith("java.util.concurrent.ForkJoinTask$")
        && !type.equals("java.util.concurrent.ConcurrentLinkedQueue$Node")
        && !type.equals("jdk.internal.vm.StackChunk")
        && event.getStackTrace() != null
        && !stack(event).contains("gonet.internal.poll.SharedLane.handedOver")
        && event.getStackTrace().getFrames().stream()
            .filter(frame -> frame.getMethod().getType().getName().startsWith("gonet.internal."))
            .findFirst()
            .filter(frame -> !frame.getType().equals("Interpreted"))
            .isPresent();
  }

  private static String stack(RecordedEvent event) {
    StringJoiner stack = new StringJoiner(" < ");
    for (RecordedFrame frame : event.getStackTrace().getFrames()) {
      stack.add(frame.getMethod().getType().getName() + "." + frame.getMethod().getName());
    }
    return stack.toString();
  }
}

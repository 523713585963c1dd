package gonet.test.start;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.FileTransfer;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocketException;
import gonet.server.Server;
import gonet.server.ServerBuilder;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** What the tests of this package run in JVMs of their own. */
final class Programs {
  private Programs() {}

  /** Says which backend serves an echo, or why none does. */
  static final class EchoOnce {
    private EchoOnce() {}

    public static void main(String[] args) {
      try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
        Net.go(() -> echo(l.accept()));
        try (Conn c = Net.dial("tcp", l.addr().toString())) {
          c.write("hello".getBytes(UTF_8));
          c.closeWrite();
          System.out.println(
              "backend " + Net.stats().backend() + " " + new String(c.readAll(), UTF_8));
        }
      } catch (Exception e) {
        System.out.println(e);
      }
    }
  }

  /** Listens on an address and ends. */
  static final class ListenOnce {
    private ListenOnce() {}

    public static void main(String[] args) throws Exception {
      Net.listen("tcp", args[0]).close();
    }
  }

  /** Prints the first line that gonet logs, of whatever level. */
  static final class FirstLogLine {
    private FirstLogLine() {}

    public static void main(String[] args) throws Exception {
      BlockingQueue<String> lines = new LinkedBlockingQueue<>();
      Logger logger = Logger.getLogger("gonet");
      logger.setUseParentHandlers(false);
      logger.setLevel(Level.ALL);
      logger.addHandler(
          new Handler() {
            @Override
            public void publish(LogRecord line) {
              lines.add(line.getLevel() + " " + line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          });
      Net.listen("tcp", "127.0.0.1:0").close();
      System.out.println(lines.poll(30, TimeUnit.SECONDS));
    }
  }

  /**
   * Looks at gonet's own platform threads while a deadline is armed: prints those that would keep
   * the JVM alive, have another class loader, or inherited a thread-local.
   */
  static final class OwnThreads {
    private OwnThreads() {}

    public static void main(String[] args) throws Exception {
      ClassLoader odd = new ClassLoader() {};
      AtomicInteger inherited = new AtomicInteger();
      InheritableThreadLocal<String> local =
          new InheritableThreadLocal<>() {
            @Override
            protected String childValue(String parent) {
              inherited.incrementAndGet();
              return parent;
            }
          };
      Thread user =
          Thread.ofPlatform()
              .unstarted(
                  () -> {
                    local.set("mine");
                    // A deadline that is over before the first wait needs no timer.
                    for (long ms = 20; !isThere("gonet-timer"); ms *= 2) {
                      waitWithDeadline(ms);
                    }
                  });
      user.setContextClassLoader(odd);
      user.start();
      user.join();
      threads()
          .filter(t -> t.getName().startsWith("gonet"))
          .forEach(
              t ->
                  System.out.println(
                      t.getName()
                          + (t.getThreadGroup().getParent() == null ? "" : " IN A GROUP")
                          + (t.isDaemon() ? " daemon" : " KEEPS THE JVM")
                          + (ClassLoader.getSystemClassLoader().equals(t.getContextClassLoader())
                              ? " system-loader"
                              : " ODD LOADER")));
      System.out.println("inherited " + inherited.get());
    }

    private static Stream<Thread> threads() {
      return Thread.getAllStackTraces().keySet().stream(); // in whatever group they live
    }

    private static boolean isThere(String name) {
      return threads().anyMatch(t -> t.getName().equals(name));
    }

    private static void waitWithDeadline(long ms) {
      try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
        l.setDeadline(Instant.now().plusMillis(ms));
        l.accept();
      } catch (Exception e) {
        System.out.println(e.getMessage());
      }
    }
  }

  /** Returns from main while threads wait in accept and read, with deadlines an hour away. */
  static final class LeaveWaiting {
    private LeaveWaiting() {}

    public static void main(String[] args) throws Exception {
      Listener l = Net.listen("tcp", "127.0.0.1:0");
      Conn dialed = Net.dial("tcp", l.addr().toString());
      Conn accepted = l.accept();
      Net.go(l::accept);
      accepted.setReadDeadline(Instant.now().plusSeconds(3600));
      Thread reader = Net.go(() -> accepted.read(new byte[1]));
      while (reader.getState() != Thread.State.TIMED_WAITING
          && reader.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      System.out.println("leaving " + dialed.remoteAddr());
    }
  }

  /**
   * Returns from main while a server waits for the end of its connections' idle time, an hour away:
   * of one whose handler reads, and of one without a thread.
   */
  static final class LeaveIdle {
    private LeaveIdle() {}

    public static void main(String[] args) throws Exception {
      ServerBuilder idle = Server.builder().idleTimeout(Duration.ofHours(1));
      Server reading =
          idle.listenOn("tcp", "127.0.0.1:0").handler(conn -> conn.read(new byte[1])).start();
      Conn first = Net.dial("tcp", reading.addr().toString());
      Server waiting =
          Server.builder()
              .idleTimeout(Duration.ofHours(1))
              .listenOn("tcp", "127.0.0.1:0")
              .requestHandler(conn -> conn.read(new byte[1]))
              .start();
      Conn second = Net.dial("tcp", waiting.addr().toString());
      while (reading.connections() + waiting.connections() < 2 || idleWatches() < 2) {
        Thread.onSpinWait();
      }
      System.out.println("leaving " + first.remoteAddr() + " and " + second.remoteAddr());
    }

    private static long idleWatches() {
      return Thread.getAllStackTraces().keySet().stream()
          .filter(t -> t.getName().endsWith("-idle") && t.getState() == Thread.State.TIMED_WAITING)
          .count();
    }
  }

  /** Echoes for ever on a port it prints; ends with its standard input. */
  static final class EchoServer {
    private EchoServer() {}

    public static void main(String[] args) throws Exception {
      Listener l = Net.listen("tcp", "127.0.0.1:0");
      Net.go(
          () -> {
            while (true) {
              Conn conn = l.accept();
              Net.go(() -> echoPieces(conn));
            }
          });
      System.out.println(l.addr().toString());
      while (System.in.read() >= 0) {
        // Until the test lets go.
      }
    }
  }

  /** Carries what one client sends to a port of this machine, which it reads from its input. */
  static final class Relay {
    private Relay() {}

    public static void main(String[] args) throws Exception {
      try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
        System.out.println(l.addr().toString());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        try (Conn target = Net.dial("tcp", "127.0.0.1:" + in.readLine());
            Conn client = l.accept()) {
          client.inputStream().transferTo(target.outputStream());
        }
      }
    }
  }

  /** Sends a file, whose name is the argument, to whoever connects. */
  static final class FileSender {
    private FileSender() {}

    public static void main(String[] args) throws Exception {
      try (Listener l = Net.listen("tcp", "127.0.0.1:0")) {
        System.out.println(l.addr().toString());
        try (FileChannel file = FileChannel.open(Path.of(args[0]));
            Conn client = l.accept()) {
          FileTransfer.of(file, 0, file.size(), client).run();
        }
      }
    }
  }

  /**
   * Accepts and holds connections in a process with few descriptors, dials itself until that fails,
   * lets all go and says whether the listener still serves. Logs by java.util.logging, of which
   * nothing is loaded before it is needed: so what has been logged is seen by what it prints.
   */
  static final class OutOfDescriptors {
    private OutOfDescriptors() {}

    public static void main(String[] args) throws Exception {
      Listener l = Net.listen("tcp", "127.0.0.1:0");
      BlockingQueue<Conn> held = new LinkedBlockingQueue<>();
      Net.go(
          () -> {
            while (true) {
              held.add(l.accept());
            }
          });
      CountDownLatch logged = new CountDownLatch(1);
      System.setErr(new PrintStream(telling(logged), true, UTF_8));
      List<Conn> dialed = new ArrayList<>();
      try {
        while (true) {
          dialed.add(Net.dial("tcp", l.addr().toString()));
        }
      } catch (IOException e) {
        System.out.println("full");
      }
      if (!logged.await(10, TimeUnit.SECONDS)) {
        System.out.println("the acceptor said nothing");
      }
      dialed.forEach(Conn::close);
      held.forEach(Conn::close);
      held.clear();
      try (Conn last = Net.dial("tcp", l.addr().toString())) {
        last.write(new byte[1]);
        while (!held.take().remoteAddr().equals(last.localAddr())) {
          // one of those that the full backlog held
        }
      }
      System.out.println("served again");
    }

    private static OutputStream telling(CountDownLatch written) {
      return new FilterOutputStream(System.err) {
        @Override
        public void write(byte[] b, int off, int len) throws IOException {
          out.write(b, off, len);
          written.countDown();
        }
      };
    }
  }

  /** Asks for all addresses of the machine without a descriptor, and again with some. */
  static final class AskWithoutDescriptors {
    private AskWithoutDescriptors() {}

    public static void main(String[] args) throws Exception {
      Net.listen("tcp", "127.0.0.1:0").close(); // all that is opened once
      List<FileChannel> held = new ArrayList<>();
      try {
        while (true) {
          held.add(FileChannel.open(Path.of("/dev/null")));
        }
      } catch (IOException e) {
        System.out.println("full");
      }
      try (Listener l = Net.listen("tcp", ":0")) {
        System.out.println("not full: " + l.addr());
      } catch (NetSocketException e) {
        System.out.println("without: " + e.errno());
      }
      for (FileChannel channel : held) {
        channel.close();
      }
      try (Listener l = Net.listen("tcp", ":0")) {
        System.out.println("with: " + l.addr());
      }
    }
  }

  private static void echoPieces(Conn conn) throws Exception {
    try (conn) {
      byte[] buf = new byte[4096];
      for (int n; (n = conn.read(buf)) >= 0; ) {
        conn.write(buf, 0, n);
      }
    }
  }

  private static void echo(Conn conn) throws Exception {
    try (conn) {
      conn.write(conn.readAll());
    }
  }
}

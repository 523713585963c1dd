package gonet.test.hard;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.Transfer;
import gonet.frame.FrameReader;
import gonet.frame.Lines;
import gonet.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** The programs of {@link FirstUseTest}. */
final class FirstUses {
  static final int INNOCENT = 20;
  static final String SERVED = "served " + INNOCENT;
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private static final int PATIENCE_MILLIS = 10_000;

  private static final ByteBuffer DIRECT = ByteBuffer.allocateDirect(1);

  private FirstUses() {}

  /** The first call of all that a program makes. */
  enum Entry {
    LISTEN,
    DIAL,
    GO,
    LISTEN_CONFIG,
    DIALER,
    SERVER;

    @SuppressWarnings("ReturnValueIgnored")
    private void call(String peer) throws IOException {
      switch (this) {
        case LISTEN -> Net.listen("tcp", "127.0.0.1:0").close();
        case DIAL -> Net.dial("tcp", peer).close();
        case GO -> Net.go(() -> {});
        case LISTEN_CONFIG -> ListenConfig.defaults();
        case DIALER -> Dialer.defaults();
        case SERVER -> server().close();
      }
    }
  }

  /** The first call of its kind that any handler makes. */
  enum Op {
    WRITE,
    WRITE_DIRECT,
    WRITE_GATHERED,
    READ,
    READ_DIRECT,
    READ_FRAME,
    AWAIT_READABLE,
    TIME_OUT,
    TO_STRING,
    OPTIONS,
    TRANSFER,
    DIAL,
    DIAL_BY_NAME,
    CLOSE_WRITE,
    CLOSE_GRACEFULLY,
    ABORT,
    CLOSE;

    private void call(TcpConn conn, TcpConn drain, String port) throws IOException {
      switch (this) {
        case WRITE -> conn.write(new byte[1]);
        case WRITE_DIRECT -> conn.write(DIRECT.clear());
        case WRITE_GATHERED ->
            conn.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)});
        case READ -> {
          if (conn.read(new byte[1]) != 1) {
            throw new IOException("nothing was there");
          }
        }
        case READ_DIRECT -> {
          if (conn.read(DIRECT.clear()) != 1) {
            throw new IOException("nothing was there");
          }
        }
        case READ_FRAME -> {
          FrameReader frames = Lines.upTo(100).reader(conn);
          if (frames.read() == null) {
            throw new IOException("nothing was there");
          }
        }
        case AWAIT_READABLE -> conn.awaitReadable();
        case TIME_OUT -> {
          drain.setReadTimeout(Duration.ofMillis(1));
          try {
            if (drain.read(new byte[1]) != 0) {
              throw new IOException("something was there");
            }
          } catch (NetTimeoutException e) {
            // as it should be
          }
        }
        case TO_STRING -> {
          if (conn.toString().isEmpty()) {
            throw new IOException("no text");
          }
        }
        case OPTIONS -> {
          if (!conn.noDelay() || conn.keepAlive() == null) {
            throw new IOException("not the defaults");
          }
        }
        case TRANSFER -> Transfer.between(conn, drain).run();
        case DIAL -> Net.dial("tcp", "127.0.0.1:".concat(port)).close();
        case DIAL_BY_NAME -> Net.dial("tcp", "localhost:".concat(port)).close();
        case CLOSE_WRITE -> conn.closeWrite();
        case CLOSE_GRACEFULLY -> conn.closeGracefully(Duration.ofMillis(100));
        case ABORT -> conn.abort();
        case CLOSE -> conn.close();
      }
    }
  }

  // ---- the first call of all -------------------------------------------------------------------

  /** Argument: an {@link Entry}. */
  static final class FirstOfAll {
    private FirstOfAll() {}

    public static void main(String[] args) throws Throwable {
      Entry entry = Entry.valueOf(args[0]);
      try (ServerSocket peer = new ServerSocket(0, 0, HERE)) {
        String address = "127.0.0.1:" + peer.getLocalPort();
        int overflows = overflows(Thread::new, () -> entry.call(address));
        Child.tell(overflows > 0 ? "overflowed" : "was not at the end");
      }
      try (Server server = server()) {
        serveInnocents(port(server));
      }
      try (TcpListener listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
          Conn client = Net.dial("tcp", listener.addr().toString());
          Conn accepted = listener.accept()) {
        client.write(new byte[1]);
        Child.tell("read " + accepted.read(new byte[1]));
      }
      System.exit(0);
    }
  }

  // ---- hostile handlers ------------------------------------------------------------------------

  /** Each kind of call is first made by a handler at the end of its stack. */
  static final class Handlers {
    private Handlers() {}

    public static void main(String[] args) throws Throwable {
      try (Server server = server()) {
        int port = port(server);
        for (Op op : Op.values()) {
          int overflows = handle(op, port);
          Child.tell(op + (overflows > 0 ? " overflowed" : " was not at the end"));
        }
        serveInnocents(port);
      }
      System.exit(0);
    }
  }

  /** For more readers than meet the end behind a read; less than the kernel holds. */
  private static final int SPARE_FRAMES = 50_000;

  private static int handle(Op op, int port) throws Throwable {
    try (TcpPair pair = TcpPair.connect();
        TcpPair other = TcpPair.connect()) {
      pair.client().write(new byte[] {'a', 'b', '\n'});
      if (op == Op.READ_FRAME) {
        // A reader that meets the end of the stack takes what it has read ahead along.
        pair.client().write("ab\n".repeat(SPARE_FRAMES).getBytes(US_ASCII));
      } else if (op == Op.TRANSFER) {
        pair.client().closeWrite();
      }
      String number = Integer.toString(port);
      return overflows(Net.threadFactory(), () -> op.call(pair.server(), other.server(), number));
    }
  }

  // ---- what can be broken is broken ------------------------------------------------------------

  /**
   * Arguments: names of classes, all of which are to be initialized at the end of a stack when a
   * server runs and has served nobody yet.
   */
  static final class Sabotage {
    private Sabotage() {}

    public static void main(String[] args) throws Throwable {
      try (Server server = server()) {
        for (String name : List.of(args)) {
          // Loaded before: to load a class needs more room than to initialize it.
          Class<?> loaded = Class.forName(name, false, FirstUses.class.getClassLoader());
          try {
            var _ = overflows(Net.threadFactory(), () -> initialize(loaded));
          } catch (LinkageError | IllegalStateException e) { // the JDK's, about two causes
            Child.tell("broken " + name);
          }
        }
        Child.tell("all tried");
        serveInnocents(port(server));
      }
      System.exit(0);
    }

    private static void initialize(Class<?> type) throws ClassNotFoundException {
      var _ = Class.forName(type.getName(), true, type.getClassLoader());
    }
  }

  /** A class that is broken, if this can break any. */
  static final class Victim {
    static final String WHAT = Victim.class.getName().toLowerCase(Locale.ROOT);

    private Victim() {}
  }

  // ---- what is initialized late ----------------------------------------------------------------

  /** Does once what all connections do, between two lines of output. */
  static final class Work {
    static final String BEGIN = "the work begins";
    static final String END = "the work is over";

    private Work() {}

    public static void main(String[] args) throws Throwable {
      try (Server server = server()) {
        int port = port(server);
        String number = Integer.toString(port);
        System.out.println(BEGIN);
        for (Op op : Op.values()) {
          try (TcpPair pair = TcpPair.connect();
              TcpPair other = TcpPair.connect()) {
            pair.client().write(new byte[] {'a', 'b', '\n'});
            pair.client().closeWrite();
            op.call(pair.server(), other.server(), number);
          }
        }
        for (int i = 0; i < INNOCENT; i++) {
          try (Conn client = Net.dial("tcp", "127.0.0.1:" + port)) {
            client.write(new byte[1]);
            var _ = client.read(new byte[1]);
          }
        }
        System.out.println(END);
      }
      System.exit(0);
    }
  }

  // ---- for all of them -------------------------------------------------------------------------

  private static Server server() throws IOException {
    return Server.builder()
        .listenOn("tcp", "127.0.0.1:0")
        .handler(
            conn -> {
              byte[] buf = new byte[100];
              for (int n; (n = conn.read(buf)) >= 0; ) {
                conn.write(buf, 0, n);
              }
            })
        .start();
  }

  private static int port(Server server) {
    return ((gonet.TcpAddr) server.addrs().getFirst()).port();
  }

  /** By the JDK's sockets: what gonet's clients could not do is not the question. */
  private static void serveInnocents(int port) {
    int served = 0;
    for (int i = 0; i < INNOCENT; i++) {
      try (Socket socket = new Socket(HERE, port)) {
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(new byte[] {7});
        if (socket.getInputStream().read() == 7) {
          socket.shutdownOutput();
          served += socket.getInputStream().read() == -1 ? 1 : 0;
        }
      } catch (IOException e) {
        Child.tell(e);
      }
    }
    Child.tell("served " + served);
  }

  private static int overflows(ThreadFactory threads, EndOfStack.Call call) throws Throwable {
    FutureTask<Integer> task = new FutureTask<>(() -> EndOfStack.of(call));
    threads.newThread(task).start();
    try {
      return task.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }
}

package gonet.test.bench.peer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;

/** What the servers have in common: arguments, the line that tells the port, and obedience. */
public final class Peer {
  /** What a server reads into. */
  public static final int BUFFER_BYTES = 16 * 1024;

  /** How much {@link Mode#SOURCE} writes at once. */
  public static final int BLOCK_BYTES = 1 << 20;

  /** What {@link Mode#SINK} and {@link Mode#PROXY} read into. */
  public static final int SINK_BYTES = 64 * 1024;

  /** Connections that may wait for accept. */
  public static final int BACKLOG = 4096;

  /** How far ahead {@link Mode#DEADLINE} sets it; never reached. */
  public static final int DEADLINE_SECONDS = 30;

  /** What a server does with a connection. */
  public enum Mode {
    /** Sends back what comes. */
    ECHO,
    /** The same, with a read deadline set anew before every read. */
    DEADLINE,
    /** The same, but no buffer is made before the first byte is there. */
    IDLE,
    /** Writes blocks of 1 MiB until the client has gone. */
    SOURCE,
    /** Reads and forgets. */
    SINK,
    /** Echo; a request that begins with S or N first keeps its thread busy, see {@link Hogs}. */
    HOG,
    /** Carries bytes to and from the target. */
    PROXY,
    /** Echo over Unix streams. */
    UNIX,
    /** Sends a file again and again until the client has gone. */
    FILE,
    /** Sends back each datagram, one by one. */
    DATAGRAMS,
    /** The same, several with each system call where that is possible. */
    BATCHES,
    /** The same, several of one sender as one where that is possible. */
    SEGMENTS,
    /** Answers each datagram by {@link Peer#TRAIN}, cut by the kernel where that is possible. */
    TRAINS;

    /** Whether it is one of datagrams. */
    boolean isOfDatagrams() {
      return compareTo(DATAGRAMS) >= 0;
    }
  }

  /** How many sockets for datagrams there are: one port on as many addresses from 127.0.0.1 on. */
  public static final int SOCKETS = 64;

  /** Room for a datagram that comes alone. */
  public static final int DATAGRAM_BYTES = 2048;

  /** The most that one send or receive of several datagrams takes. */
  public static final int LONGEST_BYTES = 65_507;

  /** How many datagrams answer one. */
  public static final int TRAIN = 48;

  /** How long each of these is. */
  public static final int CAR_BYTES = 1200;

  private Peer() {}

  /**
   * What {@link Mode#SOURCE} writes to every connection. In no server these are zeros: memory that
   * nobody has written to is one page for the kernel, and copying that is nearly free.
   */
  public static byte[] block() {
    byte[] block = new byte[BLOCK_BYTES];
    Arrays.fill(block, (byte) 'x');
    return block;
  }

  /** The argument {@code mode=NAME}. */
  public static Mode mode(String[] args) {
    return Mode.valueOf(argument("mode", args).toUpperCase(Locale.ROOT));
  }

  /** The value of an argument {@code KEY=VALUE}. */
  public static String argument(String key, String[] args) {
    for (String arg : args) {
      if (arg.startsWith(key + "=")) {
        return arg.substring(key.length() + 1);
      }
    }
    throw new IllegalArgumentException("want " + key + "=VALUE");
  }

  /** Whether the server speaks TLS: it was given {@code cert=FILE} and {@code key=FILE}. */
  public static boolean speaksTls(String[] args) {
    return Arrays.stream(args).anyMatch(arg -> arg.startsWith("cert="));
  }

  /**
   * Prints the port and obeys standard input from then on: {@code gc} collects garbage, {@code
   * stats} prints memory and what the server knows of itself; at its end the JVM ends, so that no
   * server outlives the program that started it.
   */
  public static void listening(int port, Supplier<String> stats) {
    listening(String.valueOf(port), stats);
  }

  /** The same with the port, or the path of a Unix socket. */
  static void listening(String place, Supplier<String> stats) {
    Thread.ofPlatform().daemon().name("commands").start(() -> obey(stats));
    System.out.println("listening " + place);
  }

  private static void obey(Supplier<String> stats) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line; (line = in.readLine()) != null; ) {
        switch (line) {
          case "gc" -> System.gc();
          case "stats" -> System.out.println("stats " + memory() + " " + stats.get());
          default -> System.err.println("no command " + line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Runtime.getRuntime().halt(0);
    }
  }

  private static String memory() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return "heap="
        + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + " allocated="
        + threads.getTotalThreadAllocatedBytes();
  }
}

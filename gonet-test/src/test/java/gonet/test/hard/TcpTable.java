package gonet.test.hard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The kernel's IPv4 connections: /proc/net/tcp, see proc(5) and net/tcp_states.h. */
final class TcpTable {
  static final String FIN_WAIT2 = "05";
  static final String TIME_WAIT = "06";

  static final String NO_TIMER = "00";
  static final String KEEPALIVE_TIMER = "02";

  /** Of USER_HZ, which is 100 wherever the epoll backend runs. */
  private static final long TICK_MILLIS = 10;

  private static final Path FILE = Path.of("/proc/net/tcp");

  private TcpTable() {}

  /** The states of all sockets whose own port is this one. */
  static List<String> states(int port) throws IOException {
    return states(line -> line[1].endsWith(hex(port)));
  }

  /** The state of the sockets with these two ports, from the first one's side. */
  static List<String> states(int port, int peersPort) throws IOException {
    return states(line -> line[1].endsWith(hex(port)) && line[2].endsWith(hex(peersPort)));
  }

  /**
   * The timer of the socket with these two ports.
   *
   * @param kind {@link #NO_TIMER}, {@link #KEEPALIVE_TIMER} or another number of proc(5)
   */
  record Timer(String kind, Duration left) {}

  static Timer timer(int port, int peersPort) throws IOException {
    String[] socket =
        lines(line -> line[1].endsWith(hex(port)) && line[2].endsWith(hex(peersPort))).getFirst();
    String[] timer = socket[5].split(":");
    return new Timer(timer[0], Duration.ofMillis(Long.parseLong(timer[1], 16) * TICK_MILLIS));
  }

  private static List<String> states(Predicate<String[]> wanted) throws IOException {
    return lines(wanted).stream().map(line -> line[3]).toList();
  }

  private static List<String[]> lines(Predicate<String[]> wanted) throws IOException {
    return Files.readAllLines(FILE).stream()
        .skip(1)
        .map(line -> line.trim().split(" +"))
        .filter(wanted)
        .toList();
  }

  private static String hex(int port) {
    return String.format(Locale.ROOT, ":%04X", port);
  }
}

package gonet.test.hard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** The kernel's IPv4 connections: /proc/net/tcp, see proc(5) and net/tcp_states.h. */
final class TcpTable {
  static final String FIN_WAIT2 = "05";
  static final String TIME_WAIT = "06";

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

  private static List<String> states(Predicate<String[]> wanted) throws IOException {
    return Files.readAllLines(FILE).stream()
        .skip(1)
        .map(line -> line.trim().split(" +"))
        .filter(wanted)
        .map(line -> line[3])
        .toList();
  }

  private static String hex(int port) {
    return String.format(Locale.ROOT, ":%04X", port);
  }
}

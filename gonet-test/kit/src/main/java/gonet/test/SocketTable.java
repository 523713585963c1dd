package gonet.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The sockets of this network namespace by inode, as /proc/self/net shows them: proc_net(5). */
final class SocketTable {
  private static final Path FOLDER = Path.of("/proc/self/net");

  /** What a link in /proc/self/fd begins with. */
  private static final String TARGET = "socket:[";

  private static final List<String> INTERNET = List.of("tcp", "tcp6", "udp", "udp6");

  private static final List<String> TCP_STATES =
      List.of(
          "?",
          "ESTABLISHED",
          "SYN_SENT",
          "SYN_RECV",
          "FIN_WAIT1",
          "FIN_WAIT2",
          "TIME_WAIT",
          "CLOSE",
          "CLOSE_WAIT",
          "LAST_ACK",
          "LISTEN",
          "CLOSING");

  /** Inode to addresses and state. */
  private final Map<String, String> sockets;

  private SocketTable(Map<String, String> sockets) {
    this.sockets = sockets;
  }

  /** The table as it is now; what cannot be read is not in it. */
  static SocketTable read() {
    Map<String, String> sockets = new HashMap<>();
    for (String network : INTERNET) {
      for (String[] row : rows(network)) {
        // sl local remote state queues timer retransmissions uid timeout inode
        if (row.length > 9) {
          int state = Integer.parseInt(row[3], 16);
          sockets.put(
              row[9],
              network
                  + " "
                  + address(row[1])
                  + "->"
                  + address(row[2])
                  + (network.startsWith("tcp") && state < TCP_STATES.size()
                      ? " " + TCP_STATES.get(state)
                      : ""));
        }
      }
    }
    for (String[] row : rows("unix")) {
      // number references protocol flags type state inode [path]
      if (row.length > 6) {
        sockets.put(row[6], row.length > 7 ? "unix " + row[7] : "unix");
      }
    }
    return new SocketTable(sockets);
  }

  /** A line that ends with {@code socket:[1234]}, with addresses and state behind it if known. */
  String described(String line) {
    int begin = line.lastIndexOf(TARGET);
    if (begin < 0 || !line.endsWith("]")) {
      return line;
    }
    String socket = sockets.get(line.substring(begin + TARGET.length(), line.length() - 1));
    return socket == null ? line : line + " " + socket;
  }

  private static List<String[]> rows(String network) {
    try {
      return Files.readAllLines(FOLDER.resolve(network)).stream()
          .skip(1)
          .map(line -> line.strip().split(" +"))
          .toList();
    } catch (IOException e) {
      return List.of(); // no such family, or no such folder
    }
  }

  /**
   * From {@code 0100007F:1BBB}: words of four bytes in the order of the machine, which is little.
   */
  private static String address(String shown) {
    int colon = shown.indexOf(':');
    byte[] words = HexFormat.of().parseHex(shown.substring(0, colon));
    byte[] bytes = new byte[words.length];
    for (int i = 0; i < words.length; i++) {
      bytes[i] = words[i / 4 * 4 + 3 - i % 4];
    }
    int port = Integer.parseInt(shown.substring(colon + 1), 16);
    try {
      String host = InetAddress.getByAddress(bytes).getHostAddress();
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(shown, e);
    }
  }
}

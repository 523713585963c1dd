package gonet.test;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes connected pairs of one network: what a suite runs over. Safe for any thread. */
@FunctionalInterface
public interface ConnPairs {

  /** A fresh pair. The caller closes both ends. */
  ConnPair connect() throws IOException;

  /** Pairs in memory, as {@link Net#pipe} makes them. */
  static ConnPairs pipe() {
    return () -> {
      var pipe = Net.pipe();
      return new ConnPair(pipe.first(), pipe.second());
    };
  }

  /**
   * Pairs over a loopback address; the left one has dialled.
   *
   * @param network such as {@code tcp4}
   * @param address with port 0, such as {@code 127.0.0.1:0}
   */
  static ConnPairs dialled(String network, String address) {
    return () -> dial(network, address);
  }

  /**
   * Pairs of Unix sockets, over a path; the left one has dialled.
   *
   * @param network {@code unix} or {@code unixpacket}
   */
  static ConnPairs unix(String network) {
    return () -> {
      Path dir = Files.createTempDirectory("gonet");
      try {
        return dial(network, dir.resolve("s").toString());
      } finally {
        Files.delete(dir);
      }
    };
  }

  private static ConnPair dial(String network, String address) throws IOException {
    try (Listener listener = Net.listen(network, address)) {
      // The kernel completes the handshake by itself, so one thread can do both halves.
      Conn dialled = Net.dial(network, listener.addr().toString());
      try {
        return new ConnPair(dialled, listener.accept());
      } catch (Throwable t) {
        dialled.close();
        throw t;
      }
    }
  }
}

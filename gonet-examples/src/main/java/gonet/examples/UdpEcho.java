package gonet.examples;

import gonet.DatagramBatch;
import gonet.ListenConfig;
import gonet.NetClosedException;
import gonet.UdpConn;
import java.io.IOException;

/**
 * Sends every datagram back to its sender, from the very address that it was sent to: on a wildcard
 * 127.0.0.2 answers as 127.0.0.2. Empty ones too, and the longest there are. In batches, and where
 * many come from one sender, many as one.
 *
 * <p>Argument: {@code HOST:PORT}, or {@code udp4:HOST:PORT}, or {@code udp6:HOST:PORT}; {@code
 * 0.0.0.0:7099} by default. Try it with {@code nc -u localhost 7099}; Ctrl-C stops it.
 */
public final class UdpEcho {
  private static final String DEFAULT_ADDRESS = "0.0.0.0:7099";

  private static final int BATCH = 32;

  /** The longest datagram of IPv6 has 65,527 bytes. */
  private static final int CAPACITY = 65_535;

  private UdpEcho() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    if (args.length > 1) {
      Program.fail(
          "usage: udp-echo [LISTEN]    (HOST:PORT, udp4:HOST:PORT or udp6:HOST:PORT; default "
              + DEFAULT_ADDRESS
              + ")");
    }
    Place place = Place.parseForDatagrams(args.length == 0 ? DEFAULT_ADDRESS : args[0]);
    try (UdpConn conn = ListenConfig.defaults().listenUdp(place.network(), place.address())) {
      try {
        conn.setReceiveLocalAddr(true);
        conn.setCoalescing(true);
      } catch (UnsupportedOperationException e) {
        // Elsewhere than on Linux the system chooses the address, and they come one by one.
      }
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(conn)));
      System.out.println("udp-echo listens on " + conn.localAddr());
      echo(conn);
    } catch (IOException e) {
      Program.fail(String.valueOf(e.getMessage()));
    }
  }

  private static void stop(UdpConn conn) {
    conn.close();
    System.out.println("stopped");
    Runtime.getRuntime().halt(0);
  }

  private static void echo(UdpConn conn) throws IOException {
    DatagramBatch batch = DatagramBatch.allocate(BATCH, CAPACITY);
    try {
      while (true) {
        int received = conn.receive(batch);
        for (int sent = 0; sent < received; ) {
          sent += send(conn, batch, sent, received - sent);
        }
      }
    } catch (NetClosedException e) {
      // Told to stop.
    }
  }

  /** How many are done with: one that cannot go back is dropped, as any router would do. */
  private static int send(UdpConn conn, DatagramBatch batch, int off, int count)
      throws IOException {
    try {
      return conn.send(batch, off, count);
    } catch (NetClosedException e) {
      throw e;
    } catch (IOException e) {
      return 1;
    }
  }
}

package gonet.examples.basics;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Several listeners on one port (SO_REUSEPORT), each with a queue of its own. Linux spreads new
 * connections by a hash of both addresses: evenly over many clients, and never for the sake of a
 * listener that is free. What is in the queue of a listener when it closes is reset, so this is for
 * machines with more connections a second than one thread can accept, and not a habit.
 *
 * <p>Arguments: how many listeners, how many clients. A {@code gonet.server.Server} has it as
 * {@code shards}.
 */
public final class Shards {
  private Shards() {}

  /** Prints how many clients each listener got. */
  public static void main(String[] args) throws Exception {
    System.out.println(spread(Integer.parseInt(args[0]), Integer.parseInt(args[1])));
  }

  /** How many of so many clients each of so many listeners gets. */
  public static AtomicIntegerArray spread(int listeners, int clients) throws Exception {
    AtomicIntegerArray accepted = new AtomicIntegerArray(listeners);
    List<Listener> shards = new ArrayList<>();
    List<Thread> acceptors = new ArrayList<>();
    try {
      ListenConfig config = ListenConfig.defaults().withReusePort(true);
      String address = "127.0.0.1:0";
      for (int i = 0; i < listeners; i++) {
        Listener shard = config.listen("tcp", address);
        address = shard.addr().toString(); // the kernel has chosen a port for the first one
        shards.add(shard);
        int number = i;
        acceptors.add(Net.go(() -> accept(shard, accepted, number)));
      }
      for (int i = 0; i < clients; i++) {
        try (Conn conn = Net.dial("tcp", address)) {
          int _ = conn.read(new byte[1]); // until it was accepted, and counted
        }
      }
    } finally {
      shards.forEach(Listener::close);
    }
    for (Thread acceptor : acceptors) {
      acceptor.join();
    }
    return accepted;
  }

  private static void accept(Listener shard, AtomicIntegerArray accepted, int number)
      throws IOException {
    while (true) {
      try (Conn conn = shard.accept()) {
        accepted.incrementAndGet(number);
        conn.closeWrite();
      } catch (NetClosedException e) {
        return;
      }
    }
  }
}

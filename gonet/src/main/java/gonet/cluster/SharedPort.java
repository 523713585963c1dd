package gonet.cluster;

import gonet.ListenConfig;
import gonet.Listener;
import gonet.NetAddr;
import gonet.NetSocket;
import gonet.TcpAddr;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A port that workers share, with the sockets that the primary holds for them: so a worker's death
 * closes none, and what waits in its queue is there for the next process. The primary does not wait
 * on them, so that no connection wakes it, but with ROUND_ROBIN.
 */
final class SharedPort {
  final String network;
  final String address;
  private final ListenConfig config;
  private final SharePolicy policy;

  // Written under the monitor of this object, which a lookup of the address may hold for a while.

  private volatile @Nullable NetAddr addr;
  private volatile @Nullable RoundRobin roundRobin;

  // Guarded by the monitor.

  private @Nullable Listener first;
  private boolean closed;

  /** With REUSEPORT, by the number of the worker. One of them may be {@link #first}. */
  private final Map<Integer, Listener> byWorker = new HashMap<>();

  SharedPort(String network, String address, ListenConfig config, SharePolicy policy) {
    this.network = network;
    this.address = address;
    this.config = config;
    this.policy = policy;
  }

  /** Opens it if it is not yet, and tells where it is. */
  synchronized NetAddr open() throws IOException {
    if (closed) {
      throw new ClusterException("it ends", null);
    }
    NetAddr known = addr;
    if (known != null) {
      return known;
    }
    boolean several = policy == SharePolicy.REUSEPORT && network.startsWith("tcp");
    Listener listener = (several ? config.withReusePort(true) : config).listen(network, address);
    if (!(listener instanceof NetSocket)) {
      listener.close();
      throw new ClusterException("cannot share " + listener, null);
    }
    boolean open = false;
    try {
      if (policy == SharePolicy.ROUND_ROBIN) {
        RoundRobin made = new RoundRobin(listener);
        made.start();
        roundRobin = made;
      }
      first = listener;
      addr = listener.addr();
      open = true;
      return listener.addr();
    } finally {
      if (!open) {
        listener.close();
      }
    }
  }

  /** The one that this worker gets. */
  synchronized Listener listener(int worker) throws IOException {
    NetAddr at = open();
    Listener open = first;
    if (policy != SharePolicy.REUSEPORT || !(at instanceof TcpAddr tcp)) {
      if (open == null) {
        throw new ClusterException("it ends", null);
      }
      return open;
    }
    Listener own = byWorker.get(worker);
    if (own != null) {
      return own;
    }
    if (open != null) { // nobody's so far
      first = null;
    } else {
      open = config.withReusePort(true).listenTcp(network, tcp);
    }
    byWorker.put(worker, open);
    return open;
  }

  /**
   * The worker does not come back soon: the kernel is to send its share to others. What waits for
   * it is reset. The last socket stays: the port is the cluster's.
   */
  synchronized void release(int worker) {
    if (byWorker.size() > 1) {
      Listener own = byWorker.remove(worker);
      if (own != null) {
        own.close();
      }
    }
  }

  /** Of a port of this policy. */
  RoundRobin roundRobin() throws ClusterException {
    RoundRobin there = roundRobin;
    if (there == null) {
      throw new ClusterException("worker asked for connections of " + address, null);
    }
    return there;
  }

  @Nullable RoundRobin roundRobinOrNull() {
    return roundRobin;
  }

  /** Closes the primary's sockets; with ROUND_ROBIN that is its own business. */
  synchronized void stop() {
    closed = true;
    if (roundRobin == null && first != null) {
      first.close();
    }
    byWorker.values().forEach(Listener::close);
    byWorker.clear();
  }

  boolean is(String otherNetwork, String otherAddress) {
    NetAddr at = addr;
    return network.equals(otherNetwork)
        && (address.equals(otherAddress) || (at != null && at.toString().equals(otherAddress)));
  }
}

package gonet.cluster;

import gonet.ListenConfig;
import gonet.Listener;
import gonet.NetAddr;
import gonet.NetSocket;
import gonet.TcpAddr;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A port that workers share, with the sockets that the primary holds for them: so a worker's death
 * closes none, and what waits in its queue is there for the next process. The primary does not wait
 * on them, so that no connection wakes it, but with ROUND_ROBIN.
 */
final class SharedPort {
  final String network;
  final String address;

  /**
   * Numbers of the workers that have asked for it and not closed it: a worker that dies is still
   * one, so that its queue waits for its replacement. Guarded by the monitor of {@link Ports}.
   */
  final Set<Integer> users = new HashSet<>();

  /**
   * Whether it stays when nobody uses it: of {@link ClusterBuilder#listenOn}. As {@link #users}.
   */
  boolean stays;

  private final ListenConfig config;
  private final SharePolicy policy;

  // Written under the monitor of this object, under which nothing waits but for it. Listening,
  // which may look a name up, is done without it, so that the end need not wait for an answer.

  private volatile @Nullable NetAddr addr;
  private volatile @Nullable RoundRobin roundRobin;

  // Guarded by the monitor.

  private @Nullable Listener first;
  private boolean opening;
  private boolean closed;
  private @Nullable String failure; // why it could not be opened; it is closed then

  /** With REUSEPORT, by the number of the worker. One of them may be {@link #first}. */
  private final Map<Integer, Listener> byWorker = new HashMap<>();

  SharedPort(String network, String address, ListenConfig config, SharePolicy policy) {
    this.network = network;
    this.address = address;
    this.config = config;
    this.policy = policy;
  }

  /** Opens it if it is not yet, and tells where it is. */
  NetAddr open() throws IOException {
    NetAddr known = opened();
    if (known != null) {
      return known;
    }
    Listener listener = null;
    String why = "it failed";
    boolean open = false;
    try {
      boolean several = policy == SharePolicy.REUSEPORT && network.startsWith("tcp");
      listener = (several ? config.withReusePort(true) : config).listen(network, address);
      if (!(listener instanceof NetSocket)) {
        throw new ClusterException("cannot share " + listener, null);
      }
      begin(listener);
      open = true;
      return listener.addr();
    } catch (IOException | RuntimeException e) {
      why = String.valueOf(e.getMessage());
      throw e;
    } finally {
      if (!open && listener != null) {
        listener.close();
      }
      end(open ? null : why);
    }
  }

  /** Null if the caller is to open it, and then to {@link #end} that. */
  private synchronized @Nullable NetAddr opened() throws IOException {
    try {
      while (opening && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while another thread opens " + address);
    }
    requireOpen();
    opening = addr == null;
    return addr;
  }

  private synchronized void begin(Listener listener) throws IOException {
    requireOpen();
    if (policy == SharePolicy.ROUND_ROBIN) {
      RoundRobin made = new RoundRobin(listener);
      made.start();
      roundRobin = made;
    }
    first = listener;
    addr = listener.addr();
  }

  /** Whoever has waited for it hears of a failure as well; who asks later gets a port anew. */
  private synchronized void end(@Nullable String why) {
    opening = false;
    if (why != null && !closed) {
      failure = why;
      closed = true;
    }
    notifyAll();
  }

  private void requireOpen() throws ClusterException {
    if (closed) {
      throw new ClusterException(failure == null ? "it ends" : failure, null);
    }
  }

  /** The one that this worker gets. */
  Listener listener(int worker) throws IOException {
    return listener(worker, open());
  }

  private synchronized Listener listener(int worker, NetAddr at) throws IOException {
    requireOpen();
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
    notifyAll();
    if (roundRobin == null && first != null) {
      first.close();
    }
    byWorker.values().forEach(Listener::close);
    byWorker.clear();
  }

  /** Closes everything; connections that wait for a worker are reset. */
  void end() {
    stop();
    RoundRobin there = roundRobin;
    if (there != null) {
      there.close();
    }
  }

  boolean is(String otherNetwork, String otherAddress) {
    NetAddr at = addr;
    return network.equals(otherNetwork)
        && (address.equals(otherAddress) || (at != null && at.toString().equals(otherAddress)));
  }
}

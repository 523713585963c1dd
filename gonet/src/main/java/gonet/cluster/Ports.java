package gonet.cluster;

import gonet.ListenConfig;
import gonet.internal.time.Clock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The ports of a cluster, by the words in which workers ask for them. Any thread. */
final class Ports {
  /** Each is a descriptor of the primary's, which without any can accept nothing. */
  private static final int MAX = 1024;

  /** Workers count from 1. */
  private static final int NOBODY = 0;

  private final ListenConfig config;
  private final SharePolicy policy;
  private final int max;

  // Guarded by the monitor of this object.
  private final List<SharedPort> all = new ArrayList<>();
  private boolean closed;

  Ports(ListenConfig config, SharePolicy policy) {
    this(config, policy, MAX);
  }

  /**
   * @param max how many there may be
   */
  Ports(ListenConfig config, SharePolicy policy, int max) {
    this.config = config;
    this.policy = policy;
    this.max = max;
  }

  /** The port of these words, open, which stays whoever uses it. */
  SharedPort get(String network, String address) throws IOException {
    return get(network, address, NOBODY);
  }

  /** The port of these words, open, for a worker. */
  SharedPort get(String network, String address, int worker) throws IOException {
    SharedPort port = find(network, address, worker);
    boolean open = false;
    try {
      var _ = port.open();
      open = true;
    } finally {
      if (!open) {
        forget(port); // the next one may have better luck
      }
    }
    return port;
  }

  /**
   * The port of these words if somebody had it opened before: a worker of another user's is not to
   * make the primary, which may be root, open what it likes.
   */
  SharedPort existing(String network, String address, int worker) throws IOException {
    SharedPort port;
    synchronized (this) {
      port = lookUp(network, address);
      if (port == null) {
        throw new ClusterException(
            "a worker of another user has the ports of listenOn alone", null);
      }
      port.users.add(worker);
    }
    var _ = port.open();
    return port;
  }

  private synchronized SharedPort find(String network, String address, int worker)
      throws IOException {
    SharedPort port = lookUp(network, address);
    if (port == null) {
      if (all.size() >= max) {
        throw new ClusterException("it has " + max + " ports, and opens no more", null);
      }
      port = new SharedPort(network, address, config, policy);
      all.add(port);
    }
    if (worker == NOBODY) {
      port.stays = true;
    } else {
      port.users.add(worker);
    }
    return port;
  }

  private synchronized @Nullable SharedPort lookUp(String network, String address)
      throws IOException {
    if (closed) {
      throw new ClusterException("it ends", null);
    }
    for (SharedPort each : all) {
      if (each.is(network, address)) {
        return each;
      }
    }
    return null;
  }

  private synchronized void forget(SharedPort port) {
    all.removeIf(port::equals);
  }

  private synchronized List<SharedPort> copy() {
    return List.copyOf(all);
  }

  /**
   * A worker has closed its last listener of a port. The port of nobody is closed: what stands in
   * its queue is reset, as with any listener. Under the monitor, because whoever asks for the same
   * address next opens it anew.
   */
  synchronized void leave(SharedPort port, int worker) {
    if (!port.users.remove(worker)) {
      return;
    }
    if (port.users.isEmpty() && !port.stays) {
      forget(port);
      port.end();
    } else {
      port.release(worker);
    }
  }

  /** The same for all ports of a worker but these. */
  synchronized void leaveBut(Set<SharedPort> own, int worker) {
    for (SharedPort each : copy()) {
      if (!own.contains(each)) {
        leave(each, worker);
      }
    }
  }

  /** A worker does not come back soon. */
  void release(int worker) {
    copy().forEach(port -> port.release(worker));
  }

  /**
   * Stops listening; with ROUND_ROBIN workers get what stands in the queues.
   *
   * @param until a moment of {@link Clock}; asked again and again
   * @param hopeless whether no worker is left
   */
  void drain(LongSupplier until, BooleanSupplier hopeless) throws InterruptedException {
    synchronized (this) {
      closed = true;
    }
    for (SharedPort each : copy()) {
      each.stop();
    }
    for (SharedPort each : copy()) {
      RoundRobin roundRobin = each.roundRobinOrNull();
      if (roundRobin != null) {
        roundRobin.drain(until, hopeless);
      }
    }
  }

  /** Whatever is left ends. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    copy().forEach(SharedPort::end);
  }
}

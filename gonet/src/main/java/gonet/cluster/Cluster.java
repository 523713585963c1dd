package gonet.cluster;

import gonet.ListenConfig;
import gonet.Net;
import gonet.NetAddr;
import gonet.NetTimeoutException;
import gonet.UnixConn;
import gonet.UnixListener;
import gonet.cluster.PacketLink.Message;
import gonet.internal.signal.SignalShutdown;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Durations;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several processes on one port: the primary, which this is, starts workers and opens the ports
 * that they share. Node's {@code cluster}. A program is mostly both, by its own command:
 *
 * {@snippet :
 * if (Worker.isWorker()) {
 *   try (Worker worker = Worker.connect();
 *       Server server =
 *           Server.builder()
 *               .listener(worker.listen("tcp", "0.0.0.0:7099"))
 *               .handler(conn -> serve(conn))
 *               .start()) {
 *     server.shutdownOnSignal(Duration.ofSeconds(30));
 *     worker.ready(server::beginShutdown);
 *     server.awaitClosed();
 *   }
 * } else {
 *   try (Cluster cluster = Cluster.builder().workers(4).listenOn("tcp", "0.0.0.0:7099").start()) {
 *     cluster.shutdownOnSignal(Duration.ofSeconds(30));
 *     cluster.awaitClosed();
 *   }
 * }
 * }
 *
 * <p>{@link SharePolicy} says how connections come to workers. A listener that a worker opens by
 * {@link Net#listen} is its own: exclusive, in Node's word.
 *
 * <p><b>Deaths.</b> A worker that dies takes its own connections along and no others; the primary
 * holds the listening sockets, so what waits there is served by whoever comes next. The next
 * process starts after a back-off: {@link ClusterBuilder#backOff}. One that is not ready in time is
 * killed and tried again in the same way, while the others serve. The primary's own death ends the
 * workers or not: {@link ClusterBuilder#whenPrimaryDies}.
 *
 * <p><b>Limits.</b> A worker that asks the primary without end is left, and replaced: one that has
 * more than 65,536 connections asked for or on their way at a time, more than 4,096 listeners of
 * {@link SharePolicy#ROUND_ROBIN} open, or more than 66,560 answers unread. {@link
 * WorkerStatus#lastEnd} tells. There are at most 1,024 ports.
 *
 * <p><b>Signals.</b> Ctrl-C at a terminal, and systemd unless its unit says {@code KillMode=mixed},
 * signal all processes at the same time. A worker without {@code Server.shutdownOnSignal} is ended
 * by that at once, with all its connections.
 *
 * <p><b>Trust.</b> Workers come over an abstract Unix address, and show a secret that was put into
 * their environment: {@code GONET_WORKER}. They take sockets from a primary of the same user or
 * root alone, so that a primary of root may start workers of another user; these get the ports of
 * {@link ClusterBuilder#listenOn} and no others.
 *
 * <p>All threads are daemons or virtual: {@link #awaitClosed} in {@code main} is what keeps the
 * program running. Needs the epoll backend. Any thread.
 *
 * @since 0.1
 */
public final class Cluster implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /**
   * How much of the grace the queues may take, and at most, before workers are told to drain. Those
   * that are full take no more connections, and end none, before they are told.
   */
  private static final int QUEUE_PART = 4;

  private static final long QUEUE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How soon a limit that has moved is noticed. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final ClusterBuilder settings;
  private final UnixListener links;
  private final Ports ports;
  private final List<NetAddr> addrs = new ArrayList<>(); // written before it is known to others
  private final List<WorkerSlot> slots = new ArrayList<>(); // as above
  private final CountDownLatch done = new CountDownLatch(1);

  /** Of those who come to the address of the workers, which is open to all on this machine. */
  private final LimitedLog strangers = new LimitedLog();

  private final Unknown unknown = new Unknown();

  /** Who has waited for the end. */
  private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();

  /**
   * When workers are killed, a moment of {@link Clock}; only ever earlier. Written under the
   * monitor.
   */
  private volatile long forceAt = Long.MAX_VALUE;

  /** No further process starts. */
  private volatile boolean ending;

  /** Nothing comes to the workers any more, and they are to end. */
  private volatile boolean stopping;

  private volatile @Nullable ClusterReport report; // before done

  private Cluster(ClusterBuilder settings, UnixListener links) {
    this.settings = settings;
    this.links = links;
    this.ports = new Ports(settings.config, settings.policy);
    for (int i = 1; i <= settings.workers; i++) {
      slots.add(new WorkerSlot(this, settings, i));
    }
  }

  /** Begins to say how it is to be. */
  public static ClusterBuilder builder() {
    return new ClusterBuilder();
  }

  static Cluster start(ClusterBuilder settings) throws IOException {
    Cluster cluster = new Cluster(settings, listenForWorkers());
    boolean started = false;
    try {
      if (settings.command == null) {
        settings.command = OwnCommand.read();
        settings.ownCommand = true;
      }
      for (ClusterBuilder.Place each : settings.places) {
        cluster.addrs.add(cluster.ports.get(each.network(), each.address()).open());
      }
      var _ = Net.go("gonet-workers", cluster::accept);
      for (WorkerSlot each : cluster.slots) {
        var _ = Net.go("gonet-" + each, each::run);
      }
      started = true;
      return cluster;
    } finally {
      if (!started) {
        cluster.ending = true;
        cluster.stopping = true;
        cluster.forceAt = Clock.LONG_AGO;
        cluster.tellSlots();
        cluster.ports.close();
        cluster.links.close();
      }
    }
  }

  /** An abstract name of the kernel's choice: no path stays when this process is killed. */
  private static UnixListener listenForWorkers() throws IOException {
    try {
      return ListenConfig.defaults().listenUnix(PacketLink.NETWORK, "");
    } finally {
      requirePassing(); // the backend is known by now, and nio fails to listen
    }
  }

  /** Refuses what cannot work here. */
  static void requirePassing() {
    String backend = Net.stats().backend();
    if (backend.equals("nio")) {
      throw new UnsupportedOperationException(
          "cluster: descriptors are not passed here: not supported on this backend, " + backend);
    }
  }

  // ---- what there is to know -------------------------------------------------------------------

  /**
   * The address of the first {@link ClusterBuilder#listenOn}, with the port that the system chose.
   *
   * @throws IllegalStateException if there was none
   */
  public NetAddr addr() {
    if (addrs.isEmpty()) {
      throw new IllegalStateException("no address: the builder was given none to listen on");
    }
    return addrs.getFirst();
  }

  /** The addresses of all of them, in the builder's order. */
  public List<NetAddr> addrs() {
    return List.copyOf(addrs);
  }

  /** How connections come to workers. */
  public SharePolicy policy() {
    return settings.policy;
  }

  /** All workers, by their numbers; a snapshot. */
  public List<WorkerStatus> workers() {
    return WorkerSlot.statusOf(slots);
  }

  /** Whether it ends, or has ended: no further process starts. */
  public boolean isEnding() {
    return ending;
  }

  /**
   * Waits until all workers are ready at the same time. One that fails to start is told at once; it
   * is tried again all the same, until the cluster is closed.
   *
   * @throws ClusterException if one ended, or could not be started, before it was ready; if the
   *     time is over; or if the cluster ends
   * @throws InterruptedException if interrupted while it waits
   */
  public void awaitReady(Duration limit) throws ClusterException, InterruptedException {
    long until = Clock.after(Durations.nanos(limit, "limit"));
    synchronized (this) {
      for (; ; ) {
        if (ending) {
          throw new ClusterException("it ends", null);
        }
        int ready = 0;
        for (WorkerSlot each : slots) {
          String failure = each.failure();
          if (failure != null) {
            throw new ClusterException(each + " " + failure, null);
          }
          ready += each.status().state() == WorkerStatus.State.READY ? 1 : 0;
        }
        if (ready == slots.size()) {
          return;
        }
        long left = until - Clock.now();
        if (left <= 0) {
          throw new ClusterException(
              ready
                  + " of "
                  + slots.size()
                  + " workers are ready after "
                  + limit.toMillis()
                  + " ms",
              null);
        }
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1));
      }
    }
  }

  /** A worker has changed. */
  synchronized void changed() {
    notifyAll();
  }

  // ---- for its workers -------------------------------------------------------------------------

  Ports ports() {
    return ports;
  }

  String linkAddress() {
    return links.addr().toString();
  }

  boolean isStopping() {
    return stopping;
  }

  long forceAt() {
    return forceAt;
  }

  private void accept() {
    Callers.hear(links, "gonet-worker-in", "workers", this::greet);
  }

  private void greet(UnixConn conn) {
    try (PacketLink link = new PacketLink(conn, PacketLink.MAX_LINE_BYTES)) {
      link.setTimeout(PacketLink.ANSWER_LIMIT);
      long user = link.peer().uid();
      long own = Owner.ofThisProcess();
      if (user != 0 && user != own && own != 0) {
        // No worker either: it would not take sockets from here. Others could hold descriptors of
        // the primary's by connections that say nothing, since an abstract address is open to all.
        strangers.warn("a process of user " + user + " came as a worker");
        link.send(ClusterLink.REFUSED + " user " + user + " may be no worker");
        return;
      }
      WorkerLink worker;
      try (Message hello = user == own ? link.receive() : receiveUnknown(link)) {
        worker = hello == null ? null : admit(link, hello, user != own);
      }
      if (worker != null) {
        worker.serve();
      }
    } catch (NetTimeoutException e) {
      strangers.warn("a worker stayed silent", e);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a worker's link has ended", e); // its end is told where it is known
    }
  }

  /** Of another user than this process; null if it has left, or had to make room. */
  private @Nullable Message receiveUnknown(PacketLink link) throws IOException {
    boolean stays = false;
    try {
      PacketLink longest = unknown.enter(link);
      if (longest != null) {
        longest.close();
        strangers.warn("more than " + Unknown.MAX + " processes of other users stay silent");
      }
      Message hello = link.receive();
      stays = unknown.leave(link);
      return stays ? hello : null;
    } finally {
      if (!stays) {
        var _ = unknown.leave(link);
      }
    }
  }

  private @Nullable WorkerLink admit(PacketLink link, Message hello, boolean foreign)
      throws IOException {
    if (!hello.kind().equals(ClusterLink.HELLO)) {
      link.send(ClusterLink.REFUSED + " no greeting");
      return null;
    }
    if (hello.number(1) != ClusterLink.VERSION) {
      link.send(
          ClusterLink.REFUSED
              + " version "
              + hello.word(1)
              + ", the primary speaks "
              + ClusterLink.VERSION);
      return null;
    }
    String token = hello.word(2);
    for (WorkerSlot each : slots) {
      if (each.admit(token)) {
        link.send(
            String.join(
                " ",
                ClusterLink.HELLO,
                Integer.toString(ClusterLink.VERSION),
                Integer.toString(each.number()),
                Long.toString(ProcessHandle.current().pid()),
                settings.policy.name(),
                settings.death.name(),
                Long.toString(
                    TimeUnit.NANOSECONDS.toMillis(Durations.nanos(settings.grace, "grace")))));
        return new WorkerLink(link, each, token, ports, foreign);
      }
      if (each.knows(token)) {
        link.send(ClusterLink.REFUSED + " " + each + " is there already");
        return null;
      }
    }
    strangers.warn("process " + link.peer().pid() + " is no worker of this cluster");
    link.send(ClusterLink.REFUSED + " not a worker of this cluster");
    return null;
  }

  // ---- the end ---------------------------------------------------------------------------------

  /**
   * Stops listening, lets the workers drain, kills those that are still there after {@code grace},
   * and waits until all have ended. With {@link SharePolicy#ROUND_ROBIN} workers get what stands in
   * the queue first, for a quarter of the grace and five seconds at most: they may be full, and
   * drain only then. One that has not {@linkplain Worker#connect connected} yet is told to end by
   * SIGTERM. If it ends already, the shorter time counts.
   *
   * @throws IllegalArgumentException if {@code grace} is negative
   * @throws IllegalStateException in a callback of the builder's, for which the end waits: there,
   *     {@link #beginShutdown}. The shutdown goes on
   * @throws InterruptedException if interrupted while it waits; the shutdown goes on
   */
  public ClusterReport shutdown(Duration grace) throws InterruptedException {
    beginShutdown(grace);
    return awaitClosed();
  }

  /**
   * Begins what {@link #shutdown} does and does not wait for it.
   *
   * @throws IllegalArgumentException if {@code grace} is negative
   */
  public void beginShutdown(Duration grace) {
    long nanos = Durations.nanos(grace, "grace");
    synchronized (this) {
      forceAt = Math.min(forceAt, Clock.after(nanos));
      if (!ending) {
        startEnd();
        ending = true; // not before: whoever finds no thread may try again
      }
      notifyAll();
    }
    tellSlots();
  }

  private void tellSlots() {
    slots.forEach(slot -> slot.add(WorkerSlot.Stop.STOP));
  }

  private void startEnd() {
    try {
      var _ = Daemons.start("gonet-cluster-shutdown", this::end);
    } catch (OutOfMemoryError noThread) {
      LOG.log(Level.WARNING, "the cluster ends on a virtual thread", noThread);
      var _ = Net.go("gonet-cluster-shutdown", this::end);
    }
  }

  private void end() {
    try {
      try {
        long left = forceAt - Clock.now();
        long queued = Clock.after(Math.min(left / QUEUE_PART, QUEUE_NANOS));
        ports.drain(
            () -> Math.min(queued, forceAt), () -> slots.stream().allMatch(WorkerSlot::hasEnded));
      } finally {
        stopping = true; // whatever happened: else processes would outlive the end
        tellSlots();
      }
      for (WorkerSlot each : slots) {
        each.awaitEnd();
      }
    } catch (InterruptedException e) {
      LOG.log(Level.WARNING, "interrupted in a shutdown", e); // nobody does
    } finally {
      try {
        ports.close();
        links.close();
        SignalShutdown.forget(ending -> ending instanceof ClusterEnding of && of.is(this));
      } finally {
        report =
            new ClusterReport(
                count(WorkerSlot.Outcome.DRAINED),
                count(WorkerSlot.Outcome.FAILED),
                count(WorkerSlot.Outcome.KILLED));
        done.countDown();
      }
    }
  }

  private int count(WorkerSlot.Outcome outcome) {
    return (int) slots.stream().filter(slot -> slot.outcome() == outcome).count();
  }

  /**
   * Waits until all workers have ended, by whomever.
   *
   * @throws IllegalStateException in a callback of the builder's, for which the end waits
   * @throws InterruptedException if interrupted while it waits
   */
  public ClusterReport awaitClosed() throws InterruptedException {
    if (isInCallback()) {
      throw new IllegalStateException(
          "a callback of the cluster's waits for its end, which waits for the callback");
    }
    if (done.getCount() > 0) {
      waiters.add(Thread.currentThread());
    }
    try {
      done.await();
    } catch (InterruptedException e) {
      waiters.remove(Thread.currentThread()); // it has given up
      throw e;
    }
    ClusterReport made = report;
    if (made == null) {
      throw new IllegalStateException("no report, although the cluster has ended");
    }
    return made;
  }

  /**
   * The same, for at most {@code limit}.
   *
   * @return false when the time is over before
   * @throws IllegalArgumentException if {@code limit} is negative
   * @throws InterruptedException if interrupted while it waits
   */
  public boolean awaitClosed(Duration limit) throws InterruptedException {
    long nanos = Durations.nanos(limit, "limit");
    if (done.getCount() > 0) {
      waiters.add(Thread.currentThread());
    }
    boolean ended = false;
    try {
      ended = done.await(nanos, TimeUnit.NANOSECONDS);
      return ended;
    } finally {
      if (!ended) {
        waiters.remove(Thread.currentThread()); // it has given up
      }
    }
  }

  private boolean isInCallback() {
    return slots.stream().anyMatch(WorkerSlot::isOwnThread);
  }

  /** See {@link SignalShutdown.Ending#joinWaiters}. */
  void joinWaiters(LongSupplier until) throws InterruptedException {
    for (Thread waiter : waiters) {
      if (waiter.equals(Thread.currentThread())) {
        continue; // the one that brings the end, and has waited for it as well
      }
      long left;
      do {
        left = Math.min(until.getAsLong() - Clock.now(), LOOK_NANOS);
      } while (left > 0 && !waiter.join(Duration.ofNanos(left)));
    }
  }

  /**
   * Ends the program by SIGINT or SIGTERM: a {@link #shutdown}, and status 0 if all workers drained
   * in time, otherwise 128 and the signal's number. A second signal ends at once. As {@code
   * gonet.server.Server.shutdownOnSignal}, with which it goes together.
   *
   * @throws IllegalArgumentException if {@code grace} is negative
   */
  public void shutdownOnSignal(Duration grace) {
    var _ = Durations.nanos(grace, "grace");
    SignalShutdown.add(new ClusterEnding(this), grace);
  }

  /**
   * A {@link #shutdown} with the builder's grace. Not ended by an interrupt. Again: no effect. In a
   * callback of the builder's it does not wait, since the end waits for the callback.
   */
  @Override
  public void close() {
    beginShutdown(settings.grace);
    if (isInCallback()) {
      return;
    }
    boolean interrupted = false;
    while (done.getCount() > 0) {
      try {
        done.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "cluster of " + slots.size() + " workers, " + settings.policy + " " + addrs;
  }
}

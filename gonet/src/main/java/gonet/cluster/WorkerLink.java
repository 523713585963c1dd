package gonet.cluster;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetSocket;
import gonet.NetSocketException;
import gonet.cluster.PacketLink.Message;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One worker's process, as its primary talks with it. One thread reads, one writes: whoever has
 * something for a worker puts it into the queue and never waits for that worker, which may have
 * stopped reading.
 */
final class WorkerLink implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /**
   * What is to be sent.
   *
   * @param socket beside the line
   * @param otherwise the line to send if the socket is closed by then
   */
  private record Outgoing(String line, @Nullable NetSocket socket, @Nullable String otherwise) {
    private static final Outgoing END = new Outgoing("", null, null);
  }

  /** A port by the number that the worker has given it. */
  private static final class Port {
    final SharedPort port;

    // Guarded by the link's monitor.

    /** Sent, and neither taken nor given back. */
    final Deque<Conn> inFlight = new ArrayDeque<>();

    /** How often it was asked for one and has not said what became of that one. */
    int asked;

    /** The worker accepts there no more. */
    boolean closed;

    Port(SharedPort port) {
      this.port = port;
    }
  }

  private final PacketLink link;
  private final WorkerSlot slot;
  private final String token;
  private final Ports ports;
  private final boolean foreign;
  private final BlockingQueue<Outgoing> out = new LinkedBlockingQueue<>();

  /** This side ends it, although the worker may live. */
  private volatile boolean leaves;

  // Guarded by the monitor of this object.
  private final Map<Long, Port> byId = new HashMap<>();
  private int asked; // the sum of the ports'
  private boolean gone;

  // Of the thread that reads.
  private boolean ready;
  private @Nullable String fault; // what the worker did that no worker does

  /**
   * Of a worker that has shown its token.
   *
   * @param foreign whether it is another user's
   */
  WorkerLink(PacketLink link, WorkerSlot slot, String token, Ports ports, boolean foreign) {
    this.link = link;
    this.slot = slot;
    this.token = token;
    this.ports = ports;
    this.foreign = foreign;
  }

  /** Which of the slot's processes it is. */
  String token() {
    return token;
  }

  /** Reads until the worker is gone, on the caller's thread. */
  void serve() throws IOException {
    boolean left = true;
    try {
      link.setTimeout(null);
      var _ = Net.go("gonet-worker-out", this::write);
      slot.add(new WorkerSlot.Connected(this));
      read();
    } catch (ClusterException | RuntimeException | Error e) {
      left = false; // this side ends it
      throw e;
    } finally {
      end(left && !leaves);
    }
  }

  private void read() throws IOException {
    boolean reset = false;
    for (; ; ) {
      try (Message message = link.receive()) {
        if (message == null) {
          return;
        }
        handle(message);
      } catch (NetSocketException e) {
        // The kernel tells at once that the other side left messages unread, before those that it
        // has sent; a TAKEN among these decides about a connection. unix(7).
        if (reset || !"ECONNRESET".equals(e.errno())) {
          throw e;
        }
        reset = true;
      }
    }
  }

  private void handle(Message message) throws IOException {
    long id = message.number(1);
    switch (message.kind()) {
      case ClusterLink.LISTEN -> listen(id, message.word(2));
      case ClusterLink.READY -> ready();
      case ClusterLink.ACCEPT -> asks(id).want(this, id);
      case ClusterLink.TAKEN -> answered(id).close();
      case ClusterLink.BACK -> {
        RoundRobin roundRobin = port(id).port.roundRobin();
        roundRobin.dispatch(answered(id));
      }
      case ClusterLink.CLOSED -> closed(id);
      default -> throw broken("said " + ClusterLink.shown(message.kind()));
    }
  }

  /** The worker is at fault, and is left for it; the slot tells so. */
  private ClusterException broken(String what) {
    fault = what;
    return new ClusterException(slot + " " + what, null);
  }

  /** Each one is an event of the slot's, whose thread may be busy in a callback. */
  private void ready() throws ClusterException {
    if (ready) {
      throw broken("said that it is ready a second time");
    }
    ready = true;
    leaveTheRest();
    slot.add(new WorkerSlot.Ready(this));
  }

  private synchronized Port port(long id) throws ClusterException {
    Port port = byId.get(id);
    if (port == null) {
      throw broken("spoke of port " + id + ", which it has not");
    }
    return port;
  }

  /** A thread of the worker's waits in accept. */
  private synchronized RoundRobin asks(long id) throws ClusterException {
    Port port = port(id);
    if (port.closed) {
      throw broken("asked for connections of port " + id + ", which it has closed");
    }
    if (asked == ClusterLink.MAX_ASKED) {
      throw broken("asked for more than " + ClusterLink.MAX_ASKED + " connections at a time");
    }
    requireReading(); // a worker that gives back what it has not read asks for little
    asked++;
    port.asked++;
    return port.port.roundRobin();
  }

  /** What became of the first connection that is on its way is known. */
  private synchronized Conn answered(long id) throws ClusterException {
    Port port = port(id);
    Conn conn = port.inFlight.poll();
    if (conn == null) {
      throw broken("spoke of a connection that it was not given");
    }
    asked--;
    port.asked--;
    forgetIfOver(id, port);
    return conn;
  }

  /** It accepts there no more; what is on its way has its answer first. */
  private void closed(long id) throws ClusterException {
    Port port;
    boolean last;
    synchronized (this) {
      port = port(id);
      if (port.closed) {
        throw broken("closed port " + id + " a second time");
      }
      port.closed = true; // nothing is given from here on
      asked -= port.asked - port.inFlight.size();
      port.asked = port.inFlight.size();
      forgetIfOver(id, port);
      last = !uses(port.port);
    }
    RoundRobin roundRobin = port.port.roundRobinOrNull();
    if (roundRobin != null) {
      roundRobin.forget(this, id);
    }
    if (last) {
      ports.leave(port.port, slot.number());
    }
  }

  /** What the process before this one had, and this one did not ask for, is nobody's any more. */
  private void leaveTheRest() {
    Set<SharedPort> own;
    synchronized (this) {
      own = byId.values().stream().map(each -> each.port).collect(Collectors.toSet());
    }
    ports.leaveBut(own, slot.number());
  }

  private void requireReading() throws ClusterException {
    int unread = out.size();
    if (unread >= ClusterLink.MAX_UNREAD) {
      throw broken("left " + unread + " answers unread");
    }
  }

  private void forgetIfOver(long id, Port port) {
    if (port.closed && port.inFlight.isEmpty()) {
      byId.remove(id);
    }
  }

  private void listen(long id, String words) throws ClusterException {
    requireReading();
    int space = words.indexOf(' ');
    String network = space < 0 ? words : words.substring(0, space);
    String address = space < 0 ? "" : words.substring(space + 1);
    SharedPort port = null;
    boolean registered = false;
    try {
      port =
          foreign
              ? ports.existing(network, address, slot.number())
              : ports.get(network, address, slot.number());
      Listener listener = port.listener(slot.number());
      register(id, port);
      registered = true;
      out.add(
          new Outgoing(
              ClusterLink.LISTENER + " " + id,
              (NetSocket) listener,
              ClusterLink.FAILED + " " + id + " the cluster ends"));
    } catch (IOException | RuntimeException e) {
      if (fault != null) {
        throw new ClusterException(slot + " " + fault, e);
      }
      String reason = ClusterLink.reason(e);
      out.add(new Outgoing(ClusterLink.FAILED + " " + id + " " + reason, null, null));
    } finally {
      if (port != null && !registered && !uses(port)) {
        ports.leave(port, slot.number());
      }
    }
  }

  private synchronized boolean uses(SharedPort port) {
    return byId.values().stream().anyMatch(each -> !each.closed && each.port.equals(port));
  }

  private synchronized void register(long id, SharedPort port) throws ClusterException {
    if (byId.containsKey(id)) { // with connections on their way
      throw new ClusterException("worker gave number " + id + " to two ports", null);
    }
    if (byId.size() == ClusterLink.MAX_LISTENERS) {
      throw broken("has more than " + ClusterLink.MAX_LISTENERS + " listeners open");
    }
    byId.put(id, new Port(port));
  }

  /**
   * Gives a connection to the worker; false if it is gone, and the connection is still the
   * caller's.
   */
  synchronized boolean give(long id, Conn conn) {
    Port port = byId.get(id);
    if (gone || port == null || port.closed) {
      return false;
    }
    Outgoing given = new Outgoing(ClusterLink.CONN + " " + id, (NetSocket) conn, null);
    port.inFlight.add(conn);
    boolean queued = false;
    try {
      queued = out.add(given);
      return true;
    } finally {
      if (!queued) { // for want of memory; what is said to be taken must be what was given
        port.inFlight.removeLast();
      }
    }
  }

  /** Tells it to end. */
  void drain(long graceMillis) {
    out.add(new Outgoing(ClusterLink.DRAIN + " " + graceMillis, null, null));
  }

  private void write() {
    boolean readerSees = false;
    boolean failed = true;
    try {
      for (Outgoing next = out.take(); !next.equals(Outgoing.END); next = out.take()) {
        send(next);
      }
      failed = false;
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "interrupted", e);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, slot + " does not hear", e);
      readerSees = NetFailure.isConnectionGone(e);
      failed = !(e instanceof NetClosedException); // that is by the slot, whose process has ended
    } finally {
      if (!readerSees) {
        if (failed) {
          leaves = true;
        }
        close(); // else what the worker said last, such as TAKEN, would not be read
      }
    }
  }

  private void send(Outgoing outgoing) throws IOException {
    if (outgoing.socket == null) {
      link.send(outgoing.line);
      return;
    }
    try {
      link.send(outgoing.line, outgoing.socket);
    } catch (NetClosedException e) {
      if (outgoing.otherwise == null) {
        throw e;
      }
      link.send(outgoing.otherwise); // if it was the link that is closed, this says so
    }
  }

  /**
   * What the worker had not taken goes to others.
   *
   * @param left whether it has gone; one that is left may live, and have said that it took what is
   *     its own since: two processes must not serve one connection
   */
  private void end(boolean left) {
    List<Port> all;
    synchronized (this) {
      gone = true;
      all = List.copyOf(byId.values());
    }
    out.add(Outgoing.END);
    close();
    try {
      for (Port each : all) {
        RoundRobin roundRobin = each.port.roundRobinOrNull();
        if (roundRobin != null) {
          roundRobin.forget(this);
          takeAll(each).forEach(conn -> passOn(conn, roundRobin, left));
        }
      }
    } finally {
      slot.add(new WorkerSlot.Gone(this, fault));
    }
  }

  private static void passOn(Conn conn, RoundRobin roundRobin, boolean left) {
    if (!left) {
      conn.close();
      return;
    }
    try {
      roundRobin.dispatch(conn);
    } catch (Error e) {
      LOG.log(Level.DEBUG, "a connection is lost for want of memory", e); // and was aborted
    }
  }

  private synchronized List<Conn> takeAll(Port port) {
    List<Conn> all = new ArrayList<>(port.inFlight);
    port.inFlight.clear();
    return all;
  }

  /** Whether connections are on their way. */
  synchronized boolean isBusy() {
    return byId.values().stream().anyMatch(port -> !port.inFlight.isEmpty());
  }

  @Override
  public void close() {
    link.close();
  }

  @Override
  public String toString() {
    return Objects.toString(slot);
  }
}

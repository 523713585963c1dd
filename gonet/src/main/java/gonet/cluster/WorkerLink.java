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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
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

    /** Sent, and neither taken nor given back. Guarded by the link's monitor. */
    final Deque<Conn> inFlight = new ArrayDeque<>();

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
  private boolean gone;

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
      case ClusterLink.READY -> slot.add(new WorkerSlot.Ready(this));
      case ClusterLink.ACCEPT -> port(id).port.roundRobin().want(this, id);
      case ClusterLink.TAKEN -> inFlight(id).close();
      case ClusterLink.BACK -> port(id).port.roundRobin().dispatch(inFlight(id));
      default -> throw new ClusterException("worker said \"" + message.kind() + "\"", null);
    }
  }

  private synchronized Port port(long id) throws ClusterException {
    Port port = byId.get(id);
    if (port == null) {
      throw new ClusterException("worker spoke of port " + id + ", which it has not", null);
    }
    return port;
  }

  private synchronized Conn inFlight(long id) throws ClusterException {
    Conn conn = port(id).inFlight.poll();
    if (conn == null) {
      throw new ClusterException("worker spoke of a connection that it was not given", null);
    }
    return conn;
  }

  private void listen(long id, String words) {
    int space = words.indexOf(' ');
    String network = space < 0 ? words : words.substring(0, space);
    String address = space < 0 ? "" : words.substring(space + 1);
    try {
      SharedPort port = foreign ? ports.existing(network, address) : ports.get(network, address);
      Listener listener = port.listener(slot.number());
      synchronized (this) {
        if (byId.putIfAbsent(id, new Port(port)) != null) { // with connections on their way
          throw new ClusterException("worker gave number " + id + " to two ports", null);
        }
      }
      out.add(
          new Outgoing(
              ClusterLink.LISTENER + " " + id,
              (NetSocket) listener,
              ClusterLink.FAILED + " " + id + " the cluster ends"));
    } catch (IOException | RuntimeException e) {
      String reason = ClusterLink.oneLine(String.valueOf(e.getMessage()));
      out.add(new Outgoing(ClusterLink.FAILED + " " + id + " " + reason, null, null));
    }
  }

  /**
   * Gives a connection to the worker; false if it is gone, and the connection is still the
   * caller's.
   */
  synchronized boolean give(long id, Conn conn) {
    Port port = byId.get(id);
    if (gone || port == null) {
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
      slot.add(new WorkerSlot.Gone(this));
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

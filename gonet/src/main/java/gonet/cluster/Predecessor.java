package gonet.cluster;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetFailure;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.cluster.PacketLink.Message;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The process that served before, as its successor sees it. One thread speaks with it at a time;
 * any may take and close listeners.
 */
final class Predecessor implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /** A listener that it had, by the words with which the program had asked for it. */
  record Inherited(String network, String address, Listener listener) {
    boolean is(String otherNetwork, String otherAddress) {
      return network.equals(otherNetwork)
          && (address.equals(otherAddress) || listener.addr().toString().equals(otherAddress));
    }
  }

  private final PacketLink link;
  private final Path path;
  private final long pid;

  // Guarded by the monitor of this object.
  private final List<Inherited> inherited = new ArrayList<>();
  private @Nullable Listener successors;

  private Predecessor(PacketLink link, Path path, long pid) {
    this.link = link;
    this.path = path;
    this.pid = pid;
  }

  /**
   * Asks for everything. Null if it was about to retire, and a younger one answers soon; or if it
   * has died, and nobody does.
   *
   * @param end for all of it: one that always says a little more must keep nobody
   * @throws HandOverException if it may not, or cannot, hand over
   */
  static @Nullable Predecessor ask(PacketLink link, Path path, TimeLimit end) throws IOException {
    try {
      return answered(link, path, end);
    } catch (NetTimeoutException e) {
      throw late(path, e);
    } catch (IOException e) {
      if (NetFailure.isConnectionGone(e)) { // it has died, or is about to
        return null;
      }
      throw e;
    }
  }

  private static HandOverException late(Path path, @Nullable IOException cause) {
    return new HandOverException(path, "whoever listens there did not answer in time", cause);
  }

  private static @Nullable Predecessor answered(PacketLink link, Path path, TimeLimit end)
      throws IOException {
    link.setLimit(end);
    link.send(HandOverLink.HELLO + " " + HandOverLink.VERSION + " " + link.ownPid());
    try (Message hello = link.receive()) {
      if (hello == null || hello.kind().equals(HandOverLink.AGAIN)) {
        return null;
      }
      switch (hello.kind()) {
        case HandOverLink.HELLO -> {
          if (hello.number(1) != HandOverLink.VERSION) {
            throw new HandOverException(
                path,
                "process "
                    + hello.number(2)
                    + " speaks version "
                    + hello.word(1)
                    + ", this one "
                    + HandOverLink.VERSION,
                null);
          }
        }
        case HandOverLink.BUSY ->
            throw new HandOverException(
                path, "process " + hello.number(1) + " is about to take over", null);
        case HandOverLink.REFUSED ->
            throw new HandOverException(path, "refused: " + hello.rest(), null);
        default -> throw unexpected(path, hello);
      }
      Predecessor predecessor = new Predecessor(link, path, hello.number(2));
      boolean whole = false;
      try {
        whole = predecessor.receiveAll(end);
        return whole ? predecessor : null;
      } finally {
        if (!whole) {
          predecessor.closeListeners();
        }
      }
    }
  }

  private static HandOverException unexpected(Path path, Message message) {
    return new HandOverException(path, "unexpected answer \"" + message.kind() + "\"", null);
  }

  /** Before any other thread has this object. False if it has died meanwhile. */
  private boolean receiveAll(TimeLimit end) throws IOException {
    while (successors == null) {
      if (inherited.size() >= HandOverLink.MAX_LISTENERS) {
        throw new HandOverException(
            path,
            "process " + pid + " gives more than " + HandOverLink.MAX_LISTENERS + " listeners",
            null);
      }
      if (end.isOver()) {
        throw late(path, null);
      }
      link.setLimit(end);
      try (Message message = link.receive()) {
        if (message == null) {
          if (isAlive(PacketLink.left(end))) {
            throw new HandOverException(path, "process " + pid + " has left", null);
          }
          return false;
        }
        if (!message.hasDescriptor()) {
          throw new HandOverException(
              path, "no descriptor came beside \"" + message.kind() + "\"", null);
        }
        switch (message.kind()) {
          case HandOverLink.LISTENER ->
              inherited.add(
                  new Inherited(message.word(1), message.word(2), link.listener(message)));
          case HandOverLink.PATH -> successors = link.listener(message);
          default -> throw unexpected(path, message);
        }
      }
    }
    return true;
  }

  long pid() {
    return pid;
  }

  /** Takes the one that was listened for in these words out; null if there is none such. */
  synchronized @Nullable Listener take(String network, String address) {
    for (Inherited each : inherited) {
      if (each.is(network, address)) {
        inherited.remove(each);
        return each.listener;
      }
    }
    return null;
  }

  /** Where successors ask: the same socket for all generations. To be called once. */
  synchronized Listener takeSuccessors() {
    Listener listener = successors;
    if (listener == null) {
      throw new IllegalStateException();
    }
    successors = null;
    return listener;
  }

  /**
   * Tells it that this process is ready, and, when it agrees, that this process serves. One that
   * has died meanwhile, or is about to end, is as good.
   *
   * @throws HandOverException if it lives and did not agree: it goes on serving
   */
  void retire(Duration limit) throws IOException {
    IOException why = null;
    try {
      link.setTimeout(limit);
      link.send(HandOverLink.READY);
      try (Message answer = link.receive()) {
        if (answer != null) {
          switch (answer.kind()) {
            case HandOverLink.RETIRING -> {
              link.send(HandOverLink.SERVING);
              return;
            }
            case HandOverLink.ENDING -> {
              return;
            }
            default -> why = unexpected(path, answer);
          }
        }
      }
    } catch (IOException e) {
      why = e;
    }
    if (isAlive(limit)) {
      throw new HandOverException(path, "process " + pid + " did not agree to retire", why);
    }
  }

  /**
   * A process that ends closes its sockets a moment before it has ended. The number is that of its
   * greeting: SO_PEERCRED names the process that listened at the path, which is the first of all
   * generations.
   */
  private boolean isAlive(Duration limit) throws InterruptedIOException {
    try {
      return !link.awaitEnd(pid, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted in a hand-over");
    }
  }

  /** Takes connections until there are no more. */
  void receiveConns(@Nullable BiConsumer<? super Conn, ? super byte[]> taker) {
    receiveConns(taker, Net::go);
  }

  /**
   * @param starter starts a thread; an Error of its means that there is none
   */
  void receiveConns(@Nullable BiConsumer<? super Conn, ? super byte[]> taker, Starter starter) {
    try {
      link.setTimeout(null);
      for (; ; ) {
        try (Message message = link.receive()) {
          if (message == null || !message.kind().equals(HandOverLink.CONN)) {
            return;
          }
          if (taker == null) {
            link.send(HandOverLink.REFUSED + " nobody takes connections");
          } else if (!message.hasDescriptor()) {
            link.send(HandOverLink.REFUSED + " no descriptor came");
          } else {
            take(message, taker, starter);
          }
        }
      }
    } catch (NetClosedException e) {
      LOG.log(Level.DEBUG, "closed here", e); // none are wanted any more
    } catch (IOException e) {
      LOG.log(Level.WARNING, "connections of process " + pid + " do not come any more", e);
    } finally {
      close();
    }
  }

  /** {@link Net#go(Net.Task)}, or what a test has in its place. */
  interface Starter {
    /** The thread, started. */
    Thread start(Net.Task task);
  }

  /**
   * Starts a thread for the connection, which says that it has it. The predecessor sends no other
   * one before it has that answer, and lets go of a connection for no other answer. So one that
   * finds no thread here stays there.
   */
  private void take(
      Message message, BiConsumer<? super Conn, ? super byte[]> taker, Starter starter)
      throws IOException {
    Conn conn = null;
    String why;
    try {
      Conn come = link.conn(message);
      conn = come;
      byte[] state = message.bytes();
      var _ = starter.start(() -> serve(come, state, taker));
      return;
    } catch (IOException e) { // such as one that was reset on its way
      why = String.valueOf(e.getMessage());
    } catch (Error e) {
      why = "no thread";
    }
    try {
      link.send(HandOverLink.REFUSED + " " + ClusterLink.oneLine(why));
    } finally {
      if (conn != null) {
        conn.close();
      }
    }
  }

  /** On the connection's thread. It is the taker's once that was said, and else is closed here. */
  private void serve(Conn conn, byte[] state, BiConsumer<? super Conn, ? super byte[]> taker) {
    boolean taken = false;
    try {
      link.send(HandOverLink.TAKEN);
      taken = true;
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a connection stays with process " + pid, e);
    } finally {
      if (!taken) {
        conn.close();
      }
    }
    if (taken) {
      boolean owned = false;
      try {
        taker.accept(conn, state);
        owned = true;
      } finally {
        if (!owned) {
          conn.close();
        }
      }
    }
  }

  /** Closes what nobody has taken: the other process' own are not touched. */
  void closeListeners() {
    List<Inherited> left;
    Listener path;
    synchronized (this) {
      left = List.copyOf(inherited);
      inherited.clear();
      path = successors;
      successors = null;
    }
    for (Inherited each : left) {
      closeQuietly(each.listener);
    }
    if (path != null) {
      closeQuietly(path);
    }
  }

  static void closeQuietly(AutoCloseable each) {
    try {
      each.close();
    } catch (Exception | VirtualMachineError e) {
      LOG.log(Level.DEBUG, "close", e);
    }
  }

  @Override
  public void close() {
    closeListeners();
    closeQuietly(link);
  }
}

package gonet.cluster;

import gonet.Listener;
import gonet.Net;
import gonet.NetClosedException;
import gonet.NetSocket;
import gonet.NetTimeoutException;
import gonet.UnixConn;
import gonet.cluster.PacketLink.Message;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers those who ask at the path. Each has a thread of its own, so that one that stays silent
 * keeps nobody waiting; a hand-over is one at a time, and the others hear so.
 *
 * <pre>
 *   pending = 0 --HELLO--&gt; pending = pid --READY--&gt; HandOver YIELDING --SERVING--&gt; RETIRED
 *                &lt;-- it leaves --                  &lt;-- it leaves, back to SERVING --
 * </pre>
 */
final class Successors implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  private final HandOver owner;
  private final Listener listener;

  private final LimitedLog callers = new LimitedLog();

  /** The process that is about to take over; 0 if there is none. */
  private final AtomicLong pending = new AtomicLong();

  Successors(HandOver owner, Listener listener) {
    this.owner = owner;
    this.listener = listener;
  }

  void start() {
    var _ = Net.go("gonet-successors", this::accept);
  }

  private void accept() {
    Callers.hear(listener, "gonet-successor", "successors", this::answer);
  }

  private void answer(UnixConn conn) {
    try (PacketLink link = new PacketLink(conn, HandOverLink.MAX_BYTES)) {
      link.setTimeout(HandOver.ANSWER_LIMIT);
      try (Message hello = link.receive()) {
        if (hello != null) {
          answer(link, hello);
        }
      }
    } catch (NetTimeoutException e) {
      callers.warn("a successor stayed silent", e);
    } catch (IOException e) {
      callers.warn("a hand-over ended early; this process goes on", e);
    }
  }

  private void answer(PacketLink link, Message hello) throws IOException {
    UnixConn.PeerCredentials peer = link.peer();
    if (!Owner.isTrusted(peer.uid())) {
      callers.warn("a process of user " + peer.uid() + " asked for a hand-over");
      link.send(HandOverLink.REFUSED + " user " + peer.uid() + " may not take over");
      return;
    }
    long said = hello.number(2);
    if (!hello.kind().equals(HandOverLink.HELLO) || said <= 0) {
      link.send(HandOverLink.REFUSED + " no greeting");
      return;
    }
    if (hello.number(1) != HandOverLink.VERSION) {
      link.send(
          HandOverLink.REFUSED
              + " version "
              + hello.word(1)
              + ", process "
              + link.ownPid()
              + " speaks "
              + HandOverLink.VERSION);
      return;
    }
    // What the kernel knows cannot be forged; it knows none of another PID namespace.
    long pid = peer.pid() > 0 ? peer.pid() : said;
    long other = pending.compareAndExchange(0, pid);
    if (other != 0) {
      link.send(owner.isRetired() ? HandOverLink.AGAIN : HandOverLink.BUSY + " " + other);
      return;
    }
    try {
      handOver(link, pid);
    } finally {
      pending.set(0);
    }
  }

  private void handOver(PacketLink link, long pid) throws IOException {
    if (owner.isRetired()) {
      link.send(HandOverLink.AGAIN); // it finds the one that serves now
      return;
    }
    link.send(HandOverLink.HELLO + " " + HandOverLink.VERSION + " " + link.ownPid());
    List<HandOver.Offered> offered = owner.offered();
    boolean taken = false;
    try {
      HandOver.share(offered, true);
      taken = handOver(link, pid, offered);
    } finally {
      if (!taken) {
        HandOver.share(offered, false);
      }
    }
    if (owner.isRetired()) {
      retire(link, pid);
    }
  }

  /** Whether the other process serves: after this one, or beside what this one still ends. */
  private boolean handOver(PacketLink link, long pid, List<HandOver.Offered> offered)
      throws IOException {
    for (HandOver.Offered each : offered) {
      try {
        link.send(
            HandOverLink.LISTENER + " " + each.network() + " " + each.address(), each.socket());
      } catch (NetClosedException e) {
        if (!each.listener().isClosed()) {
          throw e;
        }
      }
    }
    link.send(HandOverLink.PATH, (NetSocket) listener);
    link.setTimeout(owner.readyLimit()); // else it gets ready in its own time
    try (Message ready = link.receive()) {
      if (ready == null || !ready.kind().equals(HandOverLink.READY)) {
        LOG.log(Level.INFO, "process " + pid + " did not take over; this process goes on");
        return false;
      }
    } catch (NetTimeoutException e) {
      LOG.log(Level.WARNING, "process " + pid + " did not get ready in time; this process goes on");
      owner.giveUp(pid);
      return false;
    }
    if (!owner.agree()) {
      link.send(HandOverLink.ENDING);
      return true;
    }
    if (!serves(link)) {
      LOG.log(
          Level.INFO,
          "process " + pid + " died or stood still as it took over; this process goes on");
      return false;
    }
    owner.leave(offered);
    close();
    return true;
  }

  private void retire(PacketLink link, long pid) throws IOException {
    Retirement retirement = retirement(link, pid);
    owner.retired(retirement);
    retirement.done(HandOver.ANSWER_LIMIT);
  }

  /** No Error keeps this process from its end, for which nobody calls a second time. */
  private static Retirement retirement(PacketLink link, long pid) {
    for (; ; ) {
      try {
        return new Retirement(link, pid);
      } catch (VirtualMachineError e) {
        Pause.afterFailure(FAILURE_PAUSE_NANOS);
      }
    }
  }

  /**
   * Agrees; whether the other process has said that it serves. Else this one goes on. An Error
   * decides nothing: what was to be said may have been heard, and then both would serve. One that
   * has not heard it gives up and leaves. One that stands still is refused its word behind the
   * limit, so that this process can hand over to another one, or end.
   */
  private boolean serves(PacketLink link) throws IOException {
    boolean serves = false;
    try {
      link.setTimeout(owner.serveLimit);
      try {
        link.send(HandOverLink.RETIRING);
      } catch (Error e) {
        Pause.afterFailure(FAILURE_PAUSE_NANOS);
      }
      serves = link.receiveWord(HandOverLink.SERVING);
      return serves;
    } finally {
      if (!serves) {
        owner.serveOn();
      }
    }
  }

  /** Takes no further ones. The path stays, and whoever waits there. */
  @Override
  public void close() {
    Predecessor.closeQuietly(listener);
  }
}

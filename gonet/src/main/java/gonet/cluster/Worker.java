package gonet.cluster;

import gonet.Dialer;
import gonet.Listener;
import gonet.Net;
import gonet.NetSocketException;
import gonet.UnixConn;
import gonet.cluster.PacketLink.Message;
import gonet.internal.layer.CloseHook;
import gonet.internal.time.Daemons;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * This process as a worker of a {@link Cluster}, where the whole is told: it asks the primary for
 * listeners, says when it is ready, and ends when it is told to.
 *
 * <p>Any thread.
 *
 * @since 0.1
 */
public final class Worker implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  /** Behind the grace: the end that the program makes by itself may take a moment. */
  private static final Duration LAST_MOMENT = Duration.ofSeconds(1);

  /** Of a char in UTF-8. */
  private static final int MAX_BYTES_OF_CHAR = 3;

  /** The status of a process that SIGKILL ended, says a shell. */
  private static final int STATUS_KILLED = 137;

  private final LimitedLog unknown = new LimitedLog();
  private final PacketLink link;
  private final int number;
  private final long primary;
  private final SharePolicy policy;
  private final PrimaryDeath death;
  private final Duration grace;

  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Listener>> asked = new ConcurrentHashMap<>();
  private final Map<Long, HandedListener> handed = new ConcurrentHashMap<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  // Guarded by the monitor of this object.
  private @Nullable Consumer<? super Duration> onDrain;
  private @Nullable Duration drain; // what it was told, perhaps before it was ready
  private boolean primaryGone;

  private Worker(PacketLink link, Message hello) {
    this.link = link;
    String[] words = hello.word(2).split(" ", -1);
    this.number = Integer.parseInt(words[0]);
    this.primary = Long.parseLong(words[1]);
    this.policy = SharePolicy.valueOf(words[2]);
    this.death = PrimaryDeath.valueOf(words[3]);
    this.grace = Duration.ofMillis(Long.parseLong(words[4]));
  }

  /**
   * Whether a primary has started this process: {@code GONET_WORKER} is in its environment.
   * Programs that a worker starts inherit it, unless it is taken out of theirs.
   */
  public static boolean isWorker() {
    return System.getenv(ClusterLink.VARIABLE) != null;
  }

  /**
   * Goes to the primary that has started this process. Once in a process.
   *
   * @throws IllegalStateException if none has: {@link #isWorker}
   * @throws ClusterException if it refuses, which it does a second time, or is another user's
   * @throws IOException a {@link gonet.NetFailure} if it is not there any more
   * @throws UnsupportedOperationException with the nio backend
   */
  public static Worker connect() throws IOException {
    String variable = System.getenv(ClusterLink.VARIABLE);
    if (variable == null) {
      throw new IllegalStateException(
          "no worker: " + ClusterLink.VARIABLE + " is not in the environment");
    }
    return connect(variable);
  }

  static Worker connect(String variable) throws IOException {
    int space = variable.indexOf(' ');
    if (space < 0) {
      throw new ClusterException(ClusterLink.VARIABLE + " holds no token", null);
    }
    UnixConn conn = dial(variable.substring(0, space));
    PacketLink link = new PacketLink(conn, PacketLink.MAX_LINE_BYTES);
    boolean joined = false;
    try {
      if (!Owner.isTrusted(link.peer().uid())) {
        throw new ClusterException("the primary belongs to user " + link.peer().uid(), null);
      }
      Worker worker = greet(link, variable.substring(space + 1));
      var _ = Net.go("gonet-worker", worker::read);
      joined = true;
      return worker;
    } finally {
      if (!joined) {
        link.close();
      }
    }
  }

  private static UnixConn dial(String address) throws IOException {
    try {
      return (UnixConn)
          Dialer.defaults().withTimeout(PacketLink.ANSWER_LIMIT).dial(PacketLink.NETWORK, address);
    } finally {
      Cluster.requirePassing();
    }
  }

  private static Worker greet(PacketLink link, String token) throws IOException {
    link.setTimeout(PacketLink.ANSWER_LIMIT);
    link.send(ClusterLink.HELLO + " " + ClusterLink.VERSION + " " + token);
    try (Message hello = link.receive()) {
      if (hello == null) {
        throw new ClusterException("the primary has left", null);
      }
      if (hello.kind().equals(ClusterLink.REFUSED)) {
        throw new ClusterException("refused: " + hello.rest(), null);
      }
      if (!hello.kind().equals(ClusterLink.HELLO) || hello.number(1) != ClusterLink.VERSION) {
        throw new ClusterException(
            "the primary speaks another version, \"" + hello.kind() + " " + hello.word(1) + "\"",
            null);
      }
      link.setTimeout(null);
      return new Worker(link, hello);
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
      throw new ClusterException("the primary's greeting is not understood", e);
    }
  }

  // ---- what there is to know -------------------------------------------------------------------

  /** Which worker it is, from 1; a replacement has the number of the one before. */
  public int number() {
    return number;
  }

  /** The primary's process. */
  public long primary() {
    return primary;
  }

  /** How connections come to workers. */
  public SharePolicy policy() {
    return policy;
  }

  /** Whether this worker was told to end. */
  public synchronized boolean isDraining() {
    return drain != null;
  }

  // ---- listeners -------------------------------------------------------------------------------

  /**
   * A listener on a port that all workers share: the primary opens it when the first worker asks,
   * with the builder's {@link ClusterBuilder#listenConfig}, and each that asks in the same words
   * gets a part of it, also where the port is 0. The caller closes it. A listener of this worker's
   * alone is opened by {@link Net#listen}.
   *
   * @param network {@code tcp}, {@code tcp4}, {@code tcp6}, {@code unix} or {@code unixpacket}
   * @throws ClusterException if the primary cannot open it, with its reason; if it is gone
   * @throws IllegalArgumentException if a word has a line end, or both are longer than 1,300
   *     characters
   */
  public Listener listen(String network, String address) throws IOException {
    Objects.requireNonNull(network, "network");
    Objects.requireNonNull(address, "address");
    if (network.indexOf(' ') >= 0 || (network + address).indexOf('\n') >= 0) {
      throw new IllegalArgumentException("listen " + network + " " + address);
    }
    long id = ids.incrementAndGet();
    String line = ClusterLink.LISTEN + " " + id + " " + network + " " + address;
    if (line.length() > PacketLink.MAX_LINE_BYTES / MAX_BYTES_OF_CHAR) {
      throw new IllegalArgumentException(
          "listen: network and address of " + line.length() + " characters");
    }
    CompletableFuture<Listener> answer = new CompletableFuture<>();
    asked.put(id, answer);
    String what = "listen " + network + " " + address + ": ";
    try {
      link.send(line);
      return answer.get(PacketLink.ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Throwable why = Objects.requireNonNullElse(e.getCause(), e);
      throw new ClusterException(what + why.getMessage(), why);
    } catch (TimeoutException e) {
      abandon(answer);
      throw new ClusterException(what + "no answer from process " + primary, e);
    } catch (InterruptedException e) {
      abandon(answer);
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it asks the primary");
    } catch (IOException e) {
      throw new ClusterException(what + "the primary is gone", e);
    } finally {
      asked.remove(id);
    }
  }

  /** Whichever of the two comes first: the answer, which is closed then, or this. */
  private static void abandon(CompletableFuture<Listener> answer) {
    if (!answer.cancel(false) && !answer.isCompletedExceptionally()) {
      answer.join().close();
    }
  }

  /**
   * Says that this worker serves. To be called once, when its servers are started.
   *
   * @param onDrain called once, on a thread of its own, when this worker is to end, with the time
   *     it may take for that: mostly to begin the shutdown of its server. Then the program should
   *     end; behind the grace it is killed
   * @throws IOException if the primary is gone
   */
  public void ready(Consumer<? super Duration> onDrain) throws IOException {
    Objects.requireNonNull(onDrain, "onDrain");
    Duration told;
    synchronized (this) {
      if (this.onDrain != null) {
        throw new IllegalStateException("ready: a second time");
      }
      this.onDrain = onDrain;
      told = drain;
    }
    if (told != null) {
      callDrain(onDrain, told);
      return;
    }
    link.send(ClusterLink.READY);
  }

  // ---- the thread that reads -------------------------------------------------------------------

  private void read() {
    boolean lives = false;
    try {
      for (Message message = receive(); message != null; message = receive()) {
        boolean kept = false;
        try {
          kept = handle(message);
        } finally {
          if (!kept) {
            message.close();
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "the primary is not heard any more", e);
    } catch (
        Error e) { // what it had said is lost, such as a connection, and it waits for an answer
      lives = true;
      LOG.log(Level.ERROR, "the primary is left, and this worker ends", e);
    } finally {
      primaryGone(lives);
    }
  }

  /**
   * Null when the primary is gone, and all that it has said was heard. Where it died with words of
   * this process unread, the kernel tells that first, once, and then what is there: a connection
   * perhaps, which is in no other process. unix(7).
   */
  private @Nullable Message receive() throws IOException {
    try {
      return link.receive();
    } catch (NetSocketException e) {
      if (!"ECONNRESET".equals(e.errno())) {
        throw e;
      }
      return link.receive();
    }
  }

  /** Whether the message is kept open. */
  private boolean handle(Message message) throws IOException {
    long id = message.number(1);
    switch (message.kind()) {
      case ClusterLink.LISTENER -> {
        return listener(id, message);
      }
      case ClusterLink.FAILED -> {
        CompletableFuture<Listener> answer = asked.remove(id);
        if (answer != null) {
          answer.completeExceptionally(new IOException(message.word(2)));
        }
      }
      case ClusterLink.CONN -> {
        HandedListener listener = handed.get(id);
        if (listener == null) {
          link.send(ClusterLink.BACK + " " + id);
        } else {
          listener.come(message);
        }
      }
      case ClusterLink.DRAIN -> drain(Duration.ofMillis(Math.max(0, message.number(1))));
      default -> unknown.warn("primary said " + ClusterLink.shown(message.kind()));
    }
    return false;
  }

  private boolean listener(long id, Message message) {
    CompletableFuture<Listener> answer = asked.remove(id);
    if (answer == null) {
      closedOne(id); // nobody waits any more
      return false;
    }
    boolean keeps = false;
    boolean told = false; // whether the close of a listener tells the primary
    Listener listener = null;
    try {
      if (!message.hasDescriptor()) {
        throw new IOException("no descriptor came: this process may open no more");
      }
      listener = link.listener(message);
      if (policy == SharePolicy.ROUND_ROBIN) {
        Listener its = listener;
        keeps = death == PrimaryDeath.SERVE_ON;
        HandedListener port =
            new HandedListener(link, id, its.addr(), keeps ? message : null, () -> closedOne(id));
        its.close(); // it was for the address
        handed.put(id, port);
        listener = port;
      } else {
        CloseHook hook = Objects.requireNonNull(listener.find(CloseHook.class), "close hook");
        AtomicBoolean open = new AtomicBoolean(true);
        hook.beforeClose(
            () -> {
              if (open.getAndSet(false)) {
                closedOne(id);
              }
            });
      }
      told = true;
      if (!answer.complete(listener)) { // nobody waits any more
        listener.close();
      }
    } catch (IOException | RuntimeException | Error e) {
      if (listener != null) {
        listener.close();
      }
      if (!told) {
        closedOne(id);
      }
      keeps = false;
      var _ = answer.completeExceptionally(e);
    }
    return keeps;
  }

  /**
   * A listener is closed, or never was one: both sides forget it, and the primary closes what it
   * keeps for nobody else. A connection that is on its way to it goes {@link ClusterLink#BACK}. An
   * interrupt of the thread that closes does not keep the primary from hearing it.
   */
  private void closedOne(long id) {
    handed.remove(id);
    boolean interrupted = Thread.interrupted();
    try {
      link.send(ClusterLink.CLOSED + " " + id);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the primary did not hear of a close", e); // it is gone, mostly
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Listeners that are open and whose connections the primary gives. */
  int handed() {
    return handed.size();
  }

  private void drain(Duration limit) {
    Consumer<? super Duration> told;
    synchronized (this) {
      if (drain != null) {
        return;
      }
      drain = limit;
      told = onDrain;
    }
    if (told != null) {
      callDrain(told, limit);
    }
  }

  private static void callDrain(Consumer<? super Duration> onDrain, Duration limit) {
    var _ = Net.go("gonet-worker-drain", () -> onDrain.accept(limit));
  }

  /**
   * @param lives whether this worker leaves it, which will start another one
   */
  private void primaryGone(boolean lives) {
    link.close();
    List<CompletableFuture<Listener>> unanswered = new ArrayList<>(asked.values());
    asked.clear();
    for (CompletableFuture<Listener> each : unanswered) {
      each.completeExceptionally(new IOException("the primary is gone"));
    }
    boolean told;
    synchronized (this) {
      primaryGone = true;
      told = drain != null;
    }
    if (closing.getCount() == 0) {
      handed.values().forEach(HandedListener::leave); // one may have come behind the close
      return;
    }
    if (death == PrimaryDeath.SERVE_ON && !told && !lives) {
      LOG.log(
          Level.WARNING, "the primary, process " + primary + ", is gone; this worker serves on");
      handed.values().forEach(Worker::serveOn);
      return;
    }
    if (!told && !lives) {
      LOG.log(Level.WARNING, "the primary, process " + primary + ", is gone; this worker ends");
    }
    try {
      Daemons.start("gonet-worker-end", this::haltBehindGrace);
    } catch (OutOfMemoryError noThread) {
      LOG.log(Level.WARNING, "this worker's end is watched by a virtual thread", noThread);
      var _ = Net.go("gonet-worker-end", this::haltBehindGrace);
    } finally {
      drain(grace);
    }
  }

  private static void serveOn(HandedListener listener) {
    try {
      listener.serveOn();
    } catch (IOException e) {
      LOG.log(Level.ERROR, "no more connections at " + listener.addr(), e);
      listener.close();
    }
  }

  /** Nobody else is there that would kill it. */
  private void haltBehindGrace() {
    try {
      if (!closing.await(grace.plus(LAST_MOMENT).toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(Level.ERROR, "this worker did not end in " + grace.toMillis() + " ms");
        Runtime.getRuntime().halt(STATUS_KILLED);
      }
    } catch (InterruptedException e) {
      LOG.log(Level.DEBUG, "interrupted", e);
    }
  }

  /**
   * Leaves the primary: the last act of a worker that ends. The primary starts another one when
   * this process has ended, unless it was told to end, and kills it if it has not ended after the
   * builder's grace. Listeners whose connections the primary gives, by {@link
   * SharePolicy#ROUND_ROBIN}, are closed, since no more come; the others are not touched. Again: no
   * effect.
   */
  @Override
  public void close() {
    closing.countDown();
    link.close();
    handed.values().forEach(HandedListener::leave);
  }

  @Override
  public synchronized String toString() {
    return "worker " + number + " of process " + primary + (primaryGone ? ", which is gone" : "");
  }
}

package gonet.test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A TCP peer that plays a script of {@link Effect}s, good manners or bad, over the JDK's own
 * sockets. Each connection gets the whole script on a platform thread of its own; when the script
 * is over the connection stays open, unread, until the peer closes.
 *
 * <p>Safe for any thread. {@link #close} ends all its connections and threads.
 */
public final class BadPeer implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int SMALLEST_BUFFER = 1;

  private final List<Effect> script;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();

  /** All connections' input; guarded by itself. */
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private BadPeer(ServerSocket listener, List<Effect> script) {
    this.listener = listener;
    this.script = script;
  }

  /** Listens on a free port of 127.0.0.1 and plays {@code script} to everybody who connects. */
  public static BadPeer listen(Effect... script) throws IOException {
    ServerSocket listener = new ServerSocket();
    BadPeer peer = new BadPeer(listener, List.of(script));
    if (peer.neverReads()) {
      listener.setReceiveBufferSize(
          SMALLEST_BUFFER); // before the handshake, which tells the window
    }
    listener.bind(new InetSocketAddress(LOOPBACK, 0), 128);
    peer.start("bad peer listens", peer::acceptAll);
    return peer;
  }

  /** Connects to a port of 127.0.0.1 and plays {@code script}. */
  public static BadPeer dial(int port, Effect... script) throws IOException {
    BadPeer peer = new BadPeer(new ServerSocket(), List.of(script));
    Socket socket = new Socket();
    if (peer.neverReads()) {
      socket.setReceiveBufferSize(SMALLEST_BUFFER);
    }
    socket.connect(new InetSocketAddress(LOOPBACK, port));
    peer.take(socket);
    return peer;
  }

  /** Where it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Where it listens, as an address to dial. */
  public String address() {
    return "127.0.0.1:" + port();
  }

  /** Connections it has had. */
  public int accepted() {
    return accepted.get();
  }

  /** What it has read, of all connections. */
  public byte[] received() {
    synchronized (received) {
      return received.toByteArray();
    }
  }

  /** Waits until {@code count} scripts have been played to the end, or were cut short. */
  public void awaitFinished(int count) {
    Eventually.holds("scripts played to the end", () -> finished.get() >= count);
  }

  /** Waits until it has read {@code count} bytes. */
  public void awaitReceived(int count) {
    Eventually.holds("bytes at the bad peer", () -> received().length >= count);
  }

  private boolean neverReads() {
    return script.stream().anyMatch(Effect.NeverRead.class::isInstance);
  }

  private void acceptAll() {
    try {
      for (; ; ) {
        take(listener.accept());
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void take(Socket socket) throws IOException {
    accepted.incrementAndGet();
    open.add(socket);
    if (closed.getCount() == 0) {
      socket.close(); // close() may not have seen it
    }
    start("bad peer", () -> play(socket));
  }

  private void start(String name, Runnable body) {
    Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(body);
    threads.add(thread);
    thread.start();
  }

  private void play(Socket socket) {
    try {
      for (Effect effect : script) {
        apply(effect, socket);
      }
    } catch (IOException e) {
      // The other side, or close, ended the connection: the rest of the script has no audience.
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a bad peer", e);
    } finally {
      finished.incrementAndGet();
    }
  }

  private void apply(Effect effect, Socket socket) throws IOException, InterruptedException {
    switch (effect) {
      case Effect.SendBytes send -> socket.getOutputStream().write(send.bytes());
      case Effect.Garbage garbage -> socket.getOutputStream().write(garbage.bytes());
      case Effect.Drip drip -> drip(drip, socket);
      case Effect.SendUrgent urgent -> socket.sendUrgentData(urgent.value());
      case Effect.Stall stall -> pause(stall.span());
      case Effect.Read read -> read(socket, read.count());
      case Effect.Echo _ -> echo(socket);
      case Effect.ReadToEnd _ -> read(socket, Integer.MAX_VALUE);
      case Effect.ReadThenReset read -> {
        read(socket, read.count());
        reset(socket);
      }
      case Effect.NeverRead _ -> closed.await();
      case Effect.HalfClose _ -> socket.shutdownOutput();
      case Effect.Close _ -> socket.close();
      case Effect.Reset _ -> reset(socket);
    }
  }

  private void drip(Effect.Drip drip, Socket socket) throws IOException, InterruptedException {
    byte[] bytes = drip.bytes();
    socket.setTcpNoDelay(true);
    for (int off = 0; off < bytes.length; off += drip.each()) {
      if (off > 0) {
        pause(drip.interval());
      }
      socket.getOutputStream().write(bytes, off, Math.min(drip.each(), bytes.length - off));
    }
  }

  /** Waits; not beyond close. */
  private void pause(Duration span) throws InterruptedException {
    // What no long can hold is for ever.
    var _ = closed.await(TimeUnit.NANOSECONDS.convert(span), TimeUnit.NANOSECONDS);
  }

  private void read(Socket socket, int count) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buf = new byte[8192];
    for (int left = count; left > 0; ) {
      int n = in.read(buf, 0, Math.min(left, buf.length));
      if (n < 0) {
        return;
      }
      left -= n;
      synchronized (received) {
        received.write(buf, 0, n);
      }
    }
  }

  private void echo(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] buf = new byte[8192];
    for (int n; (n = in.read(buf)) >= 0; ) {
      synchronized (received) {
        received.write(buf, 0, n);
      }
      socket.getOutputStream().write(buf, 0, n);
    }
  }

  private static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Ends everything and waits for its threads. */
  @Override
  public void close() throws IOException {
    closed.countDown();
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
    Eventually.holds(
        "end of the bad peer's threads", () -> threads.stream().noneMatch(Thread::isAlive));
  }
}

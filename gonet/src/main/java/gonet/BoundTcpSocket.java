package gonet;

import gonet.internal.backend.Descriptor;
import gonet.internal.netpoll.Netpoll;
import gonet.internal.poll.FDException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket that has its address and neither listens nor is connected: what {@link
 * ListenConfig#bindTcp} makes, for a program that has to know its port, or keep it, before it
 * listens or dials from it. It becomes one of the two, once.
 *
 * <p>Nobody can connect before {@link #listen}. Any thread.
 *
 * @since 0.1
 */
public final class BoundTcpSocket implements AutoCloseable {
  private final Netpoll netpoll;
  private final ListenConfig config;
  private final String network;
  private final TcpAddr addr;
  private final boolean lingers;

  /** Empty from the moment when it becomes something else, or is closed. */
  private final AtomicReference<@Nullable Descriptor> descriptor;

  BoundTcpSocket(
      Netpoll netpoll,
      ListenConfig config,
      String network,
      Descriptor descriptor,
      TcpAddr addr,
      boolean lingers) {
    this.netpoll = netpoll;
    this.config = config;
    this.network = network;
    this.descriptor = new AtomicReference<>(descriptor);
    this.addr = addr;
    this.lingers = lingers;
  }

  /** The address, with the port that it has. Known afterwards as well. */
  public TcpAddr addr() {
    return addr;
  }

  /**
   * Listens, with the settings that it was bound with. After a failure it is closed.
   *
   * @throws NetBindException EADDRINUSE if another socket listens on the address by now
   * @throws NetClosedException if it is closed, or has become a listener or a connection
   */
  public TcpListener listen() throws IOException {
    return TcpSockets.listen(netpoll, take(Op.LISTEN, null), config, network, addr, lingers);
  }

  /**
   * Connects from its address, with the settings that it was bound with. After a failure it is
   * closed.
   *
   * @param remote of its family
   * @param limit null for no limit but the kernel's
   * @throws NetConnectException if the other side refuses, and EADDRNOTAVAIL if there is such a
   *     connection already
   * @throws NetClosedException as {@link #listen}
   * @throws NetInterruptedException if the thread is interrupted while it waits
   */
  public TcpConn dial(TcpAddr remote, @Nullable TimeLimit limit) throws IOException {
    Op op = new Op(Op.DIAL, network, addr, remote);
    TcpAddr to = TcpAddr.of(InetSockets.target(network, remote));
    Descriptor d = take(Op.DIAL, remote);
    TcpConn conn;
    try {
      conn = new TcpConn(d, netpoll.poller(), network, addr(), to, lingers, true);
    } catch (Throwable t) {
      d.close();
      throw t;
    }
    boolean stands = false;
    try {
      conn.fd.connect(to.addrPort(), TimeLimit.moment(limit));
      conn.established();
      stands = true;
      return conn;
    } catch (FDException e) {
      throw OpErrors.of(op, e);
    } finally {
      if (!stands) {
        conn.close();
      }
    }
  }

  private Descriptor take(String name, @Nullable TcpAddr remote) throws NetClosedException {
    Descriptor d = descriptor.getAndSet(null);
    if (d == null) {
      throw OpErrors.closed(
          remote == null ? new Op(name, network, null, addr) : new Op(name, network, addr, remote),
          0);
    }
    return d;
  }

  /** Whether it is closed, or has become a listener or a connection. */
  public boolean isClosed() {
    return descriptor.get() == null;
  }

  /** Gives the address back. Without effect on what it has become. */
  @Override
  public void close() {
    Descriptor d = descriptor.getAndSet(null);
    if (d != null) {
      d.close();
    }
  }

  @Override
  public String toString() {
    return "socket " + network + " " + addr + (isClosed() ? " (closed)" : "");
  }
}

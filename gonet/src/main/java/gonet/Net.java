package gonet;

import gonet.internal.netpoll.Netpoll;
import gonet.internal.time.OwnStack;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * The front door: listen, dial, and a virtual thread for each connection.
 *
 * {@snippet :
 * Listener l = Net.listen("tcp", "0.0.0.0:7099");
 * while (true) {
 *   Conn c = l.accept();
 *   Net.go(() -> {
 *     try (c) {
 *       byte[] buf = new byte[4096];
 *       for (int n; (n = c.read(buf)) >= 0; ) {
 *         c.write(buf, 0, n);
 *       }
 *     }
 *   });
 * }
 * }
 *
 * <p><b>Networks</b> are {@code tcp}, {@code tcp4} (IPv4 alone) and {@code tcp6} (IPv6 alone).
 * <b>Addresses</b> are {@code host:port}: a name, an IPv4 literal or an IPv6 literal in brackets,
 * with a zone behind {@code %}; then a number from 0 to 65535 or the name of a service. See {@link
 * HostPort}. Datagrams go by {@code udp}, {@code udp4} and {@code udp6}, to the same addresses: see
 * {@link PacketConn}. Networks within one machine are {@code unix}, streams of bytes, and {@code
 * unixpacket}, streams of messages, and {@code unixgram}, datagrams; their addresses are paths, or
 * {@code @} and an abstract name. See {@link UnixAddr}, {@link UnixConn} and {@link UnixgramConn}.
 * With the nio backend there is {@code unix} over paths.
 *
 * <p>All methods are safe for any thread. Go: the functions of package {@code net}.
 *
 * @since 0.1
 */
public final class Net {
  private Net() {}

  /**
   * Listens on a local address, with the settings of {@link ListenConfig#defaults}.
   *
   * <p>An empty host, {@code 0.0.0.0} and {@code ::} mean every address of the machine, for {@code
   * tcp} of both families. Port 0, or none, lets the system choose one: {@link Listener#addr} tells
   * which. A host name binds one of its addresses only, an IPv4 one if there is any.
   *
   * @param network {@code tcp}, {@code tcp4}, {@code tcp6}, {@code unix} or {@code unixpacket}
   * @param address {@code host:port}, empty for {@code :0}; or what {@link UnixAddr} says
   * @throws NetAddressException if network or address mean nothing
   * @throws NetUnknownHostException if the host or the service has no address
   * @throws NetBindException if the address is in use, not of this machine, or not allowed
   * @throws IOException if the system fails otherwise; nothing is left open then
   */
  public static Listener listen(String network, String address) throws IOException {
    return ListenConfig.defaults().listen(network, address);
  }

  /** Listens on an address of the JDK: {@link ListenConfig#listen(SocketAddress)}. */
  public static Listener listen(SocketAddress local) throws IOException {
    return ListenConfig.defaults().listen(local);
  }

  /**
   * Opens a socket for datagrams on a local address, with the settings of {@link
   * ListenConfig#defaults}. Addresses are as in {@link #listen(String, String)}: a wildcard hears
   * every address of the machine, for {@code udp} of both families. SO_REUSEADDR is off, so a port
   * is one socket's, except for a group's address: the socket then hears the port on every address,
   * others may do so too, and {@link UdpConn#joinGroup} joins.
   *
   * @param network {@code udp}, {@code udp4}, {@code udp6}, {@code unixgram}, or as {@link
   *     ListenConfig#listenIp} says
   * @param address {@code host:port}, empty for {@code :0}; or what {@link UnixAddr} says
   * @throws NetAddressException if network or address mean nothing
   * @throws NetUnknownHostException if the host or the service has no address
   * @throws NetBindException if the address is in use, not of this machine, or not allowed
   * @throws IOException if the system fails otherwise; nothing is left open then
   */
  public static PacketConn listenPacket(String network, String address) throws IOException {
    return ListenConfig.defaults().listenPacket(network, address);
  }

  /** A socket in a group: {@link ListenConfig#listenMulticastUdp}. */
  public static UdpConn listenMulticastUdp(String network, @Nullable NetInterface on, UdpAddr group)
      throws IOException {
    return ListenConfig.defaults().listenMulticastUdp(network, on, group);
  }

  /** The same with an interface as the JDK shows it. */
  public static UdpConn listenMulticastUdp(
      String network, @Nullable NetworkInterface on, UdpAddr group) throws IOException {
    return ListenConfig.defaults().listenMulticastUdp(network, on, group);
  }

  /**
   * Connects to an address, with the settings of {@link Dialer#defaults}. Blocks until the
   * connection stands.
   *
   * <p>An empty or unspecified host means this machine. A name with several addresses is tried in
   * the order of RFC 6724; for {@code tcp} with a head start of 300 ms for the first one's family
   * (RFC 8305).
   *
   * <p>For {@code udp} nothing goes over the network: the socket has a peer from then on. The
   * connection is a {@link UdpConn}. The same with {@code unixgram} and {@link UnixgramConn}.
   *
   * @param network {@code tcp}, {@code tcp4}, {@code tcp6}, {@code udp}, {@code udp4}, {@code
   *     udp6}, {@code unix}, {@code unixpacket} or {@code unixgram}
   * @param address {@code host:port}; or what {@link UnixAddr} says
   * @throws NetAddressException if network or address mean nothing, or the network is not supported
   * @throws NetUnknownHostException if the host or the service has no address
   * @throws NetConnectException if the other side refuses
   * @throws NetInterruptedException if the thread is interrupted while it waits
   * @throws IOException if it fails otherwise; nothing is left open then
   */
  public static Conn dial(String network, String address) throws IOException {
    return Dialer.defaults().dial(network, address);
  }

  /**
   * As {@link #dial(String, String)}, within a time that covers everything, the lookup of the name
   * included.
   *
   * @throws NetTimeoutException when the time is over
   * @throws IllegalArgumentException if {@code timeout} is negative
   */
  public static Conn dial(String network, String address, Duration timeout) throws IOException {
    return Dialer.defaults().withTimeout(timeout).dial(network, address);
  }

  /** Connects to an address of the JDK: {@link Dialer#dial(SocketAddress)}. */
  public static Conn dial(SocketAddress remote) throws IOException {
    return Dialer.defaults().dial(remote);
  }

  /**
   * A listener over a descriptor that this process was started with or got by native code: sockets
   * that systemd passes (numbers from 3 on, as many as the variable {@code LISTEN_FDS} says;
   * sd_listen_fds(3)), that inetd passes with {@code wait} (number 0), that a parent process left
   * open. TCP over IPv4 and IPv6, and Unix streams and packets, whose path stays when the listener
   * is closed; with the epoll backend alone.
   *
   * <p>gonet takes a duplicate, closed on exec. {@code fd} stays the caller's: {@link
   * Listener#close} does not close it, and while it is open, here or in another process, the kernel
   * goes on queueing connections for it. Both share one open file description: O_NONBLOCK is set
   * for both, as is what {@link ListenConfig#defaults} sets for connections. A process that clears
   * O_NONBLOCK again makes accepts hold their threads' carriers. A descriptor that is refused is
   * not changed.
   *
   * <p>Go: {@code net.FileListener}.
   *
   * @throws NetSocketException if {@code fd} is not open (EBADF), not a socket (ENOTSOCK), not
   *     listening (EINVAL), not of IPv4, IPv6 or Unix (EAFNOSUPPORT), not a stream, nor packets of
   *     Unix (EPROTOTYPE), not TCP (EPROTONOSUPPORT; multipath TCP is not, and what a Go program
   *     listens on by default is); the message names the number and what was found
   * @throws UnsupportedOperationException with the nio backend
   * @throws IOException if the system fails otherwise; nothing is left open then
   */
  public static Listener fileListener(int fd) throws IOException {
    return FileSockets.listener(fd);
  }

  /**
   * A connection over a descriptor that this process was started with or got by native code, such
   * as number 0 of a program that inetd starts with {@code nowait}.
   *
   * <p>As with {@link #fileListener}, gonet takes a duplicate and {@code fd} stays the caller's. So
   * {@link Conn#close} and {@link Conn#abort} tell the peer nothing while {@code fd} is open;
   * {@link Conn#closeWrite} does; and an abort leaves a linger of zero behind, with which the last
   * close resets. A connection that was reset before is refused as not connected. O_NONBLOCK is set
   * for both, as is what {@link Dialer#defaults} sets.
   *
   * <p>Go: {@code net.FileConn}.
   *
   * @throws NetSocketException as {@link #fileListener}; if {@code fd} listens (EINVAL) or is not
   *     connected (ENOTCONN)
   * @throws UnsupportedOperationException with the nio backend
   * @throws IOException if the system fails otherwise; nothing is left open then
   */
  public static Conn fileConn(int fd) throws IOException {
    return FileSockets.conn(fd);
  }

  /**
   * A socket for datagrams over a descriptor that this process was started with or got by native
   * code: UDP over IPv4 and IPv6, and {@code unixgram}; connected, in which case it is a {@link
   * Conn} with a peer as well, or not. As with {@link #fileListener}, gonet takes a duplicate,
   * {@code fd} stays the caller's, both share the open file description, and options stay as they
   * are. While both are open, each datagram goes to one of them.
   *
   * <p>Go: {@code net.FilePacketConn}.
   *
   * @return a {@link UdpConn} or a {@link UnixgramConn}
   * @throws NetSocketException if {@code fd} is not open (EBADF), not a socket (ENOTSOCK), not of
   *     IPv4, IPv6 or Unix (EAFNOSUPPORT), not for datagrams (EPROTOTYPE), not UDP
   *     (EPROTONOSUPPORT); the message names the number and what was found
   * @throws UnsupportedOperationException with the nio backend
   * @throws IOException if the system fails otherwise; nothing is left open then
   */
  public static PacketConn filePacketConn(int fd) throws IOException {
    return FileSockets.packetConn(fd);
  }

  /**
   * The port of a service, by the table of this machine, services(5), and a few that every machine
   * should know. A service's name may have any case; digits are the port itself, and empty is 0.
   * Go: {@code LookupPort}.
   *
   * @param network {@code tcp} or {@code udp}, with or without a family; {@code ip} or empty for
   *     the one that has it
   * @throws NetAddressException if there is no such network, or the number is not within 0 to 65535
   * @throws DnsException if no service has this name
   */
  public static int lookupPort(String network, String service) throws IOException {
    return Lookup.portOf(network, service);
  }

  /** A pair of connections inside this process, each the other's peer. See {@link Pipe}. */
  public static Pipe pipe() {
    return Pipe.create();
  }

  /** What {@link #go} runs. */
  @FunctionalInterface
  public interface Task {
    /** Does the work; may throw anything. */
    void run() throws Exception;
  }

  /**
   * Runs a task on a virtual thread of its own, named {@code gonet-} and a number so that dumps
   * show it. A failure that is the end of a connection ({@link NetFailure#isConnectionEnd}) ends
   * the thread with one line in the log at level DEBUG; another {@link IOException}, such as a
   * refused dial or a missing file, with a line at WARNING, and a stack behind it unless it is an
   * {@link javax.net.ssl.SSLException} or {@link java.net.ProtocolException}, which strangers
   * cause; whatever else the task throws goes to the thread's uncaught exception handler.
   *
   * <p>The thread has the context class loader of the one that calls this.
   *
   * <p>A convenience: {@link Thread#startVirtualThread}, executors and platform threads do as well.
   * Only where gonet has carrier threads of its own ({@link NetStats#lane}) it is more: threads
   * from here and from {@link #threadFactory} run on them, and wait for connections at less cost.
   *
   * @return the thread, started
   */
  public static Thread go(Task task) {
    FirstUse.prepare();
    return start(NetThreads.nextName(), task);
  }

  /**
   * Makes the virtual threads that {@link #go} makes, for executors and whoever else wants a
   * factory. Exceptions of their tasks go to the thread's uncaught exception handler, whatever they
   * are. Each thread has the context class loader of the one that asks the factory for it.
   * Immutable and safe for any thread.
   *
   * {@snippet :
   * ExecutorService handlers = Executors.newThreadPerTaskExecutor(Net.threadFactory());
   * }
   */
  public static ThreadFactory threadFactory() {
    FirstUse.prepare();
    return new NetThreads.Factory();
  }

  /**
   * As {@link #go(Task)}, by a name of the caller's: in dumps of a server with one thread for each
   * connection, the connection's own text, {@code c.toString()}, tells who waits for whom.
   *
   * @return the thread, started
   */
  public static Thread go(String name, Task task) {
    return start(Objects.requireNonNull(name, "name"), task);
  }

  private static Thread start(String name, Task task) {
    Objects.requireNonNull(task, "task");
    return threads().name(name).start(new NetThreads.Body(task));
  }

  /**
   * A new builder of virtual threads that run where {@link #go} runs its own, for programs that
   * want names or other properties. The threads inherit from the thread that makes them.
   */
  public static Thread.Builder.OfVirtual threads() {
    FirstUse.prepare();
    return Netpoll.threads();
  }

  /** What gonet holds now, and has seen so far. */
  public static NetStats stats() {
    return new NetStats();
  }

  /**
   * Registers {@link #stats} with the platform's MBean server, as a {@link NetMXBean}. Again: no
   * effect.
   *
   * @throws UnsupportedOperationException in a runtime without the module java.management
   */
  public static void registerMXBean() {
    if (ModuleLayer.boot().findModule("java.management").isEmpty()) {
      throw new UnsupportedOperationException("no module java.management in this runtime");
    }
    OwnStack.initialize(Net.class, "gonet.Management");
    Management.register();
  }
}

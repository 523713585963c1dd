package gonet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A socket for datagrams: each goes out whole to an address of its own, and arrives whole, or not
 * at all, or twice, in any order. Go's {@code net.PacketConn}.
 *
 * {@snippet :
 * try (PacketConn conn = Net.listenPacket("udp", ":7099")) {
 *   Datagram d = Datagram.allocate(2048);
 *   while (true) {
 *     conn.receive(d);
 *     conn.send(d); // back to the sender, without an object for either
 *   }
 * }
 * }
 *
 * <p><b>Datagrams</b> have no end of stream and no parts. One that is empty is received like any
 * other. Bytes that do not fit into the receiver's buffer are lost: {@link Datagram#truncated}
 * tells, a plain buffer does not. One that is too long for the network fails with EMSGSIZE, and
 * nothing goes out.
 *
 * <p><b>Threads, blocking, deadlines, timeouts, interrupts</b> and failures are as in {@link Conn}:
 * any thread may call any method at any time, except that a {@link Datagram} or a {@link
 * DatagramBatch} belongs to one call at a time; a call that cannot go on parks its thread; after a
 * failure other than by a close the socket stays usable.
 *
 * @since 0.1
 */
public interface PacketConn extends AutoCloseable {

  // ---- receiving -------------------------------------------------------------------------------

  /**
   * Receives a datagram into what {@code dst} has remaining, and waits for one; the position moves
   * by its length. With nothing remaining it still waits for one. Go: {@code ReadFrom}.
   *
   * @return who has sent it
   * @throws java.nio.ReadOnlyBufferException if {@code dst} is read-only
   */
  default NetAddr receive(ByteBuffer dst) throws IOException {
    return receive(dst, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  NetAddr receive(ByteBuffer dst, @Nullable TimeLimit limit) throws IOException;

  /**
   * Receives a datagram with everything that is known about it, and makes no object. What {@code
   * into} held is gone; after a failure it holds nothing.
   */
  default void receive(Datagram into) throws IOException {
    receive(into, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  void receive(Datagram into, @Nullable TimeLimit limit) throws IOException;

  /**
   * Receives the datagrams that are there, as many as fit, with one system call where the kernel
   * has one for that (recvmmsg(2)); waits for the first and for no other.
   *
   * @return how many: the first ones of {@code into}, at least one
   */
  default int receive(DatagramBatch into) throws IOException {
    return receive(into, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  int receive(DatagramBatch into, @Nullable TimeLimit limit) throws IOException;

  /**
   * Waits until a receive would not have to wait. A failure that is there, such as a refusal that
   * ICMP told, is told once: from here, or with the nio backend by the receive that follows.
   */
  default void awaitReadable() throws IOException {
    awaitReadable(null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  void awaitReadable(@Nullable TimeLimit limit) throws IOException;

  // ---- sending ---------------------------------------------------------------------------------

  /**
   * Sends what {@code src} has remaining as one datagram, also if that is nothing; the position
   * moves to the limit. Waits while the kernel has no room. Go: {@code WriteTo}.
   *
   * @param to an address of this socket's network; a wildcard means this machine
   * @throws NetAddressException if it is of another network, or of a family that this socket has
   *     not
   * @throws NetSocketException if the socket is connected (EISCONN), the datagram too long
   *     (EMSGSIZE), or the kernel refuses otherwise; the position stays
   */
  default void send(ByteBuffer src, NetAddr to) throws IOException {
    send(src, to, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  void send(ByteBuffer src, NetAddr to, @Nullable TimeLimit limit) throws IOException;

  /** The same of a whole array. */
  default void send(byte[] data, NetAddr to) throws IOException {
    send(ByteBuffer.wrap(data), to, null);
  }

  /**
   * Sends a datagram to where it says, and makes no object. One that was received goes back to its
   * sender, from the address it was sent to if that is known. Nothing in it changes.
   *
   * @throws NetSocketException if it says no address and the socket is not connected
   *     (EDESTADDRREQ), or another address than the one that the socket is connected to (EISCONN);
   *     and as {@link #send(ByteBuffer, NetAddr)}
   */
  default void send(Datagram datagram) throws IOException {
    send(datagram, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  void send(Datagram datagram, @Nullable TimeLimit limit) throws IOException;

  /**
   * Sends several datagrams, each as {@link #send(Datagram)} does, with one system call where the
   * kernel has one for that (sendmmsg(2)). Waits where there is no room for the next one.
   *
   * @param off the first of the batch that is sent
   * @param count how many, at least one
   * @return how many went out: fewer than {@code count} if the next one fails, which the call that
   *     begins with it tells
   * @throws IOException if the first one fails
   * @throws IndexOutOfBoundsException if the range is not inside the batch
   */
  default int send(DatagramBatch batch, int off, int count) throws IOException {
    return send(batch, off, count, null);
  }

  /** The same, for at most as long as {@code limit} says; null for no limit. */
  int send(DatagramBatch batch, int off, int count, @Nullable TimeLimit limit) throws IOException;

  // ---- the rest, as Conn has it ----------------------------------------------------------------

  /**
   * Closes the socket, wakes every thread that waits in a call, and returns when the descriptor has
   * been given back. A second close has no effect. Not ended by an interrupt. Does not throw.
   */
  @Override
  void close();

  /** Whether this side has closed the socket. */
  boolean isClosed();

  /** The address on this side. Known after close as well. */
  NetAddr localAddr();

  /** Moves both deadlines; null for none. */
  default void setDeadline(@Nullable Instant when) throws IOException {
    setReadDeadline(when);
    setWriteDeadline(when);
  }

  /** Moves the deadline of receives, {@link #awaitReadable} included; null for none. */
  void setReadDeadline(@Nullable Instant when) throws IOException;

  /** Moves the deadline of sends; null for none. */
  void setWriteDeadline(@Nullable Instant when) throws IOException;

  /** Bounds each later receive by a time of its own: {@link Conn#setReadTimeout}. */
  void setReadTimeout(@Nullable Duration each) throws IOException;

  /** Bounds each later send by a time of its own: {@link Conn#setWriteTimeout}. */
  void setWriteTimeout(@Nullable Duration each) throws IOException;

  /** The deadline of receives; null for none. {@link Conn#readDeadline}. */
  @Nullable Instant readDeadline();

  /** The deadline of sends; null for none. */
  @Nullable Instant writeDeadline();

  /** What {@link #setReadTimeout} has set; null for none. */
  @Nullable Duration readTimeout();

  /** What {@link #setWriteTimeout} has set; null for none. */
  @Nullable Duration writeTimeout();
}

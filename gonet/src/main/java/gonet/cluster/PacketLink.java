package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Listener;
import gonet.NetInterruptedException;
import gonet.NetSocket;
import gonet.NetTimeoutException;
import gonet.SocketDescriptor;
import gonet.TimeLimit;
import gonet.UnixConn;
import gonet.internal.layer.Adoption;
import gonet.internal.layer.Processes;
import gonet.internal.time.Pause;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two processes of one program. Each message is one packet: a line of words,
 * behind its newline bytes of the program's, beside them at most one descriptor. {@link
 * HandOverLink} and {@link ClusterLink} say which there are.
 *
 * <p>One thread may receive while others send.
 */
final class PacketLink implements AutoCloseable {
  static final String NETWORK = "unixpacket";

  /** How long the other process may take for an answer. */
  static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private static final System.Logger LOG = System.getLogger("gonet.cluster");

  private static final long FAILURE_PAUSE_NANOS = 10_000_000;

  /** The longest line: a network and an address fit with room to spare. */
  static final int MAX_LINE_BYTES = 4096;

  /** A packet that came. Whoever takes it closes it. */
  static final class Message implements AutoCloseable {
    private final List<String> words; // the line, split at its first two spaces; at least one
    private final byte[] bytes;
    private final UnixConn.Received descriptor;

    Message(List<String> words, byte[] bytes, UnixConn.Received descriptor) {
      this.words = words;
      this.bytes = bytes;
      this.descriptor = descriptor;
    }

    String kind() {
      return words.getFirst();
    }

    /** Empty if there is none. */
    String word(int i) {
      return i < words.size() ? words.get(i) : "";
    }

    /** All behind the first word. */
    String rest() {
      return String.join(" ", words.subList(1, words.size()));
    }

    /** What {@link #word} says as a number, −1 if it is none. */
    long number(int i) {
      try {
        return Long.parseLong(word(i));
      } catch (NumberFormatException e) {
        return -1;
      }
    }

    /** The program's. */
    byte[] bytes() {
      return bytes;
    }

    boolean hasDescriptor() {
      return descriptor.descriptors().size() == 1;
    }

    /** Of a message that {@link #hasDescriptor}; open until this is closed. */
    int number() {
      return descriptor.descriptors().getFirst();
    }

    @Override
    public void close() {
      descriptor.close();
    }
  }

  private final UnixConn conn;
  private final int maxBytes;
  private final Adoption<Listener, Conn> adoption;
  private final Processes processes;

  /** Written by the thread that receives. */
  private volatile boolean cutOff;

  /**
   * Takes the connection over.
   *
   * @param maxBytes the longest message
   */
  @SuppressWarnings("unchecked") // gonet.internal.layer: this is what a Unix connection finds
  PacketLink(UnixConn conn, int maxBytes) {
    this.conn = conn;
    this.maxBytes = maxBytes;
    this.adoption =
        (Adoption<Listener, Conn>) Objects.requireNonNull(conn.find(Adoption.class), "adoption");
    this.processes = Objects.requireNonNull(conn.find(Processes.class), "processes");
  }

  UnixConn.PeerCredentials peer() throws IOException {
    return conn.peerCredentials();
  }

  /** The number of this process. */
  long ownPid() {
    return processes.own();
  }

  /** Whether a process has ended, or does within the limit. */
  boolean awaitEnd(long pid, Duration limit) throws InterruptedException {
    return processes.awaitEnd(pid, limit);
  }

  /** For each read and each write from now on; null for none. */
  void setTimeout(@Nullable Duration limit) throws IOException {
    conn.setReadTimeout(limit);
    conn.setWriteTimeout(limit);
  }

  /** For the next read and the next write; above zero, so that what is there comes all the same. */
  void setLimit(TimeLimit end) throws IOException {
    setTimeout(left(end));
  }

  /** The time that is left, a nanosecond at least. */
  static Duration left(TimeLimit end) {
    Duration left = end.left();
    return left.isZero() ? Duration.ofNanos(1) : left;
  }

  void send(String line) throws IOException {
    conn.write(line.getBytes(UTF_8));
  }

  void send(String line, NetSocket socket) throws IOException {
    conn.sendDescriptors(line.getBytes(UTF_8), socket);
  }

  void send(String line, int descriptor) throws IOException {
    conn.sendDescriptors(line.getBytes(UTF_8), descriptor);
  }

  void send(String line, byte[] bytes, NetSocket socket) throws IOException {
    byte[] head = (line + "\n").getBytes(UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, all, head.length, bytes.length);
    conn.sendDescriptors(all, socket);
  }

  /** The next packet; null when the other side has left. */
  @Nullable Message receive() throws IOException {
    byte[] buf = new byte[maxBytes];
    UnixConn.Received received = conn.receive(buf, 0, buf.length, 1);
    boolean handedOver = false;
    try {
      int n = received.bytes();
      if (n < 0) {
        return null;
      }
      int end = 0;
      while (end < n && buf[end] != '\n') {
        end++;
      }
      List<String> words = List.of(new String(buf, 0, end, UTF_8).split(" ", 3));
      byte[] bytes = end < n ? Arrays.copyOfRange(buf, end + 1, n) : new byte[0];
      handedOver = true;
      return new Message(words, bytes, received);
    } finally {
      if (!handedOver) {
        received.close();
      }
    }
  }

  /**
   * As {@link #receive}, where the answer decides between two owners: when the wait ends early, the
   * other side is {@linkplain #cutOff cut off}, so that it knows as well as this one whether its
   * answer came in time.
   *
   * @throws NetTimeoutException if it did not
   * @throws NetInterruptedException the same; the thread is interrupted
   */
  @Nullable Message receiveDecision() throws IOException {
    try {
      return receive();
    } catch (NetTimeoutException | NetInterruptedException e) {
      boolean interrupted = Thread.interrupted();
      try {
        if (!cutOff()) {
          throw e;
        }
        Message last = receive();
        if (last == null) {
          throw e;
        }
        return last;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Whether the other side can say no more. */
  boolean isCutOff() {
    return cutOff;
  }

  /**
   * Whether the next packet is this word. No Error decides that it is not, as it would be if there
   * was no memory for what has come: the other process goes by having said it. So this waits on
   * behind an Error, and the array tells whether the packet had come before it.
   *
   * <p>Neither does time: one that has said nothing within the limit of reads is {@linkplain
   * #cutOff cut off}, and then heard for the last time.
   */
  boolean receiveWord(String word) throws IOException {
    for (; ; ) {
      try {
        return isWord(word, conn::read);
      } catch (NetTimeoutException e) {
        var _ = cutOff(); // else it is waited for once more
      }
    }
  }

  /**
   * The other side can say no more, its next packet fails with EPIPE, while those that it has sent
   * are still read here, and behind them the end. unix(7) shares the end of a direction between all
   * descriptors of a socket; {@link UnixConn#closeRead} would forget the packets as well, so it is
   * called on a duplicate.
   *
   * @return false if there is none to be had, and nothing has changed
   */
  boolean cutOff() {
    try (SocketDescriptor same = conn.duplicateDescriptor();
        Conn other = adoption.conn(same.number())) {
      other.closeRead();
      cutOff = true;
    } catch (IOException | VirtualMachineError e) {
      LOG.log(Level.DEBUG, "no descriptor, or no memory, to end a link with", e);
    }
    return cutOff;
  }

  /** {@link UnixConn#read(byte[])}, or what a test has in its place. */
  interface Source {
    /** As there. */
    int read(byte[] buf) throws IOException;
  }

  static boolean isWord(String word, Source source) throws IOException {
    byte[] expected = word.getBytes(UTF_8);
    byte[] buf = new byte[expected.length + 1]; // a longer packet is cut, and is another one
    for (; ; ) {
      try {
        int n = source.read(buf);
        return n == expected.length && Arrays.equals(buf, 0, n, expected, 0, n);
      } catch (VirtualMachineError e) {
        if (buf[0] != 0) {
          return Arrays.equals(buf, Arrays.copyOf(expected, buf.length));
        }
        Pause.afterFailure(FAILURE_PAUSE_NANOS);
      }
    }
  }

  /** The listener that came with the message, with the options that the other process has set. */
  Listener listener(Message message) throws IOException {
    return adoption.listener(message.number());
  }

  /** The same of a listener whose number is known. */
  Listener listener(int descriptor) throws IOException {
    return adoption.listener(descriptor);
  }

  /** The connection that came with the message, with the options that the other one has set. */
  Conn conn(Message message) throws IOException {
    return adoption.conn(message.number());
  }

  @Override
  public void close() {
    conn.close();
  }
}

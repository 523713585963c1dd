package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Listener;
import gonet.NetSocket;
import gonet.UnixConn;
import gonet.internal.layer.Adoption;
import gonet.internal.layer.Processes;
import gonet.internal.time.Pause;
import java.io.IOException;
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
   * Whether the next packet is this word. No Error decides that it is not, as it would be if there
   * was no memory for what has come: the other process goes by having said it. So this waits on
   * behind an Error, and the array tells whether the packet had come before it.
   */
  boolean receiveWord(String word) throws IOException {
    return isWord(word, conn::read);
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

package gonet.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.NetSocket;
import gonet.UnixConn;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two generations. Each message is one packet: a line of words, behind its
 * newline bytes of the program's, beside them at most one descriptor.
 *
 * <pre>
 *   successor                                     predecessor
 *   HELLO version pid            ------&gt;
 *                                &lt;------          HELLO version pid
 *                                                 or BUSY pid, AGAIN, REFUSED reason
 *                                &lt;------          LISTENER network address     + descriptor, each
 *                                &lt;------          PATH                         + descriptor
 *   (listens, gets ready)
 *   READY                        ------&gt;          (takes no further successors)
 *                                &lt;------          RETIRING
 *                                                 or ENDING, if it was about to end anyway
 *   (takes successors)
 *                                &lt;------          CONN \n state                + descriptor
 *   TAKEN                        ------&gt;
 *                                &lt;------          DONE
 * </pre>
 *
 * <p>Until READY either side may leave, and the predecessor serves on. One thread at a time.
 */
final class HandOverLink implements AutoCloseable {
  static final String NETWORK = "unixpacket";
  static final int VERSION = 1;

  static final String HELLO = "HELLO";
  static final String BUSY = "BUSY";
  static final String AGAIN = "AGAIN";
  static final String REFUSED = "REFUSED";
  static final String LISTENER = "LISTENER";
  static final String PATH = "PATH";
  static final String READY = "READY";
  static final String RETIRING = "RETIRING";
  static final String ENDING = "ENDING";
  static final String CONN = "CONN";
  static final String TAKEN = "TAKEN";
  static final String DONE = "DONE";

  /** The longest state of a connection; with its line it fits into one packet everywhere. */
  static final int MAX_STATE_BYTES = 64 * 1024;

  private static final int MAX_LINE_BYTES = 4096;

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

    /** Of a message that {@link #hasDescriptor}. */
    int number() {
      return descriptor.descriptors().getFirst();
    }

    @Override
    public void close() {
      descriptor.close();
    }
  }

  private final UnixConn conn;

  HandOverLink(UnixConn conn) {
    this.conn = conn;
  }

  UnixConn.PeerCredentials peer() throws IOException {
    return conn.peerCredentials();
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

  void send(String line, byte[] bytes, NetSocket socket) throws IOException {
    byte[] head = (line + "\n").getBytes(UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + bytes.length);
    System.arraycopy(bytes, 0, all, head.length, bytes.length);
    conn.sendDescriptors(all, socket);
  }

  /** The next packet; null when the other side has left. */
  @Nullable Message receive() throws IOException {
    byte[] buf = new byte[MAX_LINE_BYTES + MAX_STATE_BYTES];
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

  @Override
  public void close() throws IOException {
    conn.close();
  }
}

package gonet.tls;

import gonet.Conn;
import gonet.NetTimeoutException;
import gonet.TimeLimit;
import gonet.internal.layer.LateRead;
import gonet.internal.layer.Room;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The records of one connection on their way in, and the plaintext of one that was larger than what
 * the reader had room for. Belongs to the owner of the read turn, but for {@link #readyBytes}.
 *
 * <p>It has a buffer while it holds bytes, and none while it waits for the first byte of a record.
 * A socket right beneath borrows the buffer for its system call; of any other connection {@code
 * awaitReadable} is called first, which needs none. A timeout that is set while a read waits is for
 * later reads; not over such another connection, which begins its wait anew for each record.
 */
final class RecordInput implements Room {

  /** Content type, version and length (RFC 8446, 5.1). */
  private static final int HEADER_BYTES = 5;

  private static final int MAX_RECORD_BYTES = Buffers.RECORD_BYTES;

  /** More than tickets that nobody read; the rest of a stream is not for a close to wait for. */
  private static final int MAX_DROPPED = 4 * MAX_RECORD_BYTES;

  /** So many records in a row may bring no data. Go allows 16; a server may send ten tickets. */
  private static final int MAX_USELESS = 32;

  /** The content type of handshake messages, which TLS 1.2 does not encrypt. */
  private static final int HANDSHAKE = 22;

  private static final int FIRST_TYPE = 20;
  private static final int LAST_TYPE = 23;

  private final SSLEngine engine;
  private final Conn beneath;

  /** Of the socket right beneath; null if something else is there. */
  private final @Nullable LateRead<TimeLimit> late;

  /** Ciphertext, between position and limit; null if there is none. */
  private @Nullable ByteBuffer held;

  /** While a read beneath has {@link #held}, which ends with room for it then. */
  private boolean lent;

  /** Plaintext, between position and limit; null if there is none. */
  private @Nullable ByteBuffer plain;

  /** The last read filled the buffer, so the next one shall be larger. */
  private boolean bulk;

  /** Records in a row that have brought no data. */
  private int useless;

  /** What a read would find without waiting. Volatile: written by the owner, read by all. */
  private volatile int readyBytes;

  private volatile int plainBytes;

  RecordInput(SSLEngine engine, Conn beneath) {
    this.engine = engine;
    this.beneath = beneath;
    late = late(beneath);
  }

  @SuppressWarnings("unchecked") // a socket's has gonet's kind of limit
  private static @Nullable LateRead<TimeLimit> late(Conn conn) {
    return conn.beneath() == null ? conn.find(LateRead.class) : null;
  }

  // ---- ciphertext ------------------------------------------------------------------------------

  /**
   * The length of the record at the beginning, header included; 0 if it is not whole yet.
   *
   * @throws SSLException if this is no record, or one that is too long
   */
  int recordBytes() throws SSLException {
    ByteBuffer bytes = held;
    if (bytes == null || bytes.remaining() < HEADER_BYTES) {
      return 0;
    }
    int at = bytes.position();
    int type = bytes.get(at);
    if (type < FIRST_TYPE || type > LAST_TYPE || bytes.get(at + 1) != 3) {
      throw new SSLException(noRecord(bytes));
    }
    int length = HEADER_BYTES + (bytes.getShort(at + 3) & 0xffff);
    if (length > MAX_RECORD_BYTES) {
      throw new SSLException(tooLong(length));
    }
    return length <= bytes.remaining() ? length : 0;
  }

  // No concatenated strings: they are linked as lambdas are, and stay broken if that fails.

  private static String tooLong(int length) {
    StringBuilder text = new StringBuilder("record of ");
    text.append(length).append(" bytes, more than ").append(MAX_RECORD_BYTES);
    return text.toString();
  }

  private static String noRecord(ByteBuffer bytes) {
    StringBuilder text = new StringBuilder(64).append("this is no TLS record: it begins with");
    for (int i = 0; i < HEADER_BYTES; i++) {
      int octet = bytes.get(bytes.position() + i) & 0xff;
      text.append(octet < 16 ? " 0" : " ").append(Integer.toHexString(octet));
    }
    return text.toString();
  }

  /** Whether the record at the beginning, which is whole, says that it is one of a handshake. */
  boolean isHandshakeRecord() {
    ByteBuffer bytes = held;
    return bytes != null && bytes.get(bytes.position()) == HANDSHAKE;
  }

  /**
   * Waits for more and reads it.
   *
   * @return false at the end of the stream beneath
   */
  boolean fill(@Nullable TimeLimit limit) throws IOException {
    LateRead<TimeLimit> late = this.late;
    int n;
    try {
      if (late != null) {
        n = late.read(this, limit);
      } else {
        if (held == null) {
          beneath.awaitReadable(limit);
        }
        n = beneath.read(take(), limit);
      }
    } finally {
      rest();
    }
    return n >= 0;
  }

  @Override
  public ByteBuffer take() {
    ByteBuffer bytes = held;
    if (bytes == null || !lent) {
      bytes = makeRoom();
      lent = true;
    }
    return bytes;
  }

  @Override
  public void rest() {
    ByteBuffer bytes = held;
    if (bytes != null && lent) {
      lent = false;
      bulk = !bytes.hasRemaining();
      bytes.flip();
      tidy();
    }
  }

  /**
   * Reads what has come and drops it, some records at most. Of a connection that does not know
   * whether there is something it waits as long as {@code patience}. What is known to be there has
   * a limit that this thread keeps though it comes late.
   */
  void drop(Duration patience) throws IOException {
    ByteBuffer room = Buffers.ONE.take();
    try {
      for (int dropped = 0; dropped < MAX_DROPPED; ) {
        int there = available();
        if (there == 0) {
          return;
        }
        Duration limit = there > 0 ? TlsConn.GOODBYE : patience;
        int n = beneath.read(room.clear(), TimeLimit.after(limit));
        if (n < 0) {
          return;
        }
        dropped += n;
      }
    } catch (NetTimeoutException e) {
      // There is no more.
    } finally {
      Buffers.give(room);
    }
  }

  /** Bytes; −1 where nobody knows: then a read has to try. */
  private int available() {
    try {
      return beneath.availableBytes();
    } catch (IOException | UnsupportedOperationException e) {
      return -1;
    }
  }

  /** A buffer with what is held at its beginning, and room for the rest of a record behind it. */
  private ByteBuffer makeRoom() {
    ByteBuffer bytes = held;
    if (bytes == null) {
      bytes = (bulk ? Buffers.BULK : Buffers.ONE).take();
      held = bytes;
    } else {
      bytes.compact();
    }
    return bytes;
  }

  /**
   * Unwraps the record at the beginning, which is whole.
   *
   * @param dst where its plaintext goes; null for a handshake, which has none
   * @throws SSLException what the engine says; or that there were too many without plaintext
   */
  SSLEngineResult unwrap(int recordBytes, @Nullable ByteBuffer dst) throws SSLException {
    ByteBuffer bytes = held;
    if (bytes == null) {
      throw new IllegalStateException("no record");
    }
    int end = bytes.limit();
    bytes.limit(bytes.position() + recordBytes);
    try {
      SSLEngineResult result = engine.unwrap(bytes, dst == null ? Buffers.NOTHING : dst);
      if (dst == null || result.bytesProduced() > 0) {
        useless = 0;
      } else if (++useless > MAX_USELESS) {
        throw new SSLException("too many records without data");
      }
      return result;
    } finally {
      bytes.limit(end);
      tidy();
    }
  }

  /**
   * Has the engine make a fatal alert and nothing else of the record at the beginning, which is
   * whole. The engine takes an alert from nobody, but makes one when a record is spoilt.
   */
  void refuse(int recordBytes) {
    ByteBuffer bytes = held;
    if (bytes != null) {
      int last = bytes.position() + recordBytes - 1;
      bytes.put(last, (byte) ~bytes.get(last));
      try {
        var _ = unwrapAside(recordBytes); // it wants room
      } catch (SSLException e) {
        // The alert is made.
      }
    }
  }

  /** Gives the buffer back when it is empty. */
  private void tidy() {
    ByteBuffer bytes = held;
    if (bytes != null && !bytes.hasRemaining()) {
      held = null;
      Buffers.give(bytes);
    }
  }

  // ---- plaintext -------------------------------------------------------------------------------

  boolean hasPlain() {
    return plain != null;
  }

  /** Unwraps into a buffer of its own, where {@link #take} finds the plaintext. */
  SSLEngineResult unwrapAside(int recordBytes) throws SSLException {
    ByteBuffer room = Buffers.ONE.take();
    try {
      return unwrap(recordBytes, room);
    } finally {
      room.flip();
      if (room.hasRemaining()) {
        plain = room;
      } else {
        Buffers.give(room);
      }
    }
  }

  /** Moves plaintext to {@code dst}; how much, 0 if there is none. */
  int take(ByteBuffer dst) {
    ByteBuffer bytes = plain;
    if (bytes == null) {
      return 0;
    }
    int n = Math.min(bytes.remaining(), dst.remaining());
    dst.put(dst.position(), bytes, bytes.position(), n);
    dst.position(dst.position() + n);
    bytes.position(bytes.position() + n);
    if (!bytes.hasRemaining()) {
      plain = null;
      Buffers.give(bytes);
    }
    return n;
  }

  // ---- for others ------------------------------------------------------------------------------

  /** Tells others what is there. The owner of the read turn, before it gives that up. */
  void publish() {
    ByteBuffer bytes = plain;
    int decrypted = bytes == null ? 0 : bytes.remaining();
    plainBytes = decrypted;
    readyBytes = decrypted + wholeRecordBytes();
  }

  private int wholeRecordBytes() {
    try {
      return recordBytes();
    } catch (SSLException e) {
      return 1; // a read would find that out at once
    }
  }

  /** Plaintext, and ciphertext of a whole record, as the last reader left them. Any thread. */
  int readyBytes() {
    return readyBytes;
  }

  /** The plaintext alone. Any thread. */
  int plainBytes() {
    return plainBytes;
  }
}

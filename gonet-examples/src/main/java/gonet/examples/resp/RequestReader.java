package gonet.examples.resp;

import gonet.Conn;
import java.io.IOException;
import java.util.Arrays;

/**
 * Takes requests out of a stream of bytes, in whatever pieces it comes. A request is either an
 * array of bulk strings, {@code *2\r\n$3\r\nGET\r\n$1\r\nk\r\n}, or a line of words, {@code GET
 * k\r\n}. Its words stay in the buffer where they arrived, until the next one is asked for.
 *
 * <p>What a client announces costs nothing: memory grows with what has arrived.
 */
final class RequestReader {

  /** Redis' limits: proto-max-bulk-len, PROTO_INLINE_MAX_SIZE, and the array's of its version 6. */
  private static final int MAX_BULK_BYTES = 512 * 1024 * 1024;

  private static final int MAX_LINE_BYTES = 64 * 1024;
  private static final int MAX_WORDS = 1024 * 1024;

  /** All of a request. Redis' client-query-buffer-limit is 1 GiB; a heap is smaller than that. */
  private static final int MAX_REQUEST_BYTES =
      (int) Math.min(MAX_BULK_BYTES + MAX_LINE_BYTES, Runtime.getRuntime().maxMemory() / 8);

  private static final int FIRST_BYTES = 2 * 1024;

  /** A buffer that one request has blown up beyond this is given back after it. */
  private static final int KEPT_BYTES = 64 * 1024;

  private static final int FIRST_WORDS = 8;
  private static final int KEPT_WORDS = 1024;

  /** No number that a request may begin with. */
  private static final long INCOMPLETE = Long.MIN_VALUE;

  private static final long INVALID = Long.MIN_VALUE + 1;

  private byte[] buf = new byte[FIRST_BYTES];

  /** Where the current request begins, how far it is understood, and the end of what came. */
  private int start;

  private int pos;
  private int limit;

  /** The words so far; offsets count from {@link #start}, so that bytes may move. */
  private int[] offsets = new int[FIRST_WORDS];

  private int[] lengths = new int[FIRST_WORDS];
  private int count;

  /** How many words the array has; 0 between two requests. */
  private int expected;

  /** The length of the bulk string whose bytes come next, or −1. */
  private int bulk = -1;

  // ---- the words of the request ----------------------------------------------------------------

  /** How many words it has, the command's name included; at least one. */
  int count() {
    return count;
  }

  /** The bytes that {@link #offset} and {@link #length} speak of. Not for changing. */
  byte[] bytes() {
    return buf;
  }

  int offset(int word) {
    return start + offsets[word];
  }

  int length(int word) {
    return lengths[word];
  }

  /** A copy of the word, to be kept. */
  byte[] copy(int word) {
    int offset = offset(word);
    return Arrays.copyOfRange(buf, offset, offset + lengths[word]);
  }

  /** Whether the word is this one, in any case. */
  boolean is(int word, String upper) {
    int length = lengths[word];
    if (length != upper.length()) {
      return false;
    }
    for (int i = 0, offset = offset(word); i < length; i++) {
      int c = buf[offset + i];
      if ((c >= 'a' && c <= 'z' ? c - 32 : c) != upper.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The word as a number, written as Redis writes it: no plus sign, no leading zero. */
  long integer(int word) throws CommandException {
    return Numbers.parse(buf, offset(word), lengths[word]);
  }

  // ---- the stream ------------------------------------------------------------------------------

  /** Whether a request has begun to come and is not whole. */
  boolean holdsPart() {
    return limit > start;
  }

  /**
   * Reads once. The words of the last request are gone.
   *
   * @return false at the end of the stream
   */
  boolean fill(Conn conn) throws IOException, ProtocolException {
    makeRoom();
    int n = conn.read(buf, limit, buf.length - limit);
    if (n < 0) {
      return false;
    }
    limit += n;
    return true;
  }

  private void makeRoom() throws ProtocolException {
    if (start > 0) {
      System.arraycopy(buf, start, buf, 0, limit - start);
      pos -= start;
      limit -= start;
      start = 0;
    }
    if (limit == 0 && buf.length > KEPT_BYTES) {
      buf = new byte[FIRST_BYTES];
    } else if (limit == buf.length) {
      if (limit >= MAX_REQUEST_BYTES) {
        throw new ProtocolException("too big request");
      }
      buf = Arrays.copyOf(buf, (int) Math.min(2L * limit, MAX_REQUEST_BYTES));
    }
  }

  /**
   * Goes on to the next request.
   *
   * @return false if there is no whole one yet
   */
  boolean next() throws ProtocolException {
    if (expected == count && bulk < 0) {
      begin();
    }
    while (expected == 0) {
      if (pos == limit) {
        return false;
      }
      if (buf[pos] != '*') {
        if (!readLine()) {
          return false;
        }
        if (count > 0) {
          expected = count;
          return true;
        }
      } else {
        long words = number(pos + 1, "mbulk count string");
        if (words == INCOMPLETE) {
          return false;
        }
        if (words == INVALID || words > MAX_WORDS) {
          throw new ProtocolException("invalid multibulk length");
        }
        expected = (int) Math.max(words, 0); // *0 and *-1 are no requests
      }
      if (expected == 0) {
        begin();
      }
    }
    return readBulks();
  }

  private void begin() {
    start = pos;
    expected = 0;
    count = 0;
    if (offsets.length > KEPT_WORDS) {
      offsets = new int[FIRST_WORDS];
      lengths = new int[FIRST_WORDS];
    }
  }

  private boolean readBulks() throws ProtocolException {
    while (count < expected) {
      if (bulk < 0) {
        int head = pos;
        if (head == limit) {
          return false;
        }
        long length = number(head + 1, "bulk count string");
        if (length == INCOMPLETE) {
          return false;
        }
        if (buf[head] != '$') {
          throw new ProtocolException("expected '$', got '" + printable(buf[head]) + "'");
        }
        if (length < 0 || length > MAX_BULK_BYTES) {
          throw new ProtocolException("invalid bulk length");
        }
        bulk = (int) length;
      }
      if (limit - pos < bulk + 2) {
        return false;
      }
      add(pos, bulk);
      pos += bulk + 2; // as Redis does, without a look at what should be CR LF
      bulk = -1;
    }
    return true;
  }

  /** Reads a line's number and goes behind the line. */
  private long number(int from, String what) throws ProtocolException {
    int end = from;
    while (end < limit && buf[end] != '\r') {
      end++;
    }
    if (end + 1 >= limit) {
      if (end - from > MAX_LINE_BYTES) {
        throw new ProtocolException("too big " + what);
      }
      return INCOMPLETE;
    }
    pos = end + 2;
    try {
      return Math.max(Numbers.parse(buf, from, end - from), INVALID);
    } catch (CommandException e) {
      return INVALID;
    }
  }

  /** Reads a request of the inline form. */
  private boolean readLine() throws ProtocolException {
    int end = pos;
    while (end < limit && buf[end] != '\n') {
      end++;
    }
    if (end == limit) {
      if (end - pos > MAX_LINE_BYTES) {
        throw new ProtocolException("too big inline request");
      }
      return false;
    }
    int text = end > pos && buf[end - 1] == '\r' ? end - 1 : end;
    InlineWords.split(buf, pos, text, this::add);
    pos = end + 1;
    return true;
  }

  private void add(int offset, int length) {
    if (count == offsets.length) {
      offsets = Arrays.copyOf(offsets, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    offsets[count] = offset - start;
    lengths[count++] = length;
  }

  /** A reply is a line, so nothing of the client's may end it. */
  private static char printable(byte b) {
    return b >= ' ' && b <= '~' ? (char) b : '?';
  }
}

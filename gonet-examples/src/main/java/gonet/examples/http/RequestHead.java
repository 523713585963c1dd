package gonet.examples.http;

import java.util.Arrays;

/**
 * The request line and the fields that matter here. Its path stays in the buffer that it was read
 * from. Reused for all requests of a connection.
 */
final class RequestHead {
  static final int INCOMPLETE = FieldLine.INCOMPLETE;

  private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/'};

  /** "HTTP/1.1" and the blank before. */
  private static final int VERSION_BYTES = 9;

  private final Limits limits;
  private final FieldLine field = new FieldLine();

  Method method = Method.GET;

  /** The path in the buffer, without the query. */
  int pathStart;

  int pathEnd;

  /** Whether the client speaks 1.1 or a later 1.x, rather than 1.0. */
  boolean http11;

  boolean keepAlive;
  boolean chunked;
  boolean expectsContinue;

  /** What the client says the body has; −1 if it does not say. */
  long contentLength;

  private int hosts;
  private int codings;

  RequestHead(Limits limits) {
    this.limits = limits;
  }

  /** Whether a body follows. */
  boolean hasBody() {
    return chunked || contentLength > 0;
  }

  /** Reads the head at {@code buf[from]}; where the body begins, or {@link #INCOMPLETE}. */
  int parse(byte[] buf, int from, int limit) throws HttpException {
    int at = parseLine(buf, from, limit);
    if (at == INCOMPLETE) {
      if (limit - from >= limits.lineBytes()) {
        throw new HttpException(414, "request line");
      }
      return INCOMPLETE;
    }
    keepAlive = http11;
    chunked = false;
    expectsContinue = false;
    contentLength = -1;
    hosts = 0;
    codings = 0;
    for (; ; ) {
      at = field.parse(buf, at, limit);
      if (at == INCOMPLETE || at - from > limits.headBytes()) {
        if (limit - from >= limits.headBytes()) {
          throw new HttpException(431, "fields");
        }
        return INCOMPLETE;
      }
      if (field.isEnd()) {
        requireOneMeaning();
        return at;
      }
      take(buf);
    }
  }

  // ---- the request line ------------------------------------------------------------------------

  /** {@code method SP target SP version CRLF}, each blank exactly one. RFC 9112, section 3. */
  private int parseLine(byte[] buf, int from, int limit) throws HttpException {
    int end = from;
    while (end < limit && Chars.isToken(buf[end])) {
      end++;
    }
    if (end == limit) {
      return INCOMPLETE;
    }
    if (end == from || buf[end] != ' ') {
      throw HttpException.bad("method");
    }
    int target = end + 1;
    int targetEnd = target;
    while (targetEnd < limit && Chars.isTarget(buf[targetEnd])) {
      targetEnd++;
    }
    if (targetEnd == limit) {
      return INCOMPLETE;
    }
    if (targetEnd == target || buf[targetEnd] != ' ') {
      throw HttpException.bad("target");
    }
    if (targetEnd - from > limits.lineBytes()) {
      throw new HttpException(414, "request line");
    }
    int next = parseVersion(buf, targetEnd, limit);
    if (next != INCOMPLETE) {
      Method known = Method.of(buf, from, end);
      if (known == null) {
        throw new HttpException(501, "method");
      }
      method = known;
      parseTarget(buf, target, targetEnd);
    }
    return next;
  }

  private int parseVersion(byte[] buf, int blank, int limit) throws HttpException {
    int end = blank + VERSION_BYTES;
    int known = Math.min(VERSION.length, limit - blank - 1);
    if (!Arrays.equals(VERSION, 0, known, buf, blank + 1, blank + 1 + known)) {
      throw HttpException.bad("version");
    }
    if (end > limit) {
      return INCOMPLETE;
    }
    byte major = buf[end - 3];
    byte minor = buf[end - 1];
    if (!isDigit(major) || buf[end - 2] != '.' || !isDigit(minor)) {
      throw HttpException.bad("version");
    }
    if (major != '1') {
      throw new HttpException(505, "version");
    }
    http11 = minor != '0';
    return FieldLine.endOfLine(buf, end, limit);
  }

  /** A path, or the whole address as a proxy gets it: {@code http://host/path}. */
  private void parseTarget(byte[] buf, int from, int to) throws HttpException {
    int path = from;
    if (method == Method.OPTIONS && to - from == 1 && buf[from] == '*') {
      path = to; // asks about the server itself, which has nothing to say
    } else if (buf[from] != '/') {
      int host = from + "http://".length();
      if (host >= to || !Chars.equalsIgnoreCase(buf, from, host, "http://")) {
        throw HttpException.bad("target");
      }
      path = host;
      while (path < to && Chars.isHost(buf[path])) {
        path++;
      }
      if (path == host || (path < to && buf[path] != '/' && buf[path] != '?')) {
        throw HttpException.bad("target");
      }
    }
    int end = path;
    while (end < to && buf[end] != '?') {
      end++;
    }
    pathStart = path;
    pathEnd = end;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  // ---- the fields ------------------------------------------------------------------------------

  private void take(byte[] buf) throws HttpException {
    // Their lengths tell them apart before any letter is looked at.
    switch (field.nameEnd - field.nameStart) {
      case 4 -> {
        if (field.isNamed(buf, "host")) {
          takeHost(buf);
        }
      }
      case 6 -> {
        if (field.isNamed(buf, "expect")) {
          takeExpect(buf);
        }
      }
      case 10 -> {
        if (field.isNamed(buf, "connection")) {
          takeConnection(buf);
        }
      }
      case 14 -> {
        if (field.isNamed(buf, "content-length")) {
          takeContentLength(buf);
        }
      }
      case 17 -> {
        if (field.isNamed(buf, "transfer-encoding")) {
          takeCoding(buf);
        }
      }
      default -> {
        // Nothing that matters here.
      }
    }
  }

  private void takeHost(byte[] buf) throws HttpException {
    hosts++;
    for (int i = field.valueStart; i < field.valueEnd; i++) {
      if (!Chars.isHost(buf[i])) {
        throw HttpException.bad("host");
      }
    }
  }

  private void takeExpect(byte[] buf) throws HttpException {
    if (!field.hasValue(buf, "100-continue")) {
      throw new HttpException(417, "expectation");
    }
    expectsContinue = true;
  }

  private void takeConnection(byte[] buf) {
    for (int from = field.valueStart; from < field.valueEnd; ) {
      int to = from;
      while (to < field.valueEnd && buf[to] != ',' && !Chars.isBlank(buf[to])) {
        to++;
      }
      if (Chars.equalsIgnoreCase(buf, from, to, "close")) {
        keepAlive = false;
        return; // whatever else it says
      }
      if (Chars.equalsIgnoreCase(buf, from, to, "keep-alive")) {
        keepAlive = true;
      }
      from = to + 1;
    }
  }

  private void takeContentLength(byte[] buf) throws HttpException {
    // Twice the same would have one meaning, but who sends that has lost count already.
    if (contentLength >= 0 || field.valueStart == field.valueEnd) {
      throw HttpException.bad("content length");
    }
    long length = 0;
    for (int i = field.valueStart; i < field.valueEnd; i++) {
      if (!isDigit(buf[i])) {
        throw HttpException.bad("content length");
      }
      length = Math.min(10 * length + buf[i] - '0', Integer.MAX_VALUE);
    }
    contentLength = length;
  }

  private void takeCoding(byte[] buf) throws HttpException {
    codings++;
    if (field.hasValue(buf, "chunked")) {
      chunked = true;
      return;
    }
    int last = field.valueEnd - "chunked".length();
    if (last > field.valueStart
        && Chars.equalsIgnoreCase(buf, last, field.valueEnd, "chunked")
        && (buf[last - 1] == ',' || Chars.isBlank(buf[last - 1]))) {
      throw new HttpException(501, "transfer coding");
    }
    throw HttpException.bad("transfer coding"); // where the body ends cannot be known
  }

  /** RFC 9112, sections 3.2 and 6.3: what would let two programs disagree is refused. */
  private void requireOneMeaning() throws HttpException {
    if (hosts > 1 || (http11 && hosts == 0)) {
      throw HttpException.bad("host");
    }
    if (codings > 1 || (codings > 0 && (contentLength >= 0 || !http11))) {
      throw HttpException.bad("length of the body");
    }
    if (contentLength > limits.bodyBytes()) {
      throw new HttpException(413, "body");
    }
  }
}

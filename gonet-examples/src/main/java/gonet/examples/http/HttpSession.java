package gonet.examples.http;

import gonet.server.ServerConn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * One client's connection: requests one after the other, and their responses in the same order.
 * What came in one read is answered in one write, so a pipeline of requests costs two system calls.
 */
public final class HttpSession {

  /** How long a client has to read the last response before the connection closes. */
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final ServerConn conn;
  private final Site site;
  private final Input in;
  private final RequestHead head;
  private final RequestBody body;
  private final Response out;

  /** Before the current request. */
  private boolean emptyLineSeen;

  private HttpSession(ServerConn conn, Site site, Limits limits) throws IOException {
    this.conn = conn;
    this.site = site;
    this.in = new Input(conn, limits);
    this.head = new RequestHead(limits);
    this.body = new RequestBody(in, limits);
    this.out = new Response(conn);
    conn.setWriteTimeout(limits.write());
  }

  /** Serves a client until one of the two has had enough. */
  public static void serve(ServerConn conn, Site site, Limits limits) throws IOException {
    new HttpSession(conn, site, limits).serve();
  }

  private void serve() throws IOException {
    try {
      do {
        if (!readHead()) {
          return;
        }
        respond();
      } while (head.keepAlive);
    } catch (HttpException e) {
      out.sendError(e);
    }
    out.flush();
    // A plain close with input unread would reset the connection, and the response with it.
    boolean _ = conn.closeGracefully(FAREWELL);
  }

  /**
   * Reads the next head. Only when there is no whole one at hand do the responses leave and the
   * thread wait.
   *
   * @return false at the end of the stream, and when nothing came for too long
   */
  private boolean readHead() throws IOException, HttpException {
    emptyLineSeen = false;
    for (boolean begun = in.pos < in.limit; ; begun = true) {
      int end = parse();
      if (end != RequestHead.INCOMPLETE) {
        in.pos = end;
        in.endTimed();
        return true;
      }
      out.flush();
      if (!(begun ? in.awaitHead() : in.await())) {
        return false;
      }
    }
  }

  private int parse() throws HttpException {
    // RFC 9112, section 2.2: one empty line before a request is to be forgiven.
    if (!emptyLineSeen && in.pos < in.limit && in.buf[in.pos] == '\r') {
      int next = FieldLine.endOfLine(in.buf, in.pos, in.limit);
      if (next == FieldLine.INCOMPLETE) {
        return RequestHead.INCOMPLETE;
      }
      in.pos = next;
      emptyLineSeen = true;
    }
    return in.pos == in.limit ? RequestHead.INCOMPLETE : head.parse(in.buf, in.pos, in.limit);
  }

  private void respond() throws IOException, HttpException {
    Site.Place place = Site.place(in.buf, head.pathStart, head.pathEnd);
    Path file = place == Site.Place.FILES ? site.file(in.buf, head.pathStart, head.pathEnd) : null;
    readBody(place == Site.Place.ECHO && head.method == Method.POST);
    switch (place) {
      case PLAINTEXT -> {
        if (isRead()) {
          out.send(head, Status.OK, Site.TEXT, Site.PLAINTEXT, Site.PLAINTEXT.length);
        } else {
          out.sendRefusal(head, Status.METHOD_NOT_ALLOWED, "GET, HEAD");
        }
      }
      case ECHO -> {
        if (head.method == Method.POST) {
          echo();
        } else {
          out.sendRefusal(head, Status.METHOD_NOT_ALLOWED, "POST");
        }
      }
      case FILES -> {
        if (file == null) {
          out.sendRefusal(head, Status.NOT_FOUND, "");
        } else if (isRead()) {
          send(file);
        } else {
          out.sendRefusal(head, Status.METHOD_NOT_ALLOWED, "GET, HEAD");
        }
      }
      case NOWHERE -> out.sendRefusal(head, Status.NOT_FOUND, "");
    }
  }

  private void readBody(boolean wanted) throws IOException, HttpException {
    boolean waits = head.hasBody() && head.expectsContinue && head.http11 && in.pos == in.limit;
    if (waits && !wanted) {
      // It may send the body or not, and nobody could tell what comes next from a body.
      head.keepAlive = false;
      return;
    }
    if (waits) {
      out.sendContinue();
    }
    body.read(head, wanted);
  }

  private boolean isRead() {
    return head.method == Method.GET || head.method == Method.HEAD;
  }

  private void echo() throws IOException {
    if (head.chunked) {
      out.sendChunked(head, Site.BINARY, body.bytes, body.length);
    } else {
      out.send(head, Status.OK, Site.BINARY, body.bytes, body.length);
    }
  }

  private void send(Path file) throws IOException {
    FileBody content;
    try {
      content = new FileBody(file);
    } catch (IOException e) {
      out.sendRefusal(head, Status.NOT_FOUND, ""); // gone meanwhile, or not for this program
      return;
    }
    try (content) {
      out.sendHead(head, Site.type(file), content.size());
      if (head.method == Method.GET) {
        out.flush();
        content.writeTo(conn);
      }
    }
  }
}

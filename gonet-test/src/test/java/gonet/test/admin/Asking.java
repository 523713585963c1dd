package gonet.test.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.Net;
import gonet.NetAddr;
import gonet.UnixAddr;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/** Asks an admin listener as a program does that knows HTTP's bytes. */
final class Asking {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Asking() {}

  /**
   * @param head from the status line to the empty line
   */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two
  record Answer(int status, String head, byte[] body) {
    String text() {
      return new String(body, UTF_8);
    }

    @Override
    public String toString() {
      return head + text();
    }
  }

  static Answer get(NetAddr addr, String target, String... headers) throws IOException {
    return ask(addr, "GET", target, headers);
  }

  static Answer post(NetAddr addr, String target, String... headers) throws IOException {
    return ask(addr, "POST", target, headers);
  }

  static Answer ask(NetAddr addr, String method, String target, String... headers)
      throws IOException {
    StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return send(addr, request.append("\r\n").toString());
  }

  static Answer send(NetAddr addr, String request) throws IOException {
    try (Conn conn = dial(addr)) {
      conn.write(request.getBytes(ISO_8859_1));
      return answer(conn);
    }
  }

  static Conn dial(NetAddr addr) throws IOException {
    Conn conn = Net.dial(addr instanceof UnixAddr ? "unix" : "tcp", addr.toString());
    conn.setReadTimeout(LIMIT);
    return conn;
  }

  static Answer answer(Conn conn) throws IOException {
    byte[] all = conn.readAll(1 << 26);
    String text = new String(all, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n") + 4;
    String head = text.substring(0, end);
    int length = Integer.parseInt(head.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
    byte[] body = Arrays.copyOfRange(all, end, all.length);
    if (body.length != length && body.length != 0) {
      throw new IOException("a body of " + body.length + " bytes, said to have " + length);
    }
    return new Answer(Integer.parseInt(head.substring(9, 12)), head, body);
  }
}

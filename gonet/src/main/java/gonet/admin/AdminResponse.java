package gonet.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.TimeLimit;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer, after which the connection ends. Immutable. */
final class AdminResponse {
  /** For an answer and a client that reads slowly. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  static final String JSON = "application/json";

  private final int status;
  private final Map<String, String> headers;
  private final byte[] body;

  private AdminResponse(int status, Map<String, String> headers, byte[] body) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  static AdminResponse text(int status, String body) {
    return of(status, "text/plain; charset=utf-8", body);
  }

  static AdminResponse of(int status, String type, String body) {
    return new AdminResponse(status, Map.of("Content-Type", type), body.getBytes(UTF_8));
  }

  AdminResponse with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new AdminResponse(status, more, body);
  }

  int status() {
    return status;
  }

  void writeTo(Conn conn, boolean withBody) throws IOException {
    ByteBuffer head = ByteBuffer.wrap(head(status, headers, body.length).getBytes(ISO_8859_1));
    ByteBuffer rest = ByteBuffer.wrap(withBody ? body : new byte[0]);
    conn.write(new ByteBuffer[] {head, rest}, TimeLimit.after(PATIENCE));
  }

  /** The head of an answer whose body the caller writes. */
  static String head(int status, Map<String, String> headers, long length) {
    StringBuilder head = new StringBuilder(300);
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    head.append("Content-Length: ").append(length).append("\r\n");
    head.append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
    return head.append("Connection: close\r\n\r\n").toString();
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 409 -> "Conflict";
      case 421 -> "Misdirected Request";
      case 431 -> "Request Header Fields Too Large";
      case 501 -> "Not Implemented";
      case 503 -> "Service Unavailable";
      default -> "Internal Server Error";
    };
  }
}

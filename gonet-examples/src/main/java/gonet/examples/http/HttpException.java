package gonet.examples.http;

/** A message that cannot be understood or will not be served; the connection ends behind it. */
final class HttpException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  HttpException(int status, String reason) {
    // Without a stack trace: the client's fault, and cheap to provoke.
    super(reason, null, false, false);
    this.status = status;
  }

  static HttpException bad(String reason) {
    return new HttpException(400, reason);
  }

  int status() {
    return status;
  }
}

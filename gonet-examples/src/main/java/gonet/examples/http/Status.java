package gonet.examples.http;

/** The status codes that are sent here. RFC 9110, section 15. */
enum Status {
  OK(200, "OK"),
  BAD_REQUEST(400, "Bad Request"),
  NOT_FOUND(404, "Not Found"),
  METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
  REQUEST_TIMEOUT(408, "Request Timeout"),
  CONTENT_TOO_LARGE(413, "Content Too Large"),
  URI_TOO_LONG(414, "URI Too Long"),
  EXPECTATION_FAILED(417, "Expectation Failed"),
  FIELDS_TOO_LARGE(431, "Request Header Fields Too Large"),
  NOT_IMPLEMENTED(501, "Not Implemented"),
  VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

  private final int code;

  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
  private final byte[] line;

  Status(int code, String reason) {
    this.code = code;
    this.line = Response.ascii(code + " " + reason + "\n");
  }

  static Status of(int code) {
    for (Status status : values()) {
      if (status.code == code) {
        return status;
      }
    }
    throw new IllegalArgumentException("status " + code);
  }

  /** Code, reason and a line feed: a body for people, and without the last a status line. */
  byte[] line() {
    return line;
  }
}

package gonet.internal.dns;

/** Numbers of the message format: RFC 1035, 4.1; RFC 6891, 6.1. */
final class Wire {
  static final int HEADER = 12;

  static final int RESPONSE = 0x8000;
  static final int OPCODE = 0x7800;
  static final int AUTHORITATIVE = 0x0400;
  static final int TRUNCATED = 0x0200;
  static final int RECURSION_DESIRED = 0x0100;
  static final int RECURSION_AVAILABLE = 0x0080;
  static final int AUTHENTIC = 0x0020;
  static final int RCODE = 0x000f;

  static final int SUCCESS = 0;
  static final int FORMAT_ERROR = 1;
  static final int SERVER_FAILURE = 2;
  static final int NAME_ERROR = 3;
  static final int NOT_IMPLEMENTED = 4;

  static final int CLASS_IN = 1;
  static final int TYPE_OPT = 41;

  /** The two bits of a pointer, RFC 1035, 4.1.4. */
  static final int POINTER = 0xc0;

  /**
   * The longest datagram that we ask for: it passes every path of the IPv6 minimum MTU unbroken
   * (1,280 less the headers), where fragments get lost or are forged (DNS flag day 2020).
   */
  static final int MAX_DATAGRAM = 1232;

  private Wire() {}
}

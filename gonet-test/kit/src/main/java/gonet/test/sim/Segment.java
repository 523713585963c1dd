package gonet.test.sim;

import gonet.netip.AddrPort;

/**
 * A TCP segment (RFC 9293, 3.1). Numbers are not cut to 32 bits.
 *
 * @param ack the next number that the sender waits for; meaningless without {@link #ACK}
 * @param window how many bytes it takes from there on
 */
@SuppressWarnings("ArrayRecordComponent") // nobody changes the bytes, nobody compares segments
record Segment(
    AddrPort from, AddrPort to, int flags, long seq, long ack, long window, byte[] data) {
  static final int SYN = 1;
  static final int ACK = 2;
  static final int FIN = 4;
  static final int RST = 8;

  static final byte[] NOTHING = {};

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The numbers it takes: its bytes, and one each for SYN and FIN. */
  int length() {
    return data.length + (has(SYN) ? 1 : 0) + (has(FIN) ? 1 : 0);
  }

  /** The number behind it. */
  long end() {
    return seq + length();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(from).append(" > ").append(to).append(' ');
    text.append(has(SYN) ? "SYN " : "")
        .append(has(FIN) ? "FIN " : "")
        .append(has(RST) ? "RST " : "");
    if (data.length > 0) {
      text.append(data.length).append(" bytes ");
    } else if (flags == ACK) {
      text.append("ACK ");
    }
    return text.append("seq ")
        .append(seq)
        .append(" ack ")
        .append(ack)
        .append(" win ")
        .append(window)
        .toString();
  }
}

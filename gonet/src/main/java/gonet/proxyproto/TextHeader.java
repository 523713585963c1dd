package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.US_ASCII;

import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import gonet.netip.AddrPort;
import gonet.proxyproto.ProxyProtocolException.Reason;
import java.util.Arrays;

/**
 * Version 1, one line:
 *
 * <pre>
 *   PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 CR LF
 *   PROXY TCP6 2001:db8::1 2001:db8::2 56324 443 CR LF
 *   PROXY UNKNOWN whatever, or nothing CR LF
 * </pre>
 *
 * Stateless.
 */
final class TextHeader {
  static final byte[] BEGINNING = "PROXY ".getBytes(US_ASCII);

  /** With its end. */
  static final int MAX_BYTES = 107;

  private static final String TCP4 = "PROXY TCP4 ";
  private static final String TCP6 = "PROXY TCP6 ";
  private static final String UNKNOWN = "PROXY UNKNOWN";
  private static final String END = "\r\n";

  /** The shortest values of the fields: two addresses, two ports. */
  private static final int[] LEAST_OF_TCP4 = {"0.0.0.0".length(), "0.0.0.0".length(), 1, 1};

  private static final int[] LEAST_OF_TCP6 = {"::".length(), "::".length(), 1, 1};

  private static final int FIELDS = 6;
  private static final int MAX_PORT = 0xffff;

  private TextHeader() {}

  // ---- where it ends ---------------------------------------------------------------------------

  /** {@link HeaderReader#missing}. */
  static int missing(byte[] bytes, int size) throws BadHeader {
    int lineFeed = indexOf(bytes, size, '\n');
    int carriageReturn = indexOf(bytes, size, '\r');
    if (lineFeed >= 0 && lineFeed == carriageReturn + 1 && lineFeed == size - 1) {
      return 0;
    }
    if (lineFeed >= 0 && lineFeed == carriageReturn + 1) {
      var _ = parse(bytes, lineFeed + 1); // shorter than a line can be, so it is wrong
    }
    if (lineFeed >= 0 || (carriageReturn >= 0 && carriageReturn != size - 1)) {
      throw BadHeader.malformed("line", Shown.bytes(bytes, size), "does not end with CR LF");
    }
    if (size >= MAX_BYTES) {
      throw BadHeader.of(
          Reason.TOO_LONG,
          "line",
          Shown.bytes(bytes, size),
          "does not end within " + MAX_BYTES + " bytes");
    }
    int least = carriageReturn >= 0 ? 1 : leastRest(bytes, size);
    return Math.min(least, MAX_BYTES - size);
  }

  private static int indexOf(byte[] bytes, int size, char c) {
    for (int i = 0; i < size; i++) {
      if (bytes[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** The length of the shortest end that this line can have. */
  private static int leastRest(byte[] bytes, int size) {
    int[] least = null;
    if (startsWith(bytes, size, TCP4)) {
      least = LEAST_OF_TCP4;
    } else if (startsWith(bytes, size, TCP6)) {
      least = LEAST_OF_TCP6;
    }
    if (least == null) {
      return Math.max(END.length(), UNKNOWN.length() + END.length() - size);
    }
    int field = 0;
    boolean empty = true;
    for (int i = TCP4.length(); i < size; i++) {
      empty = bytes[i] == ' ';
      field += empty ? 1 : 0;
    }
    int rest = END.length();
    if (field < least.length && empty) {
      rest += least[field];
    }
    for (int next = field + 1; next < least.length; next++) {
      rest += 1 + least[next];
    }
    return rest;
  }

  private static boolean startsWith(byte[] bytes, int size, String beginning) {
    byte[] b = beginning.getBytes(US_ASCII);
    return size >= b.length && Arrays.equals(bytes, 0, b.length, b, 0, b.length);
  }

  // ---- what it says ----------------------------------------------------------------------------

  /** Of a line that ends with CR LF. */
  static ProxyHeader parse(byte[] bytes, int size) throws BadHeader {
    String line = Shown.bytes(bytes, size - END.length());
    if (line.equals(UNKNOWN) || line.startsWith(UNKNOWN + " ")) {
      return ProxyHeader.unknown(ProxyVersion.V1); // whatever stands behind
    }
    String[] fields = line.split(" ", -1);
    String protocol = fields[1]; // there is a space behind PROXY
    boolean ipv4 = protocol.equals("TCP4");
    if (!ipv4 && !protocol.equals("TCP6")) {
      throw BadHeader.malformed("protocol", protocol, "is none of TCP4, TCP6 and UNKNOWN");
    }
    if (fields.length != FIELDS) {
      throw BadHeader.malformed("line", line, "has " + fields.length + " fields and not " + FIELDS);
    }
    Addr source = address("source address", fields[2], ipv4);
    Addr destination = address("destination address", fields[3], ipv4);
    int sourcePort = port("source port", fields[4]);
    int destinationPort = port("destination port", fields[5]);
    return ProxyHeader.of(
        ProxyVersion.V1,
        TcpAddr.of(AddrPort.of(source, sourcePort)),
        TcpAddr.of(AddrPort.of(destination, destinationPort)));
  }

  private static Addr address(String what, String text, boolean ipv4) throws BadHeader {
    Addr addr;
    try {
      addr = Addr.parse(text);
    } catch (AddrParseException e) {
      throw BadHeader.malformed(what, text, "is no IP address");
    }
    if (addr.is4() != ipv4) {
      throw BadHeader.malformed(what, text, ipv4 ? "is not IPv4" : "is not IPv6");
    }
    if (!addr.is4() && !addr.zone().isEmpty()) {
      throw BadHeader.malformed(what, text, "has a zone");
    }
    return addr;
  }

  private static int port(String what, String text) throws BadHeader {
    if (text.isEmpty()) {
      throw BadHeader.malformed(what, text, "is empty");
    }
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw BadHeader.malformed(what, text, "is no number");
      }
      port = Math.min(10 * port + (c - '0'), MAX_PORT + 1);
    }
    if (port > MAX_PORT) {
      throw BadHeader.malformed(what, text, "is above " + MAX_PORT);
    }
    if (text.length() > 1 && text.charAt(0) == '0') {
      throw BadHeader.malformed(what, text, "begins with a zero");
    }
    return port;
  }

  // ---- writing ---------------------------------------------------------------------------------

  /** The line. Where the addresses are none of TCP it is UNKNOWN. */
  static byte[] encode(ProxyHeader header) {
    NetAddr source = header.source();
    NetAddr destination = header.destination();
    if (!(source instanceof TcpAddr from) || !(destination instanceof TcpAddr to)) {
      return (UNKNOWN + END).getBytes(US_ASCII);
    }
    boolean ipv4 = from.addr().is4() && to.addr().is4();
    String line =
        (ipv4 ? TCP4 : TCP6)
            + text(from.addr(), ipv4)
            + " "
            + text(to.addr(), ipv4)
            + " "
            + from.port()
            + " "
            + to.port()
            + END;
    return line.getBytes(US_ASCII);
  }

  /** Of two families that meet, IPv4 is written as IPv4-mapped. */
  private static String text(Addr addr, boolean ipv4) {
    return ipv4 ? addr.toString() : Addr.from16(addr.as16()).toString();
  }
}

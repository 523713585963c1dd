package gonet.internal.dns;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes queries: RFC 1035, 4.1, with the OPT record of RFC 6891, 6.1.2. */
final class QueryWriter {
  private static final int MAX_QUERY = Wire.HEADER + 255 + 4 + 11;

  private QueryWriter() {}

  /**
   * One question.
   *
   * @param edns whether to say that datagrams may have {@link Wire#MAX_DATAGRAM} octets. Old
   *     servers refuse that
   * @param trustAd whether to ask for the AD bit, as resolv.conf's {@code trust-ad} says
   */
  static byte[] write(int id, Question question, boolean edns, boolean trustAd) {
    ByteBuffer out = ByteBuffer.allocate(MAX_QUERY);
    out.putShort((short) id);
    out.putShort((short) (Wire.RECURSION_DESIRED | (trustAd ? Wire.AUTHENTIC : 0)));
    out.putShort((short) 1); // questions
    out.putShort((short) 0);
    out.putShort((short) 0);
    out.putShort((short) (edns ? 1 : 0));
    name(out, question.name());
    out.putShort((short) question.type().number());
    out.putShort((short) Wire.CLASS_IN);
    if (edns) {
      out.put((byte) 0); // the root
      out.putShort((short) Wire.TYPE_OPT);
      out.putShort((short) Wire.MAX_DATAGRAM);
      out.putInt(0);
      out.putShort((short) 0);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void name(ByteBuffer out, String name) {
    int start = 0;
    while (start < name.length() && !name.equals(Names.ROOT)) {
      int dot = name.indexOf('.', start);
      int length = dot - start;
      if (length <= 0 || length > Names.MAX_LABEL || name.length() > Names.MAX_LENGTH) {
        throw new IllegalArgumentException("no name with the root at its end: " + name);
      }
      out.put((byte) length);
      out.put(name.substring(start, dot).getBytes(StandardCharsets.ISO_8859_1));
      start = dot + 1;
    }
    out.put((byte) 0);
  }
}

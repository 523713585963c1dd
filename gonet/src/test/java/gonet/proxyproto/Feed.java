package gonet.proxyproto;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Headers as bytes, and a reader that gets them in pieces. */
final class Feed {
  static final int MAX = 4096;

  /** The signature of version 2. */
  static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";

  private Feed() {}

  static byte[] latin1(String text) {
    return text.getBytes(ISO_8859_1);
  }

  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  /** Version 2 with a length that is right. */
  static byte[] v2(int command, int family, byte[]... body) {
    byte[] all = join(body);
    ByteBuffer head = ByteBuffer.allocate(4).put((byte) command).put((byte) family);
    head.putShort((short) all.length);
    return join(latin1(SIGNATURE), head.array(), all);
  }

  static byte[] tlv(int type, byte[] value) {
    ByteBuffer head = ByteBuffer.allocate(3).put((byte) type).putShort((short) value.length);
    return join(head.array(), value);
  }

  static byte[] crc(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header);
    return ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
  }

  /** As a connection would give it, so many bytes at most with each read. */
  static ProxyHeader read(byte[] stream, int piece) throws BadHeader {
    HeaderReader reader = new HeaderReader(MAX);
    for (int missing; (missing = reader.missing()) > 0; ) {
      int n = Math.min(Math.min(missing, piece), stream.length - reader.size());
      assertTrue(n > 0, "asks for more than there is: " + missing + " behind " + reader.size());
      System.arraycopy(stream, reader.size(), reader.bytes(), reader.size(), n);
      reader.added(n);
    }
    assertEquals(stream.length, reader.size(), "takes what is not its own, or leaves something");
    return reader.header();
  }

  /** The same whatever the pieces. */
  static ProxyHeader read(byte[] stream) throws BadHeader {
    ProxyHeader whole = read(stream, Integer.MAX_VALUE);
    for (int piece = 1; piece < Math.min(stream.length, 40); piece++) {
      assertEquals(whole, read(stream, piece), "in pieces of " + piece);
    }
    return whole;
  }

  /** What is wrong with it; the reader may stop before the end. */
  static BadHeader refusal(byte[] stream) {
    return assertThrows(
        BadHeader.class,
        () -> {
          HeaderReader reader = new HeaderReader(MAX);
          for (int missing; (missing = reader.missing()) > 0; ) {
            int n = Math.min(missing, stream.length - reader.size());
            assertTrue(n > 0, "still waits behind " + reader.size());
            System.arraycopy(stream, reader.size(), reader.bytes(), reader.size(), n);
            reader.added(n);
          }
          var _ = reader.header();
        });
  }
}

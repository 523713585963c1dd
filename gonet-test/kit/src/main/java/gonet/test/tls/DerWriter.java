package gonet.test.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** As much of DER (X.690) as a certificate needs. Stateless. */
final class DerWriter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private DerWriter() {}

  /** An element with a content that is put together. */
  static byte[] element(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (length < 0x80) {
      all.write(length);
    } else if (length <= 0xff) {
      all.writeBytes(new byte[] {(byte) 0x81, (byte) length});
    } else {
      all.writeBytes(new byte[] {(byte) 0x82, (byte) (length >>> 8), (byte) length});
    }
    all.writeBytes(content.toByteArray());
    return all.toByteArray();
  }

  static byte[] sequence(byte[]... contents) {
    return element(0x30, contents);
  }

  static byte[] integer(BigInteger value) {
    return element(0x02, value.toByteArray());
  }

  static byte[] octets(byte[] content) {
    return element(0x04, content);
  }

  static byte[] bits(byte[] content) {
    return element(0x03, new byte[] {0}, content);
  }

  static byte[] utf8(String text) {
    return element(0x0c, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] isTrue() {
    return element(0x01, new byte[] {(byte) 0xff});
  }

  /** GeneralizedTime, which RFC 5280 wants from 2050 on and everybody reads before as well. */
  static byte[] time(Instant when) {
    return element(0x18, TIME.format(when).getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier such as {@code 2.5.29.17}. */
  static byte[] oid(String dotted) {
    String[] parts = dotted.split("\\.", -1);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(Integer.parseInt(parts[0]) * 40 + Integer.parseInt(parts[1]));
    for (int i = 2; i < parts.length; i++) {
      int value = Integer.parseInt(parts[i]);
      for (int shift = 28; shift > 0; shift -= 7) {
        if (value >>> shift != 0) {
          content.write(0x80 | (value >>> shift & 0x7f));
        }
      }
      content.write(value & 0x7f);
    }
    return element(0x06, content.toByteArray());
  }
}

package gonet.wire;

import gonet.Conn;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;

/** {@link WireLog#hexDump}. Immutable. */
final class HexDump implements WireLog {
  private static final int LINE_BYTES = 16;
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private final Consumer<String> lines;
  private final int maxBytes;

  HexDump(Consumer<String> lines, int maxBytes) {
    this.lines = Objects.requireNonNull(lines, "lines");
    if (maxBytes < 0) {
      throw new IllegalArgumentException("max bytes is " + maxBytes + ", below 0");
    }
    this.maxBytes = maxBytes;
  }

  @Override
  public void read(Conn conn, ByteBuffer bytes) {
    dump(conn, "read", bytes);
  }

  @Override
  public void written(Conn conn, ByteBuffer bytes) {
    dump(conn, "written", bytes);
  }

  private void dump(Conn conn, String what, ByteBuffer bytes) {
    int shown = Math.min(bytes.remaining(), maxBytes);
    int hidden = bytes.remaining() - shown;
    lines.accept(
        conn
            + " "
            + what
            + " "
            + bytes.remaining()
            + " bytes"
            + (hidden == 0 ? "" : ", " + hidden + " not shown"));
    byte[] line = new byte[LINE_BYTES];
    for (int at = 0; at < shown; at += LINE_BYTES) {
      int n = Math.min(LINE_BYTES, shown - at);
      bytes.get(line, 0, n);
      lines.accept(
          String.format(
              Locale.ROOT,
              "%06x  %-" + (3 * LINE_BYTES) + "s %s",
              at,
              HEX.formatHex(line, 0, n),
              ascii(line, n)));
    }
  }

  private static String ascii(byte[] bytes, int n) {
    StringBuilder text = new StringBuilder(n);
    for (int i = 0; i < n; i++) {
      text.append(bytes[i] >= ' ' && bytes[i] < 0x7f ? (char) bytes[i] : '.');
    }
    return text.toString();
  }
}

package gonet.frame;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a reader makes of a stream, as words that can be compared and written down. */
final class Outcomes {
  private Outcomes() {}

  /** Everything to the end of the stream or to a failure that stays. Timeouts are tried again. */
  static List<String> of(ScriptedConn conn, Framing framing, TooLong tooLong) throws IOException {
    FrameReader reader = framing.reader(conn, tooLong);
    List<String> outcomes = new ArrayList<>();
    for (int i = 0; ; i++) {
      try {
        // Both ways to get a frame must be the same.
        byte[] frame = i % 2 == 0 ? reader.read() : copy(reader.readView());
        if (frame == null) {
          outcomes.add("end");
          return outcomes;
        }
        outcomes.add("frame " + quote(frame));
      } catch (FrameTooLongException e) {
        outcomes.add(e.announcedBytes() < 0 ? "too long" : "too long " + e.announcedBytes());
        if (tooLong != TooLong.SKIP) {
          return outcomes;
        }
      } catch (MalformedFrameException e) {
        outcomes.add("malformed");
        return outcomes;
      } catch (TruncatedFrameException e) {
        outcomes.add("truncated " + e.gotBytes() + " of " + e.expectedBytes());
        return outcomes;
      } catch (SocketTimeoutException e) {
        // As if the caller came back with a later deadline.
      }
    }
  }

  private static byte[] copy(ByteBuffer view) {
    if (view == null) {
      return null;
    }
    byte[] copy = new byte[view.remaining()];
    view.get(copy);
    return copy;
  }

  /** Printable ASCII as it is, the rest as {@code \xHH}. */
  static String quote(byte[] bytes) {
    StringBuilder text = new StringBuilder("\"");
    for (byte b : bytes) {
      boolean plain = b >= ' ' && b < 0x7f && b != '\\';
      text.append(plain ? String.valueOf((char) b) : String.format(Locale.ROOT, "\\x%02x", b));
    }
    return text.append('"').toString();
  }

  /** The bytes of a quoted text without its quotes. */
  static byte[] unquote(String text) {
    StringBuilder bytes = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '\\') {
        bytes.append((char) Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.append(text.charAt(i));
      }
    }
    return bytes.toString().getBytes(ISO_8859_1);
  }
}

package gonet.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The time as the Date field wants it (RFC 9110, section 5.6.7), written anew once a second. */
final class HttpDate {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private final long second;
  private final byte[] bytes;

  private HttpDate(long second) {
    this.second = second;
    this.bytes = FORMAT.format(Instant.ofEpochSecond(second)).getBytes(US_ASCII);
  }

  /** The latest. Threads that write it at the same time write the same. */
  private static volatile HttpDate latest = new HttpDate(0);

  /** Not for changing. */
  static byte[] now() {
    long second = Math.floorDiv(System.currentTimeMillis(), 1000L);
    HttpDate date = latest;
    if (date.second != second) {
      date = new HttpDate(second);
      latest = date;
    }
    return date.bytes;
  }
}

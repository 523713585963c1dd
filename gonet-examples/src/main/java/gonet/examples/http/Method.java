package gonet.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The methods of RFC 9110 and 5789 that may be asked of a path. Others are 501. */
enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  DELETE,
  OPTIONS,
  TRACE,
  PATCH;

  private static final Method[] ALL = values();

  @SuppressWarnings("ImmutableEnumChecker") // nobody writes to it
  private final byte[] bytes = name().getBytes(US_ASCII);

  /** By name, in upper case only; null if there is none such. */
  static @Nullable Method of(byte[] buf, int from, int to) {
    for (Method method : ALL) {
      if (Arrays.equals(method.bytes, 0, method.bytes.length, buf, from, to)) {
        return method;
      }
    }
    return null;
  }
}

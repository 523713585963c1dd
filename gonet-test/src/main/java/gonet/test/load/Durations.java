package gonet.test.load;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 500ms}, {@code 10s}, {@code 2m}, {@code 1h}, and {@code 1.5s} as well. */
final class Durations implements ITypeConverter<Duration> {
  private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)(us|ms|s|m|h)");
  private static final Map<String, Double> NANOS =
      Map.of("us", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);

  @Override
  public Duration convert(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "want a duration such as 500ms, 10s or 2m, not \"" + text + "\"");
    }
    double unit = NANOS.getOrDefault(matcher.group(2), Double.NaN);
    return Duration.ofNanos((long) (Double.parseDouble(matcher.group(1)) * unit));
  }
}

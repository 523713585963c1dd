package gonet.internal.lookup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The ports of TCP and UDP services by lower-case name: a few that every machine should know, and
 * what the machine's own table says, services(5), which wins.
 */
public final class Services {
  private static final Path FILE = Path.of("/etc/services");

  private static final Map<String, Integer> TCP =
      Map.ofEntries(
          Map.entry("ftp", 21),
          Map.entry("ssh", 22),
          Map.entry("telnet", 23),
          Map.entry("smtp", 25),
          Map.entry("gopher", 70),
          Map.entry("http", 80),
          Map.entry("pop3", 110),
          Map.entry("imap2", 143),
          Map.entry("imap3", 220),
          Map.entry("https", 443),
          Map.entry("submissions", 465),
          Map.entry("ftps", 990),
          Map.entry("imaps", 993),
          Map.entry("pop3s", 995));

  private static final Map<String, Integer> UDP = Map.of("domain", 53);

  /** Numbers are clamped to this: too large for a port, and far from overflow. */
  private static final int CLAMP = 1 << 30;

  private Services() {}

  /** Read once, at the first service name that a program uses; most use none. */
  private static final class Tables {
    static final Map<String, Integer> TCP;
    static final Map<String, Integer> UDP;

    static {
      List<String> lines = read();
      TCP = merged("tcp", lines);
      UDP = merged("udp", lines);
    }
  }

  /** Ports by name, of {@code tcp} or {@code udp}. */
  public static Map<String, Integer> of(String network) {
    return network.equals("udp") ? Tables.UDP : Tables.TCP;
  }

  private static List<String> read() {
    try {
      // Every byte is a character in ISO 8859-1: a comment in some other encoding does no harm.
      return Files.readAllLines(FILE, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Windows and small containers have no such file; the built-in names remain.
      return List.of();
    }
  }

  /** Returns the built-in table overlaid with lines such as {@code http 80/tcp www # the Web}. */
  public static Map<String, Integer> merged(String network, List<String> lines) {
    Map<String, Integer> ports = new HashMap<>(network.equals("udp") ? UDP : TCP);
    String suffix = "/" + network;
    for (String line : lines) {
      int comment = line.indexOf('#');
      String[] words = (comment < 0 ? line : line.substring(0, comment)).strip().split("\\s+", -1);
      if (words.length < 2 || !words[1].endsWith(suffix)) {
        continue;
      }
      String number = words[1].substring(0, words[1].length() - suffix.length());
      int port = number(number).orElse(0);
      if (port <= 0 || port > 65535) {
        continue;
      }
      for (int i = 0; i < words.length; i++) {
        if (i != 1) {
          ports.put(words[i].toLowerCase(Locale.ROOT), port);
        }
      }
    }
    return Map.copyOf(ports);
  }

  /**
   * Returns the number that {@code service} is, clamped to ±2^30 (2^30 − 1 above), or nothing if it
   * is a name. Large numbers are read to a number rather than refused, because some systems'
   * resolvers would take them for a port modulo 65536 (Go issue 11715).
   */
  public static OptionalInt number(String service) {
    boolean signed = service.startsWith("+") || service.startsWith("-");
    boolean negative = service.startsWith("-");
    long value = 0;
    for (int i = signed ? 1 : 0; i < service.length(); i++) {
      char c = service.charAt(i);
      if (c < '0' || c > '9') {
        return OptionalInt.empty();
      }
      value = Math.min(value * 10 + (c - '0'), CLAMP);
    }
    return OptionalInt.of((int) (negative ? -value : Math.min(value, CLAMP - 1)));
  }
}

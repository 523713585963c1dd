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
import org.jspecify.annotations.Nullable;

/**
 * The ports of TCP and UDP services by lower-case name: a few that every machine should know, and
 * what the machine's own table says, services(5), which wins.
 */
public final class Services {
  private static final String FILE = "/etc/services";

  /** Numbers are clamped to this: too large for a port, and far from overflow. */
  private static final int CLAMP = 1 << 30;

  /**
   * Read at the first service name that a program uses; most use none. Two threads may read at once
   * and find the same. Not by an initializer, which could not be tried again.
   */
  private static volatile @Nullable Tables tables;

  private record Tables(Map<String, Integer> tcp, Map<String, Integer> udp) {}

  private Services() {}

  /** Ports by name, of {@code tcp} or {@code udp}. */
  public static Map<String, Integer> of(String network) {
    Tables known = tables;
    if (known == null) {
      List<String> lines = read();
      known = new Tables(merged("tcp", lines), merged("udp", lines));
      tables = known;
    }
    return network.equals("udp") ? known.udp : known.tcp;
  }

  private static Map<String, Integer> builtIn(String network) {
    Map<String, Integer> ports = new HashMap<>();
    if (network.equals("udp")) {
      ports.put("domain", 53);
      return ports;
    }
    ports.put("ftp", 21);
    ports.put("ssh", 22);
    ports.put("telnet", 23);
    ports.put("smtp", 25);
    ports.put("gopher", 70);
    ports.put("http", 80);
    ports.put("pop3", 110);
    ports.put("imap2", 143);
    ports.put("imap3", 220);
    ports.put("https", 443);
    ports.put("submissions", 465);
    ports.put("ftps", 990);
    ports.put("imaps", 993);
    ports.put("pop3s", 995);
    return ports;
  }

  private static List<String> read() {
    try {
      // Every byte is a character in ISO 8859-1: a comment in some other encoding does no harm.
      return Files.readAllLines(Path.of(FILE), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      // Windows and small containers have no such file; the built-in names remain.
      return List.of();
    }
  }

  /** Returns the built-in table overlaid with lines such as {@code http 80/tcp www # the Web}. */
  public static Map<String, Integer> merged(String network, List<String> lines) {
    Map<String, Integer> ports = builtIn(network);
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

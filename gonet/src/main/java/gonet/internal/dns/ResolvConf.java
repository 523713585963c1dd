package gonet.internal.dns;

import gonet.internal.time.Durations;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import gonet.netip.AddrPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom to ask, and how: resolv.conf(5).
 *
 * @param servers at least one
 * @param search suffixes with the root at their end, in their order
 * @param ndots so many dots make a name one that is tried as it is first
 * @param timeoutNanos how long one server has for one try
 * @param attempts how often all servers are asked
 * @param rotate whether each lookup begins with another server
 * @param oneByOne whether the two families are asked for one after the other, each by a socket of
 *     its own ({@code single-request}, {@code single-request-reopen}): some routers answer one
 *     query of a socket only
 * @param stream whether to ask by TCP only ({@code use-vc})
 * @param trustAd see {@link QueryWriter#write}
 * @param reloads whether the file is looked at again
 */
public record ResolvConf(
    List<AddrPort> servers,
    List<String> search,
    int ndots,
    long timeoutNanos,
    int attempts,
    boolean rotate,
    boolean oneByOne,
    boolean stream,
    boolean trustAd,
    boolean reloads) {

  public static final int PORT = 53;

  /** More are ignored, as in the C library. */
  private static final int MAX_SERVERS = 3;

  private static final int MAX_NDOTS = 15;
  private static final int MAX_ATTEMPTS = 100;
  private static final int MAX_TIMEOUT_SECONDS = 3600;

  /** What a machine without the file does: it asks itself. */
  public static ResolvConf parse(List<String> lines) {
    return new Parser().parse(lines);
  }

  /** The same with other servers. */
  public ResolvConf withServers(List<AddrPort> others) {
    return new ResolvConf(
        List.copyOf(others),
        search,
        ndots,
        timeoutNanos,
        attempts,
        rotate,
        oneByOne,
        stream,
        trustAd,
        reloads);
  }

  /** The same with another search list. */
  public ResolvConf withSearch(List<String> others) {
    return new ResolvConf(
        servers,
        others.stream().map(Names::rooted).toList(),
        ndots,
        timeoutNanos,
        attempts,
        rotate,
        oneByOne,
        stream,
        trustAd,
        reloads);
  }

  /** The same with other tries. */
  public ResolvConf withTries(@Nullable Duration timeout, @Nullable Integer times) {
    return new ResolvConf(
        servers,
        search,
        ndots,
        timeout == null ? timeoutNanos : Durations.positiveNanos(timeout, "timeout"),
        times == null ? attempts : times,
        rotate,
        oneByOne,
        stream,
        trustAd,
        reloads);
  }

  /** The same with another number of dots. */
  public ResolvConf withNdots(int dots) {
    return new ResolvConf(
        servers, search, dots, timeoutNanos, attempts, rotate, oneByOne, stream, trustAd, reloads);
  }

  /**
   * The names to ask for, one after the other until there is an answer, all with the root at their
   * end; empty if there can be none. Names under {@code .onion} and {@code .invalid} never leave
   * the machine (RFC 7686; RFC 6761, 6.4).
   */
  public List<String> candidates(String name) {
    if (name.length() > Names.MAX_LENGTH || isNobodys(name)) {
      return List.of();
    }
    if (Names.isRooted(name)) {
      return List.of(name);
    }
    if (name.length() == Names.MAX_LENGTH) {
      return List.of(); // no room for the root
    }
    List<String> all = new ArrayList<>();
    boolean first = Names.dots(name) >= ndots;
    if (first) {
      all.add(Names.rooted(name));
    }
    for (String suffix : search) {
      String longer = Names.rooted(name) + (suffix.equals(Names.ROOT) ? "" : suffix);
      if (longer.length() <= Names.MAX_LENGTH && !all.contains(longer) && !isNobodys(longer)) {
        all.add(longer);
      }
    }
    if (!first && !all.contains(Names.rooted(name))) {
      all.add(Names.rooted(name));
    }
    return all;
  }

  private static boolean isNobodys(String name) {
    String lower = Names.lower(Names.unrooted(name));
    return name.isEmpty() || lower.endsWith(".onion") || lower.endsWith(".invalid");
  }

  private static final class Parser {
    private final List<AddrPort> servers = new ArrayList<>();
    private List<String> search = List.of();
    private int ndots = 1;
    private int timeoutSeconds = 5;
    private int attempts = 2;
    private boolean rotate;
    private boolean oneByOne;
    private boolean stream;
    private boolean trustAd;
    private boolean reloads = true;

    ResolvConf parse(List<String> lines) {
      for (String line : lines) {
        if (!line.startsWith("#") && !line.startsWith(";")) {
          line(line.strip().split("\\s+", -1));
        }
      }
      if (servers.isEmpty()) {
        servers.add(AddrPort.of(Addr.from4(new byte[] {127, 0, 0, 1}), PORT));
        servers.add(AddrPort.of(Addr.ipv6Loopback(), PORT));
      }
      return new ResolvConf(
          List.copyOf(servers),
          search,
          ndots,
          Durations.nanos(Duration.ofSeconds(timeoutSeconds), "timeout"),
          attempts,
          rotate,
          oneByOne,
          stream,
          trustAd,
          reloads);
    }

    private void line(String[] words) {
      switch (words[0]) {
        case "nameserver" -> {
          if (words.length > 1 && servers.size() < MAX_SERVERS) {
            server(words[1]);
          }
        }
        case "domain" -> search = suffixes(words, Math.min(words.length, 2));
        case "search" -> search = suffixes(words, words.length);
        case "options" -> {
          for (int i = 1; i < words.length; i++) {
            option(words[i]);
          }
        }
        default -> {} // sortlist, and what later versions may add
      }
    }

    private void server(String text) {
      try {
        servers.add(AddrPort.of(Addr.parse(text), PORT));
      } catch (AddrParseException e) {
        // A name cannot be looked up here; the C library skips the line as well.
      }
    }

    private static List<String> suffixes(String[] words, int end) {
      List<String> suffixes = new ArrayList<>();
      for (int i = 1; i < end; i++) {
        String suffix = Names.rooted(words[i]);
        if (!suffix.equals(Names.ROOT)) {
          suffixes.add(suffix);
        }
      }
      return List.copyOf(suffixes);
    }

    private void option(String option) {
      int colon = option.indexOf(':');
      if (colon > 0) {
        int value = number(option.substring(colon + 1));
        switch (option.substring(0, colon)) {
          case "ndots" -> ndots = Math.clamp(value, 0, MAX_NDOTS);
          case "timeout" -> timeoutSeconds = Math.clamp(value, 1, MAX_TIMEOUT_SECONDS);
          case "attempts" -> attempts = Math.clamp(value, 1, MAX_ATTEMPTS);
          default -> {} // of other systems
        }
        return;
      }
      switch (option) {
        case "rotate" -> rotate = true;
        case "single-request", "single-request-reopen" -> oneByOne = true;
        case "use-vc", "usevc", "tcp" -> stream = true;
        case "trust-ad" -> trustAd = true;
        case "no-reload" -> reloads = false;
        default -> {} // "edns0" is what we do anyway
      }
    }

    private static int number(String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        return text.startsWith("-") || text.isEmpty() || !text.chars().allMatch(Character::isDigit)
            ? 0
            : Integer.MAX_VALUE;
      }
    }
  }
}

package gonet.examples;

import gonet.DnsResolver;
import gonet.Net;
import gonet.TimeLimit;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers, as host(1) does: {@code Lookup mx example.com example.org}. All names are
 * looked up at the same time, each by a virtual thread of its own; the answers come in the order of
 * the names.
 *
 * <p>Arguments: {@code [--server HOST:PORT] [--timeout SECONDS] KIND NAME...}, with KIND one of
 * {@code host}, {@code ip}, {@code cname}, {@code mx}, {@code ns}, {@code srv}, {@code txt} and
 * {@code ptr}. SECONDS is the time that a name has, with all its servers and tries. A name that
 * failed is named on the standard error, and the status is 1.
 */
public final class Lookup {
  private static final String USAGE =
      "usage: lookup [--server HOST:PORT] [--timeout SECONDS]"
          + " host|ip|cname|mx|ns|srv|txt|ptr NAME...";

  /** One line for each result. */
  private interface Kind {
    List<String> lines(String name, @Nullable TimeLimit limit) throws IOException;
  }

  private DnsResolver resolver = DnsResolver.defaults();
  private @Nullable Duration timeout;

  private Lookup() {}

  /** Looks up and prints. */
  public static void main(String[] args) throws InterruptedException {
    try {
      if (!new Lookup().run(List.of(args))) {
        System.exit(1);
      }
    } catch (IllegalArgumentException e) {
      Program.fail(String.valueOf(e.getMessage()));
    }
  }

  /** Returns whether every name had an answer. */
  private boolean run(List<String> args) throws InterruptedException {
    int at = 0;
    while (at + 1 < args.size() && args.get(at).startsWith("--")) {
      option(args.get(at), args.get(at + 1));
      at += 2;
    }
    if (args.size() - at < 2) {
      throw new IllegalArgumentException(USAGE);
    }
    Kind kind = kind(args.get(at));
    List<FutureTask<List<String>>> lookups = new ArrayList<>();
    for (String name : new LinkedHashSet<>(args.subList(at + 1, args.size()))) {
      TimeLimit limit = timeout == null ? null : TimeLimit.after(timeout);
      FutureTask<List<String>> lookup = new FutureTask<>(() -> kind.lines(name, limit));
      var _ = Net.go(lookup::run);
      lookups.add(lookup);
    }
    boolean all = true;
    for (FutureTask<List<String>> lookup : lookups) {
      all &= print(lookup);
    }
    return all;
  }

  private void option(String name, String value) {
    switch (name) {
      case "--server" -> resolver = resolver.withServers(List.of(value));
      case "--timeout" -> timeout = seconds(value);
      default -> throw new IllegalArgumentException("unknown option " + name + "\n" + USAGE);
    }
  }

  private static Duration seconds(String text) {
    try {
      double seconds = Double.parseDouble(text);
      if (seconds > 0 && seconds < Integer.MAX_VALUE) {
        return Duration.ofNanos((long) (seconds * 1e9));
      }
    } catch (NumberFormatException e) {
      // As one that is out of range.
    }
    throw new IllegalArgumentException("--timeout is no number of seconds above zero: " + text);
  }

  private Kind kind(String name) {
    return switch (name) {
      case "host", "ip" -> (host, limit) -> lines(resolver.lookupHost(host, limit), Addr::toString);
      case "cname" -> (host, limit) -> List.of(resolver.lookupCname(host, limit));
      case "mx" ->
          (domain, limit) ->
              lines(resolver.lookupMx(domain, limit), mx -> mx.preference() + " " + mx.host());
      case "ns" -> resolver::lookupNs;
      case "srv" ->
          (domain, limit) ->
              lines(
                  resolver.lookupSrv("", "", domain, limit),
                  srv ->
                      srv.priority() + " " + srv.weight() + " " + srv.port() + " " + srv.target());
      case "txt" -> resolver::lookupTxt;
      case "ptr" -> (text, limit) -> resolver.lookupAddr(addr(text), limit);
      default -> throw new IllegalArgumentException("unknown kind " + name + "\n" + USAGE);
    };
  }

  private static Addr addr(String text) throws IOException {
    try {
      return Addr.parse(text);
    } catch (AddrParseException e) {
      throw new IOException("lookup " + text + ": unrecognized address", e);
    }
  }

  private static <T> List<String> lines(List<T> results, Function<T, String> line) {
    return results.stream().map(line).toList();
  }

  private static boolean print(FutureTask<List<String>> lookup) throws InterruptedException {
    try {
      lookup.get().forEach(System.out::println);
      return true;
    } catch (ExecutionException e) {
      Throwable why = e.getCause();
      System.err.println(why instanceof IOException ? why.getMessage() : why);
      return false;
    }
  }
}

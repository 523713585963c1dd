package gonet;

import gonet.internal.lookup.LookupGroup;
import gonet.netip.Addr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** {@link Resolver#system}: the JVM's own lookup, called on threads that may block. */
final class SystemResolver implements Resolver {
  static final SystemResolver INSTANCE = new SystemResolver(InetAddress::getAllByName);

  /** RFC 1035, 2.3.4, and a trailing dot. */
  private static final int MAX_NAME_LENGTH = 254;

  /** What asks the operating system; a parameter for the tests. */
  interface Query {
    InetAddress[] allByName(String host) throws UnknownHostException;
  }

  private final Query query;
  private final LookupGroup group;

  SystemResolver(Query query) {
    this.query = query;
    this.group = new LookupGroup(this::query);
  }

  /** With bounds of its own, see {@link LookupGroup}. */
  SystemResolver(Query query, int maxThreads, int reserved, Duration patience) {
    this.query = query;
    this.group = new LookupGroup(this::query, maxThreads, reserved, patience.toNanos());
  }

  @Override
  public List<Addr> lookup(LookupRequest request) throws IOException {
    String host = request.host();
    if (!isName(host)) {
      throw DnsException.noSuchHost(host);
    }
    TimeLimit limit = request.limit();
    long nanos = limit == null ? Long.MAX_VALUE : LookupWait.nanos(limit.left());
    LookupWait.requireTime(host, nanos);
    try {
      return ofFamily(request, LookupWait.get(new Question(this, host, nanos), host));
    } catch (DnsException e) {
      // Several callers may get it: each needs an exception, and a stack, of its own.
      throw e.copy();
    }
  }

  private record Question(SystemResolver resolver, String host, long nanos)
      implements LookupWait.Waiting<List<Addr>> {
    @Override
    public List<Addr> get() throws InterruptedException, ExecutionException, TimeoutException {
      return resolver.ask(host, nanos);
    }
  }

  private List<Addr> ask(String host, long nanos)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return group.lookup(host, nanos);
    } catch (LookupGroup.NoThreadException e) {
      throw new ExecutionException(DnsException.unanswered(host, String.valueOf(e.getMessage())));
    }
  }

  /** The JDK asks for both families at once, and caches both; so a request for one is a choice. */
  private static List<Addr> ofFamily(LookupRequest request, List<Addr> found) throws DnsException {
    List<Addr> wanted = new ArrayList<>();
    for (Addr addr : found) {
      if (request.family().has(addr)) {
        wanted.add(addr);
      }
    }
    if (wanted.isEmpty()) {
      throw DnsException.noSuitableAddress(request.host());
    }
    return List.copyOf(wanted);
  }

  /**
   * Whether {@code host} may be handed to {@code getAllByName}, which takes an empty name for this
   * machine, cuts a name at a NUL, and reads {@code 127.1} or {@code 2130706433} as addresses. No
   * top-level domain is all digits (RFC 3696, section 2).
   */
  private static boolean isName(String host) {
    if (host.isEmpty() || host.length() > MAX_NAME_LENGTH) {
      return false;
    }
    boolean lastLabelIsNumber = true;
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      if (c <= ' ' || c == 0x7f) {
        return false;
      }
      if (c == '.' && i < host.length() - 1) {
        lastLabelIsNumber = true;
      } else if (c != '.' && (c < '0' || c > '9')) {
        lastLabelIsNumber = false;
      }
    }
    return !lastLabelIsNumber;
  }

  /** How many callers wait for an answer. */
  int waiting() {
    return group.waiting();
  }

  private List<Addr> query(String host) throws UnknownHostException {
    try {
      List<Addr> addrs = new ArrayList<>();
      for (InetAddress address : query.allByName(host)) {
        addrs.add(Addr.fromInet(address));
      }
      return List.copyOf(addrs);
    } catch (UnknownHostException e) {
      throw named(host, e);
    }
  }

  /**
   * Go's wording for what the operating system's gai_strerror(3) says. A failure from the JVM's own
   * cache has lost its reason and counts as not found.
   */
  private static DnsException named(String host, UnknownHostException e) {
    String message = String.valueOf(e.getMessage());
    String why = message.startsWith(host + ": ") ? message.substring(host.length() + 2) : message;
    DnsException named =
        why.contains("emporary failure") || why.contains("ystem error")
            ? DnsException.unanswered(host, why)
            : DnsException.noSuchHost(host);
    named.initCause(e);
    return named;
  }
}

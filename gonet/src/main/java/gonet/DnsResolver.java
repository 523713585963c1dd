package gonet;

import gonet.LookupRequest.Family;
import gonet.internal.dns.Answer;
import gonet.internal.dns.Cache;
import gonet.internal.dns.Client;
import gonet.internal.dns.Data;
import gonet.internal.dns.DescriptorLimit;
import gonet.internal.dns.Flights;
import gonet.internal.dns.LookupFailure;
import gonet.internal.dns.NameSwitch;
import gonet.internal.dns.Names;
import gonet.internal.dns.ResolvConf;
import gonet.internal.dns.ResourceRecord;
import gonet.internal.dns.ServiceOrder;
import gonet.internal.dns.Stub;
import gonet.internal.dns.SystemFiles;
import gonet.internal.dns.Type;
import gonet.internal.lookup.DestinationOrder;
import gonet.internal.time.Clock;
import gonet.internal.time.Daemons;
import gonet.internal.time.Durations;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import gonet.netip.AddrParseException;
import gonet.netip.AddrPort;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks name servers itself, over gonet's sockets. Go: {@code net.Resolver} with {@code PreferGo}.
 *
 * {@snippet :
 * DnsResolver names = DnsResolver.defaults();
 * for (DnsResolver.Mx mx : names.lookupMx("example.com")) {
 *   System.out.println(mx.preference() + " " + mx.host());
 * }
 * Dialer dialer = Dialer.defaults().withResolver(names.withServers(List.of("192.0.2.53")));
 * }
 *
 * <p><b>Where it looks.</b> As the machine is configured: {@code /etc/nsswitch.conf} says whether
 * {@code /etc/hosts} or DNS comes first, {@code /etc/resolv.conf} which servers are asked, which
 * suffixes are tried and how often (servers, {@code search}, {@code domain}, and of the options
 * {@code ndots}, {@code timeout}, {@code attempts}, {@code rotate}, {@code single-request}, {@code
 * use-vc}, {@code trust-ad} and {@code no-reload}). The files are looked at again every five
 * seconds. Where nsswitch.conf names a source that only the C library can ask, such as {@code mdns}
 * for names under {@code .local}, {@link Resolver#system} is asked for the addresses of such a
 * host. Literal addresses, {@code localhost} and names under {@code .localhost} never leave the
 * machine, nor do names under {@code .onion} and {@code .invalid}.
 *
 * <p><b>How it asks.</b> By UDP, with EDNS for answers of up to 1,232 bytes, and by TCP where an
 * answer is truncated. Addresses of both families are asked for at once; where one family has
 * answered and the other is silent, the silent one gets 0.3 s more, or four times as long as the
 * first took. Each query has a random id and a random port, and an answer must repeat both and the
 * question (RFC 5452). A server that was silent is asked last for half a minute. Callers who ask
 * the same thing at the same time share one lookup.
 *
 * <p><b>Time.</b> Without a limit, as long as resolv.conf allows: five seconds for each try, two
 * tries for each server and candidate name. With a limit the tries share the time. A limit or an
 * interrupt ends the call at once. A lookup parks its virtual thread and holds no carrier.
 *
 * <p><b>Failures.</b> {@link DnsException}: {@code lookup NAME on SERVER: no such host}, with
 * {@link DnsException#isNotFound} if that is sure. {@link SocketTimeoutException} when the time is
 * up. {@link java.io.InterruptedIOException} if the thread is interrupted, whose status stays set.
 *
 * <p>Immutable: each {@code with} method gives a changed copy, with a memory of its own for
 * servers, shared lookups and answers; so keep one. Safe for any thread.
 *
 * @since 0.1
 */
public final class DnsResolver implements Resolver {
  private static final int DNS_PORT = 53;
  private static final int MAX_SOCKETS = 4096;
  private static final List<Type> BOTH = List.of(Type.A, Type.AAAA);

  private static final class Defaults {
    static final DnsResolver INSTANCE =
        new DnsResolver(
            new Settings(null, null, null, null, null, 0, null), SystemFiles.ofThisMachine());
  }

  /** A mail exchange. Go: {@code MX}. */
  public record Mx(String host, int preference) {}

  /** A place where a service is. Go: {@code SRV}. */
  public record Srv(String target, int port, int priority, int weight) {}

  /** What the program says; null is what the machine says. */
  private record Settings(
      @Nullable List<AddrPort> servers,
      @Nullable List<String> search,
      @Nullable Integer ndots,
      @Nullable Duration timeout,
      @Nullable Integer attempts,
      int cacheSize,
      @Nullable Dialer dialer) {}

  private final Settings settings;
  private final SystemFiles files;
  private final Stub stub;
  private final Flights<Object> flights;

  private DnsResolver(Settings settings, SystemFiles files) {
    this(settings, files, DnsResolver::thread);
  }

  private DnsResolver(Settings settings, SystemFiles files, ThreadFactory threads) {
    OwnStack.requireRoom();
    this.settings = settings;
    this.files = files;
    Cache cache = settings.cacheSize == 0 ? null : new Cache(settings.cacheSize);
    int sockets = Math.min(MAX_SOCKETS, DescriptorLimit.soft() / 4);
    Client client = new Client(new DnsTransport(settings.dialer), cache, sockets);
    // Who names servers wants them asked, whatever the machine would do.
    Supplier<NameSwitch> sources =
        settings.servers == null ? files::nameSwitch : NameSwitch::standard;
    this.stub = new Stub(client, files, sources, this::changed);
    this.flights = new Flights<>(threads);
  }

  /**
   * One for the first lookup of all, whose threads need no carrier: the JVM cannot unmount a
   * virtual thread near the end of its stack, so that whoever waits for that lookup may hold the
   * only one.
   */
  DnsResolver forFirstLookup() {
    var _ = thread(() -> {}); // what later ones do, as well
    return new DnsResolver(settings, files, lookup -> Daemons.unstarted("gonet-start", lookup));
  }

  private static Thread thread(Runnable lookup) {
    return Net.threads()
        .name("gonet-resolve")
        .inheritInheritableThreadLocals(false)
        .unstarted(lookup);
  }

  /** For tests: a machine with other files. */
  static DnsResolver of(SystemFiles files) {
    return new DnsResolver(Defaults.INSTANCE.settings, files);
  }

  /** As the machine is configured, and without a cache; one for all callers. */
  public static DnsResolver defaults() {
    return Defaults.INSTANCE;
  }

  // ---- settings --------------------------------------------------------------------------------

  /**
   * Which servers are asked, in this order, instead of those of resolv.conf.
   *
   * @param servers at least one, each an address or {@code address:port}; the port is 53 if not
   *     said
   * @throws IllegalArgumentException naming the one that is no address
   */
  public DnsResolver withServers(List<String> servers) {
    OwnStack.requireRoom();
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("no servers");
    }
    List<AddrPort> parsed = servers.stream().map(DnsResolver::server).toList();
    return with(parsed, settings.search, settings.ndots, settings.cacheSize, settings.dialer);
  }

  private static AddrPort server(String text) {
    AddrPort server;
    try {
      server = AddrPort.of(Addr.parse(text), DNS_PORT);
    } catch (AddrParseException noAddr) {
      try {
        server = AddrPort.parse(text);
      } catch (AddrParseException e) {
        throw new IllegalArgumentException("no address, nor address:port, of a server: " + text, e);
      }
    }
    if (server.port() == 0) {
      throw new IllegalArgumentException("no server has port 0: " + text);
    }
    return server;
  }

  /**
   * Which suffixes are tried with names that have few dots, instead of those of resolv.conf; none
   * if empty.
   */
  public DnsResolver withSearch(List<String> suffixes) {
    for (String suffix : suffixes) {
      if (!Names.isDomainName(suffix)) {
        throw new IllegalArgumentException("no domain name: " + suffix);
      }
    }
    return with(
        settings.servers,
        List.copyOf(suffixes),
        settings.ndots,
        settings.cacheSize,
        settings.dialer);
  }

  /**
   * How many dots make a name one that is tried as it is before suffixes are, instead of what
   * resolv.conf says.
   *
   * @param dots 0 to 15
   */
  public DnsResolver withNdots(int dots) {
    if (dots < 0 || dots > 15) {
      throw new IllegalArgumentException("ndots is not in [0, 15]: " + dots);
    }
    return with(settings.servers, settings.search, dots, settings.cacheSize, settings.dialer);
  }

  /**
   * How long one server has for one try, and how often all are tried, instead of what resolv.conf
   * says.
   *
   * @param timeout above zero
   * @param attempts at least 1
   */
  public DnsResolver withTries(Duration timeout, int attempts) {
    long nanos = Durations.positiveNanos(Objects.requireNonNull(timeout, "timeout"), "timeout");
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts is not above zero: " + attempts);
    }
    return new DnsResolver(
        new Settings(
            settings.servers,
            settings.search,
            settings.ndots,
            Duration.ofNanos(nanos),
            attempts,
            settings.cacheSize,
            settings.dialer),
        files);
  }

  /**
   * Remembers answers as long as their TTL allows, and that a name is not there as long as its zone
   * says (RFC 2308). Off by default, as in Go: most machines have a cache in their resolver.
   *
   * @param entries how many answers, the one that was not asked for the longest time goes first; 0
   *     for off
   */
  public DnsResolver withCache(int entries) {
    if (entries < 0) {
      throw new IllegalArgumentException("entries is negative: " + entries);
    }
    return with(settings.servers, settings.search, settings.ndots, entries, settings.dialer);
  }

  /**
   * How servers are reached: from which address, with which options and buffers. A local address is
   * taken for UDP and for TCP, whatever its network; a port in it takes a defence against forged
   * answers away, whose sender has to guess it otherwise. Limits of time and the resolver have no
   * meaning here.
   */
  public DnsResolver withDialer(Dialer dialer) {
    Objects.requireNonNull(dialer, "dialer");
    return with(settings.servers, settings.search, settings.ndots, settings.cacheSize, dialer);
  }

  private DnsResolver with(
      @Nullable List<AddrPort> servers,
      @Nullable List<String> search,
      @Nullable Integer ndots,
      int cacheSize,
      @Nullable Dialer dialer) {
    return new DnsResolver(
        new Settings(
            servers, search, ndots, settings.timeout, settings.attempts, cacheSize, dialer),
        files);
  }

  /** The file's configuration with what the program has set instead. */
  private ResolvConf changed(ResolvConf conf) {
    ResolvConf changed = conf.withTries(settings.timeout, settings.attempts);
    if (settings.servers != null) {
      changed = changed.withServers(settings.servers);
    }
    if (settings.search != null) {
      changed = changed.withSearch(settings.search);
    }
    return settings.ndots == null ? changed : changed.withNdots(settings.ndots);
  }

  // Each lookup asks for room first: it links lambdas that a stack at its end would break for good.

  // ---- hosts -----------------------------------------------------------------------------------

  @Override
  public List<Addr> lookup(LookupRequest request) throws IOException {
    OwnStack.requireRoom();
    String host = request.host();
    if (stub.needsSystem(host)) {
      return Resolver.system().lookup(request);
    }
    List<Type> types =
        switch (request.family()) {
          case ANY -> BOTH;
          case IPV4 -> List.of(Type.A);
          case IPV6 -> List.of(Type.AAAA);
        };
    String key = request.family() + " " + Names.lower(host);
    return ask(host, key, request.limit(), until -> stub.addrs(host, types, until));
  }

  /**
   * Returns the addresses of a host, the best one to connect to first (RFC 6724). A literal address
   * is its own answer. Go: {@code LookupNetIP}.
   */
  public List<Addr> lookupHost(String host) throws IOException {
    return lookupHost(host, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public List<Addr> lookupHost(String host, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    Lookup lookup = new Lookup(this, TimeLimit.moment(limit), DestinationOrder::sorted);
    return lookup.addresses(Objects.requireNonNull(host, "host"), Family.ANY);
  }

  /**
   * Returns the last name of the chain of aliases that begins with this one, with the root's dot at
   * its end; the name itself if it is no alias. Go: {@code LookupCNAME}.
   */
  public String lookupCname(String host) throws IOException {
    return lookupCname(host, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public String lookupCname(String host, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    return ask(host, "CNAME " + Names.lower(host), limit, until -> stub.canonical(host, until));
  }

  /**
   * Returns the names of an address, with the root's dot at their end unless they come from the
   * machine's own table. Go: {@code LookupAddr}.
   */
  public List<String> lookupAddr(Addr addr) throws IOException {
    return lookupAddr(addr, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public List<String> lookupAddr(Addr addr, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    String text = addr.toString();
    return ask(text, "PTR " + text, limit, until -> stub.names(addr, until));
  }

  // ---- other records ---------------------------------------------------------------------------

  /** Returns the mail exchanges of a domain, the preferred ones first. Go: {@code LookupMX}. */
  public List<Mx> lookupMx(String domain) throws IOException {
    return lookupMx(domain, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public List<Mx> lookupMx(String domain, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    List<Data.Mail> mail = records(domain, Type.MX, Data.Mail.class, limit);
    return ServiceOrder.mail(mail).stream().map(m -> new Mx(m.host(), m.preference())).toList();
  }

  /** Returns the name servers of a domain. Go: {@code LookupNS}. */
  public List<String> lookupNs(String domain) throws IOException {
    return lookupNs(domain, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public List<String> lookupNs(String domain, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    return records(domain, Type.NS, Data.Domain.class, limit).stream()
        .map(Data.Domain::name)
        .toList();
  }

  /**
   * Returns the texts of a domain; the strings of one record are joined. Bytes are taken for UTF-8,
   * and where they are none, each for the character with its number. Go: {@code LookupTXT}.
   */
  public List<String> lookupTxt(String domain) throws IOException {
    return lookupTxt(domain, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public List<String> lookupTxt(String domain, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    return records(domain, Type.TXT, Data.Text.class, limit).stream().map(Data.Text::text).toList();
  }

  /**
   * Returns where a service is, in the order in which a client tries it: by priority, and at random
   * among equals with their weights as odds (RFC 2782). Go: {@code LookupSRV}.
   *
   * @param service such as {@code xmpp-server}; with {@code proto} it makes the name {@code
   *     _service._proto.domain}; both empty to ask for {@code domain} itself
   * @param proto {@code tcp} or {@code udp}
   */
  public List<Srv> lookupSrv(String service, String proto, String domain) throws IOException {
    return lookupSrv(service, proto, domain, null);
  }

  /**
   * The same within a limit.
   *
   * @param limit null for none
   */
  public List<Srv> lookupSrv(String service, String proto, String domain, @Nullable TimeLimit limit)
      throws IOException {
    OwnStack.requireRoom();
    String name =
        service.isEmpty() && proto.isEmpty() ? domain : "_" + service + "._" + proto + "." + domain;
    List<Data.Service> services = records(name, Type.SRV, Data.Service.class, limit);
    return ServiceOrder.services(services).stream()
        .map(s -> new Srv(s.target(), s.port(), s.priority(), s.weight()))
        .toList();
  }

  private <D extends Data> List<D> records(
      String name, Type type, Class<D> data, @Nullable TimeLimit limit) throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(name, "name");
    Answer answer =
        ask(name, type + " " + Names.lower(name), limit, until -> stub.records(name, type, until));
    return answer.records().stream().map(ResourceRecord::data).map(data::cast).toList();
  }

  // ---- callers ---------------------------------------------------------------------------------

  private interface Question<T> {
    T ask(LongSupplier until) throws IOException, LookupFailure;
  }

  @SuppressWarnings("unchecked") // a key has a kind, and each kind of lookup one type of answer
  private <T> T ask(String name, String key, @Nullable TimeLimit limit, Question<T> question)
      throws IOException {
    OwnStack.requireRoom();
    Objects.requireNonNull(name, "name");
    long until = limit == null ? Long.MAX_VALUE : TimeLimit.moment(limit);
    LookupWait.requireTime(name, until - Clock.now());
    return (T) LookupWait.get(() -> join(name, key, until, question), name);
  }

  private Object join(String name, String key, long until, Question<?> question)
      throws InterruptedException, ExecutionException, TimeoutException {
    OwnStack.requireRoom();
    try {
      return flights.join(key, until, question::ask);
    } catch (ExecutionException e) {
      // Several callers may get it: each needs an exception, and a stack, of its own.
      throw e.getCause() instanceof LookupFailure failure
          ? new ExecutionException(failure(name, failure))
          : e;
    }
  }

  private static IOException failure(String name, LookupFailure failure) {
    return switch (failure.kind()) {
      case TIMEOUT -> LookupWait.timedOut(name, failure.server(), null);
      case NOT_FOUND -> DnsException.notFound(name, failure.server());
      case TEMPORARY, PERMANENT -> DnsException.unanswered(name, failure.server(), failure.why());
    };
  }
}

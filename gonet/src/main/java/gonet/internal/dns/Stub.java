package gonet.internal.dns;

import gonet.internal.dns.LookupFailure.Kind;
import gonet.internal.dns.NameSwitch.Source;
import gonet.netip.Addr;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A stub resolver: a name as a user says it, the machine's files, the search list, and the client.
 * Safe for any thread.
 */
public final class Stub {
  private static final String LOCALHOST = "localhost";

  /** RFC 6761, 6.3. */
  private static final List<Addr> LOOPBACK =
      List.of(Addr.from4(new byte[] {127, 0, 0, 1}), Addr.ipv6Loopback());

  private final Client client;
  private final SystemFiles files;
  private final Supplier<NameSwitch> sources;
  private final UnaryOperator<ResolvConf> changes;

  /**
   * A resolver.
   *
   * @param sources where hosts are looked for
   * @param changes what a program has set instead of the file's
   */
  public Stub(
      Client client,
      SystemFiles files,
      Supplier<NameSwitch> sources,
      UnaryOperator<ResolvConf> changes) {
    this.client = client;
    this.files = files;
    this.sources = sources;
    this.changes = changes;
  }

  /** Whether a source is responsible that only the system's resolver can ask. */
  public boolean needsSystem(String host) {
    return sources.get().needsSystem(host, files::ownName);
  }

  /**
   * Returns the addresses of a host, of the types asked for if a name server has them; what the
   * machine's own files have is returned as it is.
   *
   * @param types {@link Type#A}, {@link Type#AAAA} or both
   */
  public List<Addr> addrs(String host, List<Type> types, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    return firstOf(
        source -> {
          if (source == Source.FILES) {
            HostsFile.Host known = files.hosts().host(host);
            return known == null ? null : List.copyOf(known.addrs());
          }
          return isLocal(host) ? null : addrsByDns(host, types, until);
        },
        isLocal(host) ? LOOPBACK : null);
  }

  private List<Addr> addrsByDns(String host, List<Type> types, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    List<Addr> addrs = new ArrayList<>();
    for (ResourceRecord record : search(host, types, until).records()) {
      if (record.data() instanceof Data.Address address) {
        addrs.add(address.addr());
      }
    }
    if (addrs.isEmpty()) { // an alias, and nothing behind it
      throw LookupFailure.noSuchHost();
    }
    return addrs;
  }

  private static boolean isLocal(String host) {
    String name = Names.lower(Names.unrooted(host));
    return name.equals(LOCALHOST) || name.endsWith("." + LOCALHOST);
  }

  /** Returns the last name of the chain of aliases that begins with a host's name. */
  public String canonical(String host, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    return firstOf(
        source -> {
          if (source == Source.FILES) {
            HostsFile.Host known = files.hosts().host(host);
            return known == null ? null : Names.rooted(known.canonical());
          }
          return isLocal(host) ? null : search(host, List.of(Type.A, Type.AAAA), until).canonical();
        },
        isLocal(host) ? Names.rooted(host) : null);
  }

  /** What one source says. */
  private interface Query<T> {
    /** Null if the source knows nothing, and was not in trouble. */
    @Nullable T ask(Source source) throws LookupFailure, InterruptedIOException;
  }

  /**
   * Asks the sources in their order until one has something.
   *
   * @param otherwise what is so if none has; null if it is a failure then, the first that leaves
   *     hope
   */
  private <T> T firstOf(Query<T> query, @Nullable T otherwise)
      throws LookupFailure, InterruptedIOException {
    LookupFailure failure = LookupFailure.noSuchHost();
    for (Source source : sources.get().order()) {
      try {
        T found = query.ask(source);
        if (found != null) {
          return found;
        }
      } catch (LookupFailure e) {
        failure = failure.kind() == Kind.NOT_FOUND ? e : failure;
      }
    }
    if (otherwise != null) {
      return otherwise;
    }
    throw failure;
  }

  /**
   * Returns the records of one type. Those that name something that could be no host are left out
   * (Go issue 46241): what a stranger has put into DNS must not reach a shell or a page.
   */
  public Answer records(String name, Type type, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    return believed(search(name, List.of(type), until));
  }

  /** Returns the names of an address, with the root at their end unless they are of the table. */
  public List<String> names(Addr addr, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    return firstOf(
        source -> {
          if (source == Source.FILES) {
            List<String> known = files.hosts().names(addr);
            return known.isEmpty() ? null : known;
          }
          return addr.isLoopback() ? null : namesByDns(addr, until);
        },
        addr.isLoopback() ? List.of(LOCALHOST) : null);
  }

  private List<String> namesByDns(Addr addr, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    String name = Names.reverse(addr.unmap().asBytes());
    Answer answer = believed(client.ask(conf(), name, List.of(Type.PTR), until));
    return answer.records().stream().map(Stub::domain).toList();
  }

  private static String domain(ResourceRecord record) {
    return ((Data.Domain) record.data()).name();
  }

  private static Answer believed(Answer answer) throws LookupFailure {
    List<ResourceRecord> good = answer.records().stream().filter(Stub::isSound).toList();
    if (good.isEmpty()) {
      throw answer.records().isEmpty()
          ? LookupFailure.noSuchHost()
          : new LookupFailure(
              Kind.PERMANENT, "DNS response contained records which contain invalid names", "");
    }
    return new Answer(answer.canonical(), answer.aliased(), good);
  }

  private static boolean isSound(ResourceRecord record) {
    return switch (record.data()) {
      case Data.Domain domain -> Names.isDomainName(domain.name());
      case Data.Mail mail -> Names.isDomainName(mail.host());
      case Data.Service service -> Names.isDomainName(service.target());
      case Data.Address a -> true;
      case Data.Text t -> true;
      case Data.Authority a -> true;
    };
  }

  /** Tries one candidate after the other until one has something. */
  private Answer search(String name, List<Type> types, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    if (!Names.isDomainName(name)) {
      throw LookupFailure.noSuchHost();
    }
    ResolvConf conf = conf();
    LookupFailure failure = LookupFailure.noSuchHost();
    for (String candidate : conf.candidates(name)) {
      try {
        return client.ask(conf, candidate, types, until);
      } catch (LookupFailure e) {
        // That there is no such name is sure only if no candidate failed in another way.
        if (failure.kind() == Kind.NOT_FOUND) {
          failure = e;
        }
      }
    }
    throw failure;
  }

  private ResolvConf conf() {
    return changes.apply(files.resolvConf());
  }
}

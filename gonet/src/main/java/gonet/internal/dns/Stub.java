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

/**
 * A stub resolver: a name as a user says it, the machine's files, the search list, and the client.
 * Safe for any thread.
 */
public final class Stub {
  private static final String LOCALHOST = "localhost";

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
    for (Source source : sources.get().order()) {
      if (source == Source.FILES) {
        HostsFile.Host known = files.hosts().host(host);
        if (known != null) {
          return List.copyOf(known.addrs());
        }
      } else if (!isLocal(host)) {
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
    }
    if (isLocal(host)) {
      return List.of(Addr.from4(new byte[] {127, 0, 0, 1}), Addr.ipv6Loopback()); // RFC 6761, 6.3
    }
    throw LookupFailure.noSuchHost();
  }

  private static boolean isLocal(String host) {
    String name = Names.lower(Names.unrooted(host));
    return name.equals(LOCALHOST) || name.endsWith("." + LOCALHOST);
  }

  /** Returns the last name of the chain of aliases that begins with a host's name. */
  public String canonical(String host, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    for (Source source : sources.get().order()) {
      if (source == Source.FILES) {
        HostsFile.Host known = files.hosts().host(host);
        if (known != null) {
          return Names.rooted(known.canonical());
        }
      } else if (!isLocal(host)) {
        return search(host, List.of(Type.A, Type.AAAA), until).canonical();
      }
    }
    if (isLocal(host)) {
      return Names.rooted(host);
    }
    throw LookupFailure.noSuchHost();
  }

  /**
   * Returns the records of one type. Those that name something that could be no host are left out
   * (Go issue 46241): what a stranger has put into DNS must not reach a shell or a page.
   */
  public Answer records(String name, Type type, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    return believed(search(name, List.of(type), until));
  }

  /** Returns the names of an address, with the root at their end. */
  public List<String> names(Addr addr, LongSupplier until)
      throws LookupFailure, InterruptedIOException {
    for (Source source : sources.get().order()) {
      if (source == Source.FILES) {
        List<String> known = files.hosts().names(addr);
        if (!known.isEmpty()) {
          return known;
        }
      } else if (!addr.isLoopback()) {
        String name = Names.reverse(addr.unmap().asBytes());
        Answer answer = believed(client.ask(conf(), name, List.of(Type.PTR), until));
        return answer.records().stream().map(Stub::domain).toList();
      }
    }
    if (addr.isLoopback()) {
      return List.of(LOCALHOST);
    }
    throw LookupFailure.noSuchHost();
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

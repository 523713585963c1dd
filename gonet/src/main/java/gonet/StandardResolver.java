package gonet;

import gonet.internal.time.Daemons;
import gonet.internal.time.OwnStack;
import gonet.netip.Addr;
import java.io.IOException;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.ServiceLoader;

/** {@link Resolver#standard}. Chooses at the first lookup: most programs that listen make none. */
final class StandardResolver implements Resolver {
  static final StandardResolver INSTANCE = new StandardResolver();

  private static final String PROPERTY = "gonet.resolver";

  /** Races repeat it. */
  private static volatile boolean prepared;

  private StandardResolver() {}

  private static final class Chosen {
    static final Resolver RESOLVER = choose(System.getProperty(PROPERTY, ""));
  }

  /** The resolver itself, or the one that this one has chosen. */
  static Resolver chosen(Resolver resolver) {
    return resolver == INSTANCE ? chosen() : resolver;
  }

  @Override
  public List<Addr> lookup(LookupRequest request) throws IOException {
    return chosen().lookup(request);
  }

  private static Resolver chosen() {
    if (!prepared) {
      OwnStack.run("gonet-start", new FirstLookup());
      prepared = true;
    }
    return Chosen.RESOLVER;
  }

  /**
   * What every later lookup does on its caller's stack, done once where there is room: what is
   * linked at the end of a stack stays broken. The name never leaves this machine.
   */
  record FirstLookup() implements Runnable {
    @Override
    public void run() {
      Resolver resolver = Chosen.RESOLVER;
      if (resolver instanceof DnsResolver own) {
        try {
          var _ = LookupWait.bounded(own.forFirstLookup(), LookupRequest.of("localhost"));
        } catch (IOException e) {
          // No matter: it came as far as a lookup comes.
        } catch (OutOfMemoryError e) {
          if (!Daemons.isWantOfThreads(e)) {
            throw e;
          }
          // Later lookups need none of the system's.
        }
      }
    }
  }

  static Resolver choose(String name) {
    OwnStack.requireRoom();
    return switch (name) {
      case "go" -> DnsResolver.defaults();
      case "system" -> Resolver.system();
      case "" -> jvmIsTold() ? Resolver.system() : DnsResolver.defaults();
      default ->
          request -> {
            throw DnsException.unanswered(
                request.host(), PROPERTY + " is neither go nor system: " + name);
          };
    };
  }

  /**
   * Whether somebody has told the JVM how to look up names, or the system is one whose
   * configuration is not in files.
   */
  private static boolean jvmIsTold() {
    return !System.getProperty("os.name", "").equals("Linux")
        || System.getProperty("jdk.net.hosts.file") != null
        || ServiceLoader.load(InetAddressResolverProvider.class, ClassLoader.getSystemClassLoader())
            .iterator()
            .hasNext();
  }

  @Override
  public String toString() {
    return "standard resolver";
  }
}

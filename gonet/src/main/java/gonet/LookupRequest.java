package gonet;

import gonet.netip.Addr;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One question to a {@link Resolver}: which host, addresses of which family, and how much time
 * there is. Immutable: each {@code with} method gives a changed copy. Safe for any thread.
 *
 * <p>gonet makes it for dials and listens; a program makes one to ask a resolver itself. Later
 * versions may ask for more, with defaults that mean what this version means.
 *
 * @since 0.1
 */
public final class LookupRequest {
  /** Which addresses are asked for. Go: {@code ip}, {@code ip4} and {@code ip6}. */
  public enum Family {
    /** Addresses of both families. */
    ANY,
    /** IPv4 addresses alone. */
    IPV4,
    /** IPv6 addresses alone, no IPv4-mapped ones. */
    IPV6;

    boolean has(Addr addr) {
      boolean ipv4 = addr.unmap().is4();
      return switch (this) {
        case ANY -> true;
        case IPV4 -> ipv4;
        case IPV6 -> !ipv4;
      };
    }

    /** The family that a network such as {@code tcp4} is bound to. */
    static Family of(String network) {
      return network.endsWith("4") ? IPV4 : network.endsWith("6") ? IPV6 : ANY;
    }
  }

  private final String host;
  private final Family family;
  private final @Nullable TimeLimit limit;

  private LookupRequest(String host, Family family, @Nullable TimeLimit limit) {
    this.host = host;
    this.family = family;
    this.limit = limit;
  }

  /** A request for the addresses of {@code host}, of any family, without a limit of time. */
  public static LookupRequest of(String host) {
    return new LookupRequest(Objects.requireNonNull(host, "host"), Family.ANY, null);
  }

  /** The same for addresses of this family. */
  public LookupRequest withFamily(Family family) {
    return new LookupRequest(host, Objects.requireNonNull(family, "family"), limit);
  }

  /**
   * The same until then.
   *
   * @param limit null for no limit; a lookup whose limit is over fails at once
   */
  public LookupRequest withLimit(@Nullable TimeLimit limit) {
    return new LookupRequest(host, family, limit);
  }

  /** Returns the name as the caller wrote it; never a literal address if gonet asks. */
  public String host() {
    return host;
  }

  /** Returns which addresses are wanted. Others may be returned as well, and are not used. */
  public Family family() {
    return family;
  }

  /**
   * Returns until when the answer is wanted; null for no limit. A resolver may ignore it: gonet
   * interrupts it when the time is up, and waits no longer.
   */
  public @Nullable TimeLimit limit() {
    return limit;
  }

  /** All there is, for logs. */
  @Override
  public String toString() {
    return "LookupRequest["
        + host
        + ", "
        + family
        + ", time "
        + (limit == null ? "unlimited" : limit.left())
        + "]";
  }
}

package gonet;

import gonet.netip.Addr;
import java.time.Duration;
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
  private final @Nullable Duration timeLeft;

  private LookupRequest(String host, Family family, @Nullable Duration timeLeft) {
    this.host = host;
    this.family = family;
    this.timeLeft = timeLeft;
  }

  /** A request for the addresses of {@code host}, of any family, without a limit of time. */
  public static LookupRequest of(String host) {
    return new LookupRequest(Objects.requireNonNull(host, "host"), Family.ANY, null);
  }

  /** The same for addresses of this family. */
  public LookupRequest withFamily(Family family) {
    return new LookupRequest(host, Objects.requireNonNull(family, "family"), timeLeft);
  }

  /**
   * The same with so much time.
   *
   * @param timeLeft null for no limit; zero or less: the time is up, and a lookup fails at once
   */
  public LookupRequest withTimeLeft(@Nullable Duration timeLeft) {
    return new LookupRequest(host, family, timeLeft);
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
   * Returns how long the answer may take, from the call on; null for no limit. A resolver may
   * ignore it: gonet interrupts it when the time is up, and waits no longer.
   */
  public @Nullable Duration timeLeft() {
    return timeLeft;
  }

  /** All there is, for logs. */
  @Override
  public String toString() {
    return "LookupRequest["
        + host
        + ", "
        + family
        + ", time "
        + (timeLeft == null ? "unlimited" : timeLeft)
        + "]";
  }
}

package gonet.internal.dns;

import gonet.netip.Addr;

/** What a record says. */
public sealed interface Data {
  /** A and AAAA. */
  record Address(Addr addr) implements Data {}

  /** NS, CNAME and PTR. */
  record Domain(String name) implements Data {}

  /** MX. */
  record Mail(int preference, String host) implements Data {}

  /** SRV, RFC 2782. */
  record Service(int priority, int weight, int port, String target) implements Data {}

  /** TXT: its strings one behind the other, as RFC 7208, 3.3 and most others want them. */
  record Text(String text) implements Data {}

  /**
   * SOA, of which only this matters here.
   *
   * @param minimumSeconds how long nothing may be remembered at most, RFC 2308, 5
   */
  record Authority(long minimumSeconds) implements Data {}
}

package gonet.test.sim;

import gonet.netip.Addr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hosts, the links between them, and the segments under way. Confined to the carrier. */
final class Network {
  private static final int HEADER_BYTES = 66;
  private static final long LOOPBACK_NANOS = 10_000;

  private final Sim sim;
  private final Time time;
  private final Randomness random;
  private final Map<Addr, Host> byAddr = new HashMap<>();
  private final Map<String, Host> byName = new HashMap<>();
  private final List<Host> hosts = new ArrayList<>();
  private final Map<Long, Link> links = new HashMap<>();

  Network(Sim sim, Time time, Randomness random) {
    this.sim = sim;
    this.time = time;
    this.random = random;
  }

  Host host(String name) {
    Host known = byName.get(name);
    if (known == null) {
      int number = hosts.size() + 1;
      known =
          new Host(
              sim,
              name,
              number,
              Addr.parse("10.0." + number / 250 + "." + (number % 250 + 1)),
              Addr.parse("fd00::" + Integer.toHexString(number + 1)));
      byName.put(name, known);
      byAddr.put(known.addr(), known);
      byAddr.put(known.addr6(), known);
      hosts.add(known);
    }
    return known;
  }

  List<Host> hosts() {
    return hosts;
  }

  @Nullable Host named(String name) {
    return byName.get(name);
  }

  Link link(Host a, Host b) {
    if (a == b) {
      throw new IllegalArgumentException("no link from " + a + " to itself");
    }
    Host low = a.number() < b.number() ? a : b;
    Host high = low == a ? b : a;
    return links.computeIfAbsent(
        low.number() * 1_000_000L + high.number(), _ -> new Link(sim, low, high));
  }

  /** Whether anybody has this address. */
  boolean has(Addr addr) {
    return byAddr.containsKey(addr);
  }

  void send(Machine sender, Segment segment) {
    Addr to = segment.to().addr();
    Host target = to.isLoopback() ? sender.host() : byAddr.get(to);
    if (target == null) {
      return;
    }
    long at;
    if (target == sender.host()) {
      at = sender.loopbackArrival(LOOPBACK_NANOS);
    } else {
      at =
          link(sender.host(), target)
              .arrival(sender.host(), HEADER_BYTES + segment.data().length, time, random);
    }
    if (sim.log().kept()) {
      sim.log().add("net", segment + (at < 0 ? " lost" : ""));
    }
    if (at >= 0) {
      time.at(at, () -> target.arrived(segment));
    }
  }
}

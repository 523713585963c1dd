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
  private static final int UDP_HEADER_BYTES = 42;
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

  private @Nullable Host target(Machine sender, Addr to) {
    return to.isLoopback() ? sender.host() : byAddr.get(to);
  }

  void send(Machine sender, Segment segment) {
    Host target = target(sender, segment.to().addr());
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
    note(segment, at);
    if (at >= 0) {
      time.at(at, () -> target.arrived(segment));
    }
  }

  void send(Machine sender, UdpPacket packet) {
    Host target = target(sender, (packet.refused() ? packet.from() : packet.to()).addr());
    if (target == null) {
      note(packet, -1);
      return;
    }
    if (target == sender.host()) {
      arrive(target, packet, sender.loopbackArrival(LOOPBACK_NANOS));
      return;
    }
    Link link = link(sender.host(), target);
    int bytes = UDP_HEADER_BYTES + packet.data().length;
    long late = link.overtaken(random);
    for (int i = link.copies(random); i > 0; i--) {
      long at = link.arrival(sender.host(), bytes, time, random);
      arrive(target, packet, at < 0 ? at : at + late);
    }
  }

  private void arrive(Host target, UdpPacket packet, long at) {
    note(packet, at);
    if (at >= 0) {
      time.at(at, () -> target.arrived(packet));
    }
  }

  private void note(Object what, long at) {
    if (sim.log().kept()) {
      sim.log().add("net", what + (at < 0 ? " lost" : ""));
    }
  }
}

package gonet.internal.dns;

import gonet.internal.time.Clock;
import gonet.netip.AddrPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The order in which servers are asked. One that was silent, or is not there, comes last for half a
 * minute: a dead first server would otherwise eat the time of every dial (Go issue 57694).
 */
final class Servers {
  private static final long BAD_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final int MAX_REMEMBERED = 64;

  private final Map<AddrPort, Long> badUntil = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();

  /** All of them, the promising ones first. */
  List<AddrPort> order(ResolvConf conf) {
    List<AddrPort> order = new ArrayList<>(conf.servers());
    if (conf.rotate()) {
      Collections.rotate(order, -Math.floorMod(turn.getAndIncrement(), order.size()));
    }
    if (!badUntil.isEmpty()) {
      order.sort(Comparator.comparing(this::isBad)); // stable: others keep their order
    }
    return order;
  }

  private boolean isBad(AddrPort server) {
    Long until = badUntil.get(server);
    if (until != null && until <= Clock.now()) {
      badUntil.remove(server, until);
      return false;
    }
    return until != null;
  }

  /** It did not answer. */
  void bad(AddrPort server) {
    if (badUntil.size() < MAX_REMEMBERED) { // programs may name servers at random
      badUntil.put(server, Clock.after(BAD_NANOS));
    }
  }

  /** It did. */
  void good(AddrPort server) {
    if (!badUntil.isEmpty()) {
      badUntil.remove(server);
    }
  }
}

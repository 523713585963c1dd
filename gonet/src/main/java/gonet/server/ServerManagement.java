package gonet.server;

import gonet.internal.management.Bean;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A server's bean. Apart from {@link Server}, which must not need the module java.management. */
final class ServerManagement implements ServerMXBean {
  private static final Map<String, String> ATTRIBUTES =
      Map.ofEntries(
          Map.entry("Addresses", "where it listens, with the ports that the system chose"),
          Map.entry("State", "RUNNING, DRAINING or CLOSED"),
          Map.entry("Open", "connections open now, paused and idle ones included"),
          Map.entry("Accepted", "connections admitted since the start"),
          Map.entry("Ended", "admitted connections that have ended"),
          Map.entry("Dropped", "connections that were not admitted, by reason"),
          Map.entry("Failed", "times that a handler threw something of its own"),
          Map.entry("Idle", "connections that the idle limit ended"),
          Map.entry("BytesRead", "bytes that handlers have read"),
          Map.entry("BytesWritten", "bytes that the kernel has taken from handlers"));

  private final Server server;

  private ServerManagement(Server server) {
    this.server = server;
  }

  static boolean register(Server server) {
    return Bean.register(
        name(server),
        new ServerManagement(server),
        ServerMXBean.class,
        "a server of gonet's",
        ATTRIBUTES);
  }

  static void unregister(Server server) {
    Bean.unregister(name(server));
  }

  static String name(Server server) {
    return "gonet:type=Server,name="
        + Bean.quoted(server.name())
        + ",addr="
        + Bean.quoted(server.addr().toString());
  }

  @Override
  public List<String> getAddresses() {
    return server.addrs().stream().map(Object::toString).toList();
  }

  @Override
  public String getState() {
    return server.state().toString();
  }

  @Override
  public int getOpen() {
    return server.stats().open();
  }

  @Override
  public long getAccepted() {
    return server.stats().accepted();
  }

  @Override
  public long getEnded() {
    return server.stats().ended();
  }

  @Override
  public Map<String, Long> getDropped() {
    Map<String, Long> byName = new TreeMap<>();
    server.stats().dropped().forEach((reason, count) -> byName.put(reason.name(), count));
    return byName;
  }

  @Override
  public long getFailed() {
    return server.stats().failed();
  }

  @Override
  public long getIdle() {
    return server.stats().idle();
  }

  @Override
  public long getBytesRead() {
    return server.stats().bytesRead();
  }

  @Override
  public long getBytesWritten() {
    return server.stats().bytesWritten();
  }
}

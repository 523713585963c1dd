package gonet.admin;

import gonet.server.Server;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The servers that an admin shows, by their names. Immutable. */
final class Watched {
  /** In the order in which they were named. */
  private final Map<String, Server> servers = new LinkedHashMap<>();

  Watched(List<Server> all) {
    for (Server server : all) {
      if (!servers.containsValue(server)) {
        String name = server.name();
        servers.put(servers.containsKey(name) ? name + "@" + server.addr() : name, server);
      }
    }
  }

  Map<String, Server> all() {
    return servers;
  }

  @Nullable Server byName(String name) {
    return servers.get(name);
  }
}

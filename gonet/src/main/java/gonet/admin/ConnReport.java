package gonet.admin;

import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.netip.AddrSet;
import gonet.server.ConnDump;
import gonet.server.Server;
import gonet.server.ServerConn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the servers. What is cheap to know filters and sorts; only those that are
 * shown are asked what they wait for, so that a look at ten thousand costs little.
 */
final class ConnReport {
  private static final int MAX_LIMIT = 10_000;

  private record Line(String server, ServerConn conn, long key) {}

  private final List<Line> lines;
  private final int matching;

  private ConnReport(List<Line> lines, int matching) {
    this.lines = lines;
    this.matching = matching;
  }

  static AdminResponse answer(AdminRequest request, Watched watched) throws AdminRequest.Malformed {
    String format = request.oneOf("format", "json", "text");
    ConnReport report = of(request, watched);
    return format.equals("json")
        ? AdminResponse.of(200, AdminResponse.JSON, report.json())
        : AdminResponse.text(200, report.text());
  }

  private static ConnReport of(AdminRequest request, Watched watched)
      throws AdminRequest.Malformed {
    String sort = request.oneOf("sort", "age", "read", "written", "id");
    int limit = request.number("limit", 1, MAX_LIMIT, 100);
    AddrSet peers = peers(request.parameter("peer"));
    ServerConn.Phase phase = phase(request.parameter("phase"));
    String only = request.parameter("server");
    if (only != null && watched.byName(only) == null) {
      throw new AdminRequest.Malformed(404, "there is no such server");
    }
    // The least of those kept is first, and leaves for a greater one.
    PriorityQueue<Line> most = new PriorityQueue<>(limit, Comparator.comparingLong(Line::key));
    int matching = 0;
    for (Map.Entry<String, Server> each : watched.all().entrySet()) {
      if (only != null && !only.equals(each.getKey())) {
        continue;
      }
      for (ServerConn conn : each.getValue().conns()) {
        if (phase != null && conn.phase() != phase || peers != null && !isFrom(peers, conn)) {
          continue;
        }
        matching++;
        long key = key(sort, conn);
        if (most.size() < limit) {
          most.add(new Line(each.getKey(), conn, key));
        } else if (most.peek().key() < key) {
          var _ = most.poll();
          most.add(new Line(each.getKey(), conn, key));
        }
      }
    }
    List<Line> lines = new ArrayList<>(most);
    lines.sort(Comparator.comparingLong(Line::key).reversed());
    return new ConnReport(lines, matching);
  }

  private static long key(String sort, ServerConn conn) {
    return switch (sort) {
      case "read" -> conn.bytesRead();
      case "written" -> conn.bytesWritten();
      case "id" -> conn.id();
      default -> conn.age().toNanos();
    };
  }

  private static @Nullable AddrSet peers(@Nullable String text) throws AdminRequest.Malformed {
    try {
      return text == null || text.isEmpty() ? null : AddrSet.of(text);
    } catch (IllegalArgumentException e) {
      throw new AdminRequest.Malformed(400, "peer is an address, a prefix or a range");
    }
  }

  private static ServerConn.@Nullable Phase phase(@Nullable String text)
      throws AdminRequest.Malformed {
    try {
      return text == null || text.isEmpty()
          ? null
          : ServerConn.Phase.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new AdminRequest.Malformed(400, "phase is paused, waiting, serving or ended");
    }
  }

  private static boolean isFrom(AddrSet peers, ServerConn conn) {
    NetAddr remote = conn.remoteAddr();
    return remote instanceof TcpAddr tcp && peers.contains(tcp.addr());
  }

  private String json() {
    Json json = new Json().begin('{');
    json.name("matching").value(matching).name("conns").begin('[');
    for (Line line : lines) {
      ConnDump dump = line.conn().dump();
      json.begin('{').name("server").value(line.server()).name("id").value(dump.id());
      json.name("local").value(dump.local().toString());
      json.name("remote").value(dump.remote().toString());
      json.name("phase").value(dump.phase().toString());
      json.name("ageMillis").value(dump.age().toMillis());
      json.name("bytesRead").value(dump.bytesRead());
      json.name("bytesWritten").value(dump.bytesWritten());
      millis(json.name("readDeadlineInMillis"), dump.readDeadlineIn());
      millis(json.name("writeDeadlineInMillis"), dump.writeDeadlineIn());
      json.name("thread").value(dump.thread());
      json.name("waits").value(dump.waits()).end('}');
    }
    return json.end(']').end('}').toString();
  }

  private static void millis(Json json, @Nullable Duration time) {
    if (time == null) {
      json.value((String) null);
    } else {
      json.value(time.toMillis());
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder(lines.size() * 200 + 50);
    text.append(matching).append(" connections, ").append(lines.size()).append(" shown\n");
    for (Line line : lines) {
      text.append(line.server()).append(' ').append(line.conn().dump()).append('\n');
    }
    return text.toString();
  }

  /** Resets one: it may have to end because its peer does not read. */
  static AdminResponse close(AdminRequest request, Watched watched) throws AdminRequest.Malformed {
    long id = request.id("id");
    Server server = watched.byName(request.required("server"));
    if (server == null) {
      throw new AdminRequest.Malformed(404, "there is no such server");
    }
    for (ServerConn conn : server.conns()) {
      if (conn.id() == id) {
        conn.abort();
        return AdminResponse.text(200, "closed " + conn.remoteAddr() + "\n");
      }
    }
    throw new AdminRequest.Malformed(404, "there is no such connection");
  }
}

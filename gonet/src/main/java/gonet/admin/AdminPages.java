package gonet.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import gonet.Conn;
import gonet.NetClosedException;
import gonet.server.Server;
import gonet.server.ServerConn;
import gonet.server.ServerState;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Reads one request of a connection and answers it. Thread-safe. */
final class AdminPages {
  private static final System.Logger LOG = System.getLogger("gonet.admin");
  private static final String PAGE = "page.html";
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  private final Access access;
  private final Watched watched;
  private final BooleanSupplier readiness;
  private final Places places;

  // Made when they are asked for: they need modules of their own. Guarded by the monitor.
  private @Nullable RecordingReport recordings;
  private @Nullable ThreadReport threads;

  /**
   * @param places how many are served at a time
   */
  AdminPages(Access access, Watched watched, BooleanSupplier readiness, int places) {
    this.access = access;
    this.watched = watched;
    this.readiness = readiness;
    this.places = new Places(places);
  }

  void serve(ServerConn conn) throws Exception {
    Conn gives = places.enter(conn);
    try {
      if (gives != null) {
        gives.abort(); // perhaps this one
      }
      AdminRequest request = null;
      AdminRequest.Malformed malformed = null;
      try {
        request = AdminRequest.read(conn);
      } catch (AdminRequest.Malformed e) {
        malformed = e;
      } catch (NetClosedException e) {
        return; // it has made room, or the listener is closed
      }
      if (places.begin(conn) && (request != null || malformed != null)) {
        answer(request, malformed, conn);
        if (request == null || request.announcesBody() || hasUnread(conn)) {
          linger(conn);
        }
      }
    } finally {
      places.leave(conn);
    }
  }

  /**
   * Bytes that nobody reads would take the answer along, see {@link Conn#close}. So they are
   * dropped for a moment, unless another client needs the place.
   */
  private void linger(Conn conn) {
    if (places.linger(conn)) {
      conn.closeGracefully(GOODBYE);
    }
  }

  private static boolean hasUnread(Conn conn) {
    try {
      return conn.availableBytes() > 0;
    } catch (IOException | UnsupportedOperationException e) {
      return false; // it is gone; or a layer, which cannot tell
    }
  }

  /** One of the two is there. */
  private void answer(
      @Nullable AdminRequest request, AdminRequest.@Nullable Malformed malformed, ServerConn conn)
      throws Exception {
    AdminResponse answer;
    boolean withBody = true;
    try {
      if (request == null) {
        throw Objects.requireNonNull(malformed);
      }
      withBody = !request.method().equals("HEAD");
      AdminResponse refusal = access.refusal(request);
      if (refusal != null) {
        answer = refusal;
      } else if (request.path().equals("/recording") && request.method().equals("POST")) {
        record(request, conn);
        return;
      } else {
        answer = answer(request);
      }
    } catch (AdminRequest.Malformed e) {
      if (e.getCause() != null) {
        LOG.log(System.Logger.Level.WARNING, "a request cannot be answered", e.getCause());
      }
      answer = AdminResponse.text(e.status, e.getMessage() + "\n");
    } catch (InterruptedException e) {
      return; // the listener closes: nobody waits for an answer
    } catch (NoClassDefFoundError e) {
      answer =
          AdminResponse.text(501, "this Java runtime lacks a module: " + e.getMessage() + "\n");
    }
    answer.writeTo(conn, withBody);
  }

  private AdminResponse answer(AdminRequest request)
      throws AdminRequest.Malformed, InterruptedException {
    try {
      return byPath(request);
    } catch (IOException | RuntimeException e) {
      throw AdminRequest.Malformed.failed(e);
    }
  }

  private AdminResponse byPath(AdminRequest request)
      throws AdminRequest.Malformed, IOException, InterruptedException {
    boolean asks = request.method().equals("GET") || request.method().equals("HEAD");
    return switch (request.path()) {
      case "/conns/close" ->
          request.method().equals("POST") ? ConnReport.close(request, watched) : notAllowed("POST");
      case "/recording" -> notAllowed("POST");
      case "/" -> asks ? page() : notAllowed("GET, HEAD");
      case "/metrics" ->
          asks ? Metrics.answer(request.header("accept"), watched) : notAllowed("GET, HEAD");
      case "/health" -> asks ? AdminResponse.text(200, "ok\n") : notAllowed("GET, HEAD");
      case "/ready" -> asks ? ready() : notAllowed("GET, HEAD");
      case "/stats" -> asks ? StatsReport.answer(watched) : notAllowed("GET, HEAD");
      case "/conns" -> asks ? ConnReport.answer(request, watched) : notAllowed("GET, HEAD");
      case "/threads" -> asks ? threads().answer() : notAllowed("GET, HEAD");
      default -> AdminResponse.text(404, "there is nothing at this path\n");
    };
  }

  private static AdminResponse notAllowed(String allowed) {
    return AdminResponse.text(405, "only " + allowed + "\n").with("Allow", allowed);
  }

  private AdminResponse ready() {
    for (Map.Entry<String, Server> each : watched.all().entrySet()) {
      ServerState state = each.getValue().state();
      if (state != ServerState.RUNNING) {
        return AdminResponse.text(503, each.getKey() + " is " + state + "\n");
      }
    }
    try {
      if (readiness.getAsBoolean()) {
        return AdminResponse.text(200, "ready\n");
      }
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "readiness cannot be told", e);
    }
    return AdminResponse.text(503, "the program is not ready\n");
  }

  private void record(AdminRequest request, ServerConn conn) throws Exception {
    recordings().answer(request, conn);
  }

  private synchronized RecordingReport recordings() {
    if (recordings == null) {
      recordings = new RecordingReport();
    }
    return recordings;
  }

  private synchronized ThreadReport threads() {
    if (threads == null) {
      threads = new ThreadReport();
    }
    return threads;
  }

  /** Nothing but what stands in the page itself may run or be loaded. */
  private static AdminResponse page() throws IOException {
    String nonce = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    try (InputStream in = AdminPages.class.getResourceAsStream(PAGE)) {
      if (in == null) {
        throw new IOException(PAGE + " is missing in the jar");
      }
      String html = new String(in.readAllBytes(), UTF_8).replace("NONCE", nonce);
      return AdminResponse.of(200, "text/html; charset=utf-8", html)
          .with(
              "Content-Security-Policy",
              "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'; style-src 'nonce-"
                  + nonce
                  + "'; script-src 'nonce-"
                  + nonce
                  + "'");
    }
  }
}

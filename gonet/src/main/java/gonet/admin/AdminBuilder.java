package gonet.admin;

import gonet.ListenConfig;
import gonet.Listener;
import gonet.NetAddr;
import gonet.TcpAddr;
import gonet.UnixAddr;
import gonet.server.Server;
import gonet.server.WhenFull;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how an {@link Admin} is to be. Not thread-safe.
 *
 * @since 0.1
 */
public final class AdminBuilder {
  private static final int MIN_TOKEN = 16;
  private static final int MAX_SERVED = 64;

  /** Some come while those that make room for them have not gone yet. */
  private static final int MAX_CONNS = 2 * MAX_SERVED;

  private final List<Server> servers = new ArrayList<>();
  private @Nullable Listener listener;
  private String network = "tcp";
  private String address = "127.0.0.1:0";
  private @Nullable String token;
  private BooleanSupplier readiness = () -> true;

  AdminBuilder() {}

  /**
   * Where it listens. A Unix path is open to its owner only, and one that a process has left behind
   * is taken over; the nio backend knows no such permissions, so that {@link #start} fails there.
   * Default: TCP, loopback, a port of the system's choice.
   */
  public AdminBuilder listenOn(String network, String address) {
    this.network = Objects.requireNonNull(network);
    this.address = Objects.requireNonNull(address);
    return this;
  }

  /**
   * Uses this listener, which is the admin's from {@link #start} on: one of TLS, for example, or
   * one of {@link gonet.cluster.HandOver#listen}, without which the next process finds the address
   * in use. In that case close the admin first when the next process serves, and drain then.
   */
  public AdminBuilder listener(Listener listener) {
    this.listener = Objects.requireNonNull(listener);
    return this;
  }

  /** Shows this server as well. May be repeated. */
  public AdminBuilder server(Server server) {
    servers.add(Objects.requireNonNull(server));
    return this;
  }

  /**
   * What every request has to carry. Needed for a listener that other machines can reach.
   *
   * @param token at least 16 visible characters of ASCII; null, the default, for none
   * @throws IllegalArgumentException if it is something else; the message does not hold the token
   */
  public AdminBuilder token(@Nullable String token) {
    if (token != null) {
      if (token.length() < MIN_TOKEN) {
        throw new IllegalArgumentException(
            "token of " + token.length() + " characters: at least " + MIN_TOKEN + " are needed");
      }
      if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw new IllegalArgumentException(
            "token with characters that are not visible ones of ASCII");
      }
    }
    this.token = token;
    return this;
  }

  /**
   * A further condition of {@code /ready}, such as a database that can be reached. Asked for each
   * request, on its thread; what it throws is a no, and goes to the log. Default: none.
   */
  public AdminBuilder readiness(BooleanSupplier isReady) {
    this.readiness = Objects.requireNonNull(isReady);
    return this;
  }

  /**
   * Opens the listener.
   *
   * @throws IOException if the address cannot be had
   * @throws IllegalArgumentException if others than this machine can reach the listener and there
   *     is no token; nothing stays open then
   */
  public Admin start() throws IOException {
    Listener opened = listener == null ? open() : listener;
    try {
      requireTokenFor(opened.addr());
      Access access = new Access(token, opened.addr() instanceof UnixAddr);
      AdminPages pages = new AdminPages(access, new Watched(servers), readiness, MAX_SERVED);
      return new Admin(
          Server.builder()
              .name("gonet-admin")
              .listener(opened)
              .maxConns(MAX_CONNS)
              .whenFull(WhenFull.WAIT)
              .handler(pages::serve)
              .start());
    } catch (Throwable t) {
      opened.close();
      throw t;
    }
  }

  private Listener open() throws IOException {
    ListenConfig config = ListenConfig.defaults();
    if (network.startsWith("unix")) {
      config =
          config
              .withReplaceStalePath(true)
              .withPathPermissions(PosixFilePermissions.fromString("rw-------"));
    }
    return config.listen(network, address);
  }

  private void requireTokenFor(NetAddr addr) {
    boolean ofThisMachine =
        addr instanceof UnixAddr || addr instanceof TcpAddr tcp && tcp.addr().isLoopback();
    if (!ofThisMachine && token == null) {
      throw new IllegalArgumentException(
          "admin listener at " + addr + ": an address that is not loopback needs a token");
    }
  }
}

package gonet.examples;

import gonet.ListenConfig;
import gonet.admin.Admin;
import gonet.admin.AdminBuilder;
import gonet.cluster.HandOver;
import gonet.server.Server;
import java.io.IOException;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a program, and what {@code --admin ADDRESS} among them says: where the program
 * shows its numbers and connections. The environment's {@code GONET_ADMIN_TOKEN} is the token,
 * without which the address has to be one of this machine: arguments can be seen by others.
 *
 * @param rest the other arguments
 * @param place null without the option
 */
record AdminOption(List<String> rest, @Nullable Place place) {
  /** How usages describe it. */
  static final String USAGE = "[--admin ADDRESS]";

  private static final String FLAG = "--admin";
  private static final String TOKEN = "GONET_ADMIN_TOKEN";

  /** Ends the program with a message if there is no address. */
  static AdminOption parse(String... args) {
    List<String> rest = new ArrayList<>(List.of(args));
    int at = rest.indexOf(FLAG);
    if (at < 0) {
      return new AdminOption(rest, null);
    }
    if (at + 1 >= rest.size()) {
      Program.fail("usage: " + USAGE);
    }
    var _ = rest.remove(at);
    return new AdminOption(rest, Place.parse(rest.remove(at)));
  }

  /** The other arguments. */
  String[] others() {
    return rest.toArray(String[]::new);
  }

  /**
   * What a worker of a cluster makes of it, since each shows its own connections: at a Unix path
   * with its number behind it, or at a port of its own, that of the first worker plus its number
   * less one.
   *
   * @param number from 1
   */
  AdminOption ofWorker(int number) throws IOException {
    if (place == null) {
      return this;
    }
    String address = place.address();
    if (!place.isTcp()) {
      return new AdminOption(rest, new Place(place.network(), address + "." + number));
    }
    int colon = address.lastIndexOf(':') + 1;
    try {
      int port = Integer.parseInt(address.substring(colon));
      int own = port == 0 ? 0 : port + number - 1;
      return new AdminOption(rest, new Place(place.network(), address.substring(0, colon) + own));
    } catch (NumberFormatException e) {
      throw new IOException(FLAG + " " + address + ": workers want the number of a port", e);
    }
  }

  /** Null without the option. */
  @Nullable Admin start(Server server) throws IOException {
    return start(server, null);
  }

  /**
   * The same in a program that hands over: its successor gets this listener too, or it would find
   * the address in use.
   */
  @Nullable Admin start(Server server, @Nullable HandOver generation) throws IOException {
    if (place == null) {
      return null;
    }
    AdminBuilder builder = Admin.builder().server(server);
    if (generation == null) {
      var _ = builder.listenOn(place.network(), place.address());
    } else {
      var _ = builder.listener(generation.listen(config(), place.network(), place.address()));
    }
    try {
      return builder.token(System.getenv(TOKEN)).start();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage() + " (" + TOKEN + " in the environment)", e);
    }
  }

  /** What {@link AdminBuilder#listenOn} opens. */
  private ListenConfig config() {
    ListenConfig config = ListenConfig.defaults();
    return place == null || place.isTcp()
        ? config
        : config
            .withReplaceStalePath(true)
            .withPathPermissions(PosixFilePermissions.fromString("rw-------"));
  }
}

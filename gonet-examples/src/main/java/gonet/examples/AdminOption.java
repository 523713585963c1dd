package gonet.examples;

import gonet.admin.Admin;
import gonet.admin.AdminBuilder;
import gonet.server.Server;
import java.io.IOException;
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

  /** Null without the option. */
  @Nullable Admin start(Server server) throws IOException {
    if (place == null) {
      return null;
    }
    AdminBuilder builder =
        Admin.builder().listenOn(place.network(), place.address()).server(server);
    try {
      return builder.token(System.getenv(TOKEN)).start();
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage() + " (" + TOKEN + " in the environment)", e);
    }
  }
}

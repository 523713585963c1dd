package gonet.examples;

import gonet.examples.chat.Lobby;
import gonet.examples.chat.Manners;
import gonet.examples.chat.Member;

/**
 * People who talk in rooms, line by line. Who is silent for long is asked whether it is still
 * there; who does not read what the others say is dropped, so that nobody has to wait for it.
 *
 * <p>Arguments: the address to listen on, and an {@link AdminOption}. Try it with several {@code nc
 * localhost PORT}; Ctrl-C stops it.
 *
 * <p>Read next: {@link Member}.
 */
public final class Chat {
  private Chat() {}

  /** Listens and serves until interrupted from the keyboard. */
  public static void main(String[] args) {
    AdminOption admin = AdminOption.parse(args);
    if (admin.rest().size() != 1) {
      Program.fail("usage: Chat LISTEN " + AdminOption.USAGE + "    (" + Place.USAGE + ")");
    }
    Lobby lobby = new Lobby();
    Manners manners = Manners.defaults();
    Program.serve(
        "chat", admin.rest().getFirst(), admin, conn -> Member.serve(conn, lobby, manners));
  }
}

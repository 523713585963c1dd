package gonet.test.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.examples.chat.Lobby;
import gonet.examples.chat.Manners;
import gonet.examples.chat.Member;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chat: rooms, signs of life, and members that do not read. */
@LeakCheck
@Timeout(180)
@Proves("D1")
class ChatTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  /** Lines that an outbox has room for. */
  private static final int BATCH = 20;

  private static final String WELCOME = ": /name NAME, /join ROOM, /who, /quit";

  private final List<Guest> guests = new ArrayList<>();
  private InProcess server;

  /** Somebody's terminal. */
  private record Guest(Socket socket, BufferedReader in) {
    void say(String line) throws IOException {
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
    }

    void hears(String... lines) throws IOException {
      for (String line : lines) {
        assertEquals(line, in.readLine());
      }
    }
  }

  private void start(Manners manners) throws IOException {
    Lobby lobby = new Lobby();
    server = InProcess.start(conn -> Member.serve(conn, lobby, manners));
  }

  private Guest enter(int number) throws IOException {
    Socket socket = server.connect();
    Guest guest =
        new Guest(
            socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)));
    guests.add(guest);
    guest.hears("* welcome, guest" + number + WELCOME, "* you are in lobby");
    return guest;
  }

  @AfterEach
  void stop() throws IOException {
    for (Guest guest : guests) {
      guest.socket.close();
    }
    server.close();
  }

  @Test
  void whatOneSaysTheOthersInTheRoomHear() throws Exception {
    start(Manners.defaults());
    Guest a = enter(1);
    Guest b = enter(2);
    a.hears("* guest2 came in");
    Guest c = enter(3);
    a.hears("* guest3 came in");
    b.hears("* guest3 came in");
    c.say("/join tea");
    c.hears("* you are in tea");
    a.hears("* guest3 went to another room");
    a.say("hello, w\u00f6rld\r");
    a.say("");
    b.hears("* guest3 went to another room", "guest1: hello, w\u00f6rld");
    b.say("/join tea");
    b.hears("* you are in tea");
    c.hears("* guest2 came in");
    c.say("milk?");
    b.hears("guest3: milk?");
    b.say("/who");
    b.hears("* in tea: guest2 guest3");
    a.hears("* guest2 went to another room");
  }

  @Test
  void aNameIsOnePersons() throws Exception {
    start(Manners.defaults());
    Guest a = enter(1);
    Guest b = enter(2);
    a.say("/name ann");
    a.hears("* guest2 came in", "* you are now ann");
    b.hears("* guest1 is now ann");
    b.say("/name ann");
    b.hears("* somebody else is ann");
    b.say("/name a b");
    b.say("/name");
    b.say("/join *");
    String rule = "* a name has 1 to 20 of A-Z a-z 0-9 _ -";
    b.hears(rule, rule, rule);
    b.say("/dance");
    b.hears("* there is no /dance");
    a.say("/quit");
    a.hears("* goodbye");
    assertNull(a.in.readLine());
    b.hears("* ann left");
    b.say("/name ann");
    b.hears("* you are now ann");
  }

  @Test
  void nobodyWritesOnOtherPeoplesScreens() throws Exception {
    start(Manners.defaults());
    Guest a = enter(1);
    Guest b = enter(2);
    b.say("\u001b[2Jgone\u0007 \u0085x \u009b2J \u202eyenom w\u00f6rld");
    a.hears("* guest2 came in", "guest2: ?[2Jgone? ?x ?2J ?yenom w\u00f6rld");
  }

  @Test
  void aLineWithoutEndEndsItsMember() throws Exception {
    start(Manners.defaults());
    Guest a = enter(1);
    Guest b = enter(2);
    b.say("x".repeat(2000));
    b.hears("* (line too long)");
    assertNull(b.in.readLine());
    a.hears("* guest2 came in", "* guest2 left (line too long)");
  }

  @Test
  void aMemberThatIsResetHasLeft() throws Exception {
    start(Manners.defaults());
    Guest a = enter(1);
    Guest b = enter(2);
    b.socket.setSoLinger(true, 0);
    b.socket.close();
    a.hears("* guest2 came in", "* guest2 left (connection lost)");
  }

  @Test
  @Proves("C13")
  void whoGivesNoSignOfLifeIsGone() throws Exception {
    start(new Manners(Duration.ofMillis(200), 2, 64 * 1024, LONG, 1000));
    Guest silent = enter(1);
    String probe = "* are you there? say /pong";
    silent.hears(probe);
    silent.say("/pong");
    silent.hears(probe, probe);
    IOException cut = assertThrows(IOException.class, silent.in::readLine);
    assertEquals("Connection reset", cut.getMessage());
  }

  @Test
  void drippingBytesIsNoSignOfLife() throws Exception {
    start(new Manners(Duration.ofMillis(200), 1, 64 * 1024, LONG, 1000));
    Guest guest = enter(1);
    Awaitility.await()
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              try {
                guest.socket.getOutputStream().write('x');
                return server.open() == 0;
              } catch (IOException e) {
                return true; // the server has closed meanwhile
              }
            });
  }

  @Test
  void aSlowReaderIsDroppedAndTheOthersDoNotWait() throws Exception {
    start(Manners.defaults());
    Guest talker = enter(1);
    Guest slow = enter(2);
    Guest quick = enter(3);
    talker.hears("* guest2 came in", "* guest3 came in");
    String line = "x".repeat(990);
    String left = "* guest2 left (too slow)";
    boolean dropped = false;
    // What the kernel holds for the slow one, some megabytes, comes before its outbox is full.
    for (int batch = 0; !dropped; batch++) {
      assertTrue(batch < 2000, "forty megabytes, and nobody minds");
      for (int i = 0; i < BATCH; i++) {
        talker.say(line);
      }
      for (int heard = 0; heard < BATCH; ) { // or the quick one might be dropped as well
        String next = quick.in.readLine();
        dropped |= next.equals(left);
        heard += next.equals("guest1: " + line) ? 1 : 0;
      }
    }
    talker.hears(left);
    IOException reset =
        assertThrows(UncheckedIOException.class, () -> slow.in.lines().count()).getCause();
    assertEquals("Connection reset", reset.getMessage());
  }
}

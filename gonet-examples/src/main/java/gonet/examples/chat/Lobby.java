package gonet.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Who is here, and in which room. A room is there as long as somebody is in it. Everybody in a room
 * hears the same lines in the same order, because saying something holds the lock; that takes no
 * longer than to put a line into each {@link Outbox}. Safe for any thread.
 */
public final class Lobby {
  static final String FIRST_ROOM = "lobby";

  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock, as are {@link Member#name} and {@link Member#room}. */
  private final Map<String, Set<Member>> rooms = new HashMap<>();

  private final Set<String> names = new TreeSet<>();
  private long guests;

  /** An empty one. */
  public Lobby() {}

  /** Lets a member in, under a name that nobody else has. */
  void enter(Member member) {
    lock.lock();
    try {
      do {
        member.name = "guest" + ++guests;
      } while (!names.add(member.name));
      member.tell("* welcome, " + member.name + ": /name NAME, /join ROOM, /who, /quit");
      move(member, FIRST_ROOM);
    } finally {
      lock.unlock();
    }
  }

  /** Says a line in the member's room, to everybody else. */
  void say(Member member, String text) {
    lock.lock();
    try {
      announce(member, member.name + ": " + text);
    } finally {
      lock.unlock();
    }
  }

  void rename(Member member, String name) {
    lock.lock();
    try {
      if (!names.add(name)) {
        member.tell("* somebody else is " + name);
        return;
      }
      names.remove(member.name);
      announce(member, "* " + member.name + " is now " + name);
      member.name = name;
      member.tell("* you are now " + name);
    } finally {
      lock.unlock();
    }
  }

  void join(Member member, String room) {
    lock.lock();
    try {
      if (!room.equals(member.room)) {
        leaveRoom(member, " went to another room");
        move(member, room);
      }
    } finally {
      lock.unlock();
    }
  }

  void who(Member member) {
    lock.lock();
    try {
      Set<String> here = new TreeSet<>();
      roommates(member).forEach(other -> here.add(other.name));
      here.add(member.name);
      member.tell("* in " + member.room + ": " + String.join(" ", here));
    } finally {
      lock.unlock();
    }
  }

  void leave(Member member, String why) {
    lock.lock();
    try {
      names.remove(member.name);
      leaveRoom(member, " left" + why);
    } finally {
      lock.unlock();
    }
  }

  // ---- with the lock held ----------------------------------------------------------------------

  private void move(Member member, String room) {
    member.room = room;
    rooms.computeIfAbsent(room, _ -> new LinkedHashSet<>()).add(member);
    member.tell("* you are in " + room);
    announce(member, "* " + member.name + " came in");
  }

  private void leaveRoom(Member member, String how) {
    announce(member, "* " + member.name + how);
    Set<Member> here = roommates(member);
    here.remove(member);
    if (here.isEmpty()) {
      rooms.remove(member.room);
    }
  }

  private void announce(Member from, String line) {
    byte[] bytes = line.getBytes(UTF_8);
    for (Member other : roommates(from)) {
      if (other != from) {
        other.tell(bytes);
      }
    }
  }

  /** Everybody in the member's room, the member included. */
  private Set<Member> roommates(Member member) {
    return rooms.getOrDefault(member.room, new LinkedHashSet<>());
  }
}

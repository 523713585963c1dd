package gonet.test.sim;

import static gonet.test.sim.Agreement.LONG;
import static gonet.test.sim.Agreement.SHORT;
import static gonet.test.sim.Agreement.awaitReadable;
import static gonet.test.sim.Agreement.close;
import static gonet.test.sim.Agreement.closeWrite;
import static gonet.test.sim.Agreement.readAll;
import static gonet.test.sim.Agreement.write;

import gonet.Conn;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Listener;
import gonet.Net;
import gonet.SocketDescriptor;
import gonet.UnixConn;
import gonet.UnixListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What happens to Unix connections, of streams and of packets alike. */
@SuppressWarnings("ImmutableEnumChecker") // functions without a state
enum UnixScenario {
  THERE_AND_BACK(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        seen.see("write", () -> write(left, 10));
        seen.read("read", right);
        seen.see("back", () -> write(right, 7));
        seen.read("read", left);
        seen.see("available", left::availableBytes);
      }),
  TWO_WRITES(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        write(left, 20);
        seen.see("available", right::availableBytes);
        seen.read("first", right);
        right.setReadTimeout(SHORT);
        seen.read("second", right);
      }),
  WHAT_DOES_NOT_FIT(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 150);
        seen.read("first", right);
        right.setReadTimeout(SHORT);
        seen.read("second", right);
      }),
  GATHERED(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        left.write(ByteBuffer.allocate(3), ByteBuffer.allocate(0), ByteBuffer.allocate(4));
        seen.read("one", right);
      }),
  TOO_LONG_FOR_A_PACKET(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        if (left.localAddr().network().equals("unixpacket")) {
          seen.see("longest", () -> write(left, 212_960));
          seen.see("longer", () -> write(left, 212_961));
        }
        seen.see("closed", left::isClosed);
      }),

  // ---- room
  FULL(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        left.setWriteTimeout(SHORT);
        seen.see("write", () -> writeMuch(left));
        seen.see("again", () -> write(left, 100_000));
        right.close();
        seen.see("gone", () -> write(left, 1));
      }),
  ALL_OF_MUCH(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread writer = seen.waiting("write", () -> writeMuch(left));
        int[] got = {0};
        for (byte[] buf = new byte[10_000]; got[0] < 2_000_000; ) {
          got[0] += right.read(buf);
        }
        writer.join();
        seen.see("read", () -> got[0]);
      }),
  CLOSE_OF_A_WRITER(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread writer = seen.waiting("write", () -> writeMuch(left));
        left.close();
        writer.join();
      }),
  A_WRITER_WHOSE_PEER_CLOSES(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread writer = seen.waiting("write", () -> writeMuch(left));
        right.close();
        writer.join();
        seen.read("read", left);
      }),

  // ---- ends
  CLOSE(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(right, 5);
        right.close();
        seen.read("data", left);
        seen.read("end", left);
        seen.see("write", () -> write(left, 1));
        seen.see("again", () -> write(left, 1));
      }),
  CLOSE_WITH_UNREAD_DATA(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        right.close();
        seen.read("reset", left);
        seen.read("end", left);
        seen.see("write", () -> write(left, 1));
      }),
  CLOSE_WITH_UNREAD_DATA_SEEN_BY_A_WRITE(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        right.close();
        seen.see("write", () -> write(left, 1));
        seen.see("again", () -> write(left, 1));
        seen.read("read", left);
        seen.read("again", left);
      }),
  CLOSE_WITH_UNREAD_DATA_ON_BOTH_SIDES(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        write(right, 20);
        right.close();
        seen.read("first", left);
        seen.read("second", left);
        seen.read("third", left);
      }),
  ABORT(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        right.abort();
        seen.read("read", left);
      }),
  HALF_CLOSE(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        seen.see("end", () -> closeWrite(left));
        seen.read("data", right);
        seen.read("end", right);
        seen.see("write", () -> write(right, 20));
        seen.read("back", left);
        seen.see("write", () -> write(left, 1));
      }),
  HALF_CLOSE_OF_THE_READING_SIDE(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        right.closeRead();
        seen.see("write", () -> write(left, 1));
        seen.see("back", () -> write(right, 3));
        seen.read("read", left);
      }),
  BOTH_HALVES(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        left.closeWrite();
        right.closeWrite();
        seen.read("left", left);
        seen.read("right", right);
      }),

  // ---- waits
  READ_TIMEOUT(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        left.setReadTimeout(SHORT);
        seen.read("read", left);
        write(right, 4);
        left.setReadTimeout(null);
        seen.read("goes on", left);
      }),
  DEADLINE_IN_THE_PAST(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(right, 5);
        left.awaitReadable();
        left.setDeadline(Instant.EPOCH);
        seen.read("read", left);
        seen.see("await", () -> awaitReadable(left));
        left.setDeadline(null);
        seen.read("goes on", left);
      }),
  DATA_FOR_A_READER(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread reader = seen.waiting("read", () -> left.read(new byte[100]));
        write(right, 3);
        reader.join();
      }),
  END_FOR_A_READER(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread reader = seen.waiting("read", () -> left.read(new byte[100]));
        right.close();
        reader.join();
      }),
  RESET_FOR_A_READER(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread reader = seen.waiting("read", () -> left.read(new byte[100]));
        write(left, 3);
        right.close();
        reader.join();
      }),
  CLOSE_OF_A_READER(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        Thread reader = seen.waiting("read", () -> left.read(new byte[100]));
        left.close();
        reader.join();
        seen.read("peer", right);
      }),

  // ---- names and who is there
  NAMES(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        seen.see("one path", () -> left.remoteAddr().equals(right.localAddr()));
        seen.see("no name", () -> "<" + left.localAddr() + "> <" + right.remoteAddr() + ">");
      }),
  CREDENTIALS(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        seen.see("equal", () -> left.peerCredentials().equals(right.peerCredentials()));
        seen.see("pid", () -> left.peerCredentials().pid() > 0);
      }),
  OPTIONS(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        seen.see("default", left::writeBuffer);
        left.setWriteBuffer(50_000);
        seen.see("set", () -> left.writeBuffer() > 50_000);
        seen.see("names", () -> left.supportedOptions().size());
      }),
  NO_NAME(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        String path = listener.addr().toString();
        seen.see("close", () -> close(listener));
        seen.see("file", () -> Files.exists(Path.of(path)));
        seen.see("dial", () -> Net.dial(place.network(), path));
        seen.see("abstract", () -> Net.dial(place.network(), "@nobody-has-this-name"));
      }),
  A_FILE_WITHOUT_A_SOCKET(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        String path = listener.addr().toString();
        listener.setUnlinkOnClose(false);
        listener.close();
        seen.see("file", () -> Files.exists(Path.of(path)));
        seen.see("dial", () -> Net.dial(place.network(), path));
        seen.see("listen", () -> Net.listen(place.network(), path));
        ListenConfig replacing = ListenConfig.defaults().withReplaceStalePath(true);
        try (Listener anew = replacing.listen(place.network(), path)) {
          seen.see("dial", () -> close(Net.dial(place.network(), path)));
          seen.see("listen", () -> replacing.listen(place.network(), path));
          seen.see("accept", () -> close(anew.accept()));
        }
        seen.see("file", () -> Files.exists(Path.of(path)));
      }),
  FILES_OF_OTHERS(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        Path file = Files.createFile(place.folder().resolve("file"));
        seen.see("listen", () -> Net.listen(place.network(), file.toString()));
        seen.see("dial", () -> Net.dial(place.network(), file.toString()));
        String below = file.resolve("s").toString();
        seen.see("listen below", () -> Net.listen(place.network(), below));
        seen.see("dial below", () -> Net.dial(place.network(), below));
        String nowhere = place.folder().resolve("none").resolve("s").toString();
        seen.see("listen nowhere", () -> Net.listen(place.network(), nowhere));
        seen.see("folder", () -> Net.dial(place.network(), place.folder().toString()));
        Files.delete(file);
      }),
  A_FILE_THAT_MOVES(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        Path there = place.folder().resolve("t");
        Path _ = Files.move(Path.of(listener.addr().toString()), there);
        seen.see("dial", () -> close(Net.dial(place.network(), there.toString())));
        seen.see("accept", () -> close(listener.accept()));
        listener.close();
        seen.see("file", () -> Files.exists(there));
        Files.deleteIfExists(there);
      }),
  ANOTHER_KIND(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        String other = place.network().equals("unix") ? "unixpacket" : "unix";
        seen.see("dial", () -> Net.dial(other, listener.addr().toString()));
      }),
  PERMISSIONS(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        Path path = place.folder().resolve("p");
        ListenConfig mine =
            ListenConfig.defaults()
                .withPathPermissions(PosixFilePermissions.fromString("rw-------"));
        try (Listener _ = mine.listen(place.network(), path.toString())) {
          seen.see("file", () -> Files.getPosixFilePermissions(path).size());
        }
      }),
  NAMES_OF_THE_KERNEL(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        try (Listener free = Net.listen(place.network(), "")) {
          seen.see("length", () -> free.addr().toString().length());
          seen.see("dial", () -> close(Net.dial(place.network(), free.addr().toString())));
          seen.see("listen", () -> Net.listen(place.network(), free.addr().toString()));
        }
      }),
  BACKLOG(
      (Agreement.Seen seen, Place place, UnixListener listener) -> {
        Path path = place.folder().resolve("b");
        List<Conn> all = new ArrayList<>();
        Dialer dialer = Dialer.defaults().withTimeout(SHORT);
        try (Listener small =
            ListenConfig.defaults().withBacklog(1).listen(place.network(), path.toString())) {
          for (int i = 0; i < 3; i++) {
            seen.see("dial", () -> all.add(dialer.dial(place.network(), path.toString())));
          }
          write(all.get(0), 3);
          seen.see("accept", () -> small.accept().read(new byte[10]));
          seen.see("dial", () -> all.add(dialer.dial(place.network(), path.toString())));
        }
        seen.read("reset", all.get(1));
        seen.read("end", all.get(1));
        for (Conn each : all) {
          each.close();
        }
      }),

  // ---- descriptors
  A_LISTENER_IS_PASSED(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        try (Listener tcp = Net.listen("tcp4", Agreement.ADDRESS)) {
          left.sendDescriptors(new byte[3], ((gonet.TcpListener) tcp));
          String address = tcp.addr().toString();
          try (UnixConn.Received received = right.receive(new byte[10], 0, 10, 1)) {
            seen.see("bytes", received::bytes);
            seen.see("descriptors", () -> received.descriptors().size());
            try (Listener passed = Net.fileListener(received.descriptors().getFirst())) {
              close(received);
              close(tcp);
              seen.see("address", () -> passed.addr().toString().equals(address));
              seen.see("dial", () -> close(Net.dial("tcp4", address)));
              seen.see("accept", () -> close(passed.accept()));
            }
          }
          seen.see("closed", () -> Net.dial("tcp4", address));
        }
      }),
  A_CONNECTION_IS_PASSED(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        try (Listener tcp = Net.listen("tcp4", Agreement.ADDRESS);
            Conn dialled = Net.dial("tcp4", tcp.addr().toString());
            Conn accepted = tcp.accept()) {
          left.sendDescriptors(new byte[3], (gonet.TcpConn) accepted);
          close(accepted);
          write(dialled, 5);
          try (UnixConn.Received received = right.receive(new byte[10], 0, 10, 5);
              Conn passed = Net.fileConn(received.descriptors().getFirst())) {
            seen.read("read", passed);
            seen.see("write", () -> write(passed, 6));
            seen.read("back", dialled);
          }
          seen.read("end", dialled);
        }
      }),
  NOBODY_WANTS_WHAT_IS_PASSED(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        try (Listener tcp = Net.listen("tcp4", Agreement.ADDRESS);
            Conn dialled = Net.dial("tcp4", tcp.addr().toString());
            Conn accepted = tcp.accept()) {
          left.sendDescriptors(new byte[3], (gonet.TcpConn) accepted);
          close(accepted);
          seen.read("read", right);
          seen.read("end", dialled);
        }
      }),
  NO_ROOM_FOR_WHAT_IS_PASSED(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        left.sendDescriptors(new byte[3], left, right);
        try (UnixConn.Received received = right.receive(new byte[10], 0, 10, 1)) {
          seen.see("descriptors", () -> received.descriptors().size());
          seen.see("truncated", received::truncated);
        }
        left.sendDescriptors(new byte[3], right);
        try (UnixConn.Received received = right.receive(new byte[10], 0, 10, 0)) {
          seen.see("descriptors", () -> received.descriptors().size());
          seen.see("truncated", received::truncated);
        }
      }),
  WHAT_IS_PASSED_ENDS_A_READ(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 2);
        left.sendDescriptors(new byte[3], left);
        write(left, 4);
        seen.read("first", right);
        seen.read("second", right);
      }),
  A_CLOSE_DROPS_WHAT_IS_ON_ITS_WAY(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        try (Listener tcp = Net.listen("tcp4", Agreement.ADDRESS)) {
          left.sendDescriptors(new byte[3], (gonet.TcpListener) tcp);
          close(tcp);
          seen.see("dial", () -> close(Net.dial("tcp4", tcp.addr().toString())));
          right.close();
          seen.see("dial", () -> Net.dial("tcp4", tcp.addr().toString()));
        }
      }),
  A_DUPLICATE_KEEPS_A_CONNECTION_OPEN(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        left.setReadTimeout(SHORT);
        try (SocketDescriptor _ = right.duplicateDescriptor()) {
          right.close();
          seen.read("waits", left);
        }
        seen.read("end", left);
      }),
  WRONG_ADOPTIONS(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        seen.see("not open", () -> Net.fileConn(900_000));
        try (SocketDescriptor connected = left.duplicateDescriptor();
            Listener tcp = Net.listen("tcp4", Agreement.ADDRESS);
            SocketDescriptor listens = ((gonet.TcpListener) tcp).duplicateDescriptor()) {
          seen.see("listener", () -> Net.fileListener(connected.number()));
          seen.see("connection", () -> Net.fileConn(listens.number()));
          seen.see("packets", () -> Net.filePacketConn(connected.number()));
        }
      }),
  ALL_TO_THE_END(
      (Agreement.Seen seen, UnixConn left, UnixConn right) -> {
        write(left, 10);
        write(left, 10);
        left.closeWrite();
        seen.see("read", () -> readAll(right));
      });

  /** Where sockets have their paths. */
  record Place(Path folder, String network) {}

  interface Talk {
    void run(Agreement.Seen seen, UnixConn left, UnixConn right)
        throws IOException, InterruptedException;
  }

  interface Listening {
    void run(Agreement.Seen seen, Place place, UnixListener listener)
        throws IOException, InterruptedException;
  }

  private final Listening what;

  UnixScenario(Talk talk) {
    this(
        (Agreement.Seen seen, Place place, UnixListener listener) -> {
          try (UnixConn left = (UnixConn) Net.dial(place.network(), listener.addr().toString());
              UnixConn right = listener.accept()) {
            left.setReadTimeout(LONG);
            right.setReadTimeout(LONG);
            talk.run(seen, left, right);
          }
        });
  }

  UnixScenario(Listening what) {
    this.what = what;
  }

  List<String> play(Place place) throws IOException, InterruptedException {
    Agreement.Seen seen = new Agreement.Seen();
    String path = place.folder().resolve("s").toString();
    try (UnixListener listener = (UnixListener) Net.listen(place.network(), path)) {
      what.run(seen, place, listener);
    }
    return seen.lines();
  }

  /** More than a buffer holds: at once, or as packets. */
  private static int writeMuch(UnixConn conn) throws IOException {
    if (conn.localAddr().network().equals("unix")) {
      return write(conn, 2_000_000);
    }
    for (int i = 0; i < 200; i++) {
      write(conn, 10_000);
    }
    return 2_000_000;
  }
}

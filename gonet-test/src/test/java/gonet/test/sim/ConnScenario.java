package gonet.test.sim;

import static gonet.test.sim.Agreement.HUGE;
import static gonet.test.sim.Agreement.SHORT;
import static gonet.test.sim.Agreement.await;
import static gonet.test.sim.Agreement.awaitReadable;
import static gonet.test.sim.Agreement.closeWrite;
import static gonet.test.sim.Agreement.pair;
import static gonet.test.sim.Agreement.readAll;
import static gonet.test.sim.Agreement.sameHost;
import static gonet.test.sim.Agreement.write;
import static gonet.test.sim.Agreement.writeUntilItFails;

import gonet.Conn;
import gonet.KeepAlive;
import gonet.Listener;
import gonet.Net;
import gonet.NetTimeoutException;
import gonet.TcpConn;
import gonet.Transfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;

/** What happens to a connection that stands. */
@SuppressWarnings("ImmutableEnumChecker") // functions without a state
enum ConnScenario {
  ECHO(
      (seen, left, right) -> {
        seen.see("write", () -> write(left, 10));
        seen.read("read", right);
        seen.see("back", () -> write(right, 5));
        seen.read("read", left);
      }),
  SEVERAL_WRITES_ARE_ONE_STREAM(
      (seen, left, right) -> {
        for (int i = 1; i <= 3; i++) {
          write(left, 5);
        }
        seen.see(
            "read",
            () -> {
              right.readFully(new byte[15]);
              return "all";
            });
      }),
  GATHERED_WRITE(
      (seen, left, right) -> {
        ByteBuffer[] parts = {
          ByteBuffer.allocate(3), ByteBuffer.allocate(0), ByteBuffer.allocate(4)
        };
        left.write(parts);
        left.closeWrite();
        seen.see("left over", () -> parts[0].remaining() + parts[2].remaining());
        seen.see("all", () -> readAll(right));
      }),
  EMPTY_READ_AND_WRITE(
      (seen, left, right) -> {
        seen.see("write", () -> write(left, 0));
        seen.see("read", () -> left.read(new byte[0]));
      }),
  AVAILABLE_BYTES(
      (seen, left, right) -> {
        seen.see("none", left::availableBytes);
        write(right, 7);
        left.awaitReadable();
        seen.see("some", left::availableBytes);
        left.readFully(new byte[3]);
        seen.see("rest", left::availableBytes);
      }),
  UNSENT_BYTES(
      (seen, left, right) -> {
        write(left, 7);
        await(() -> left.unsentBytes() == 0);
        seen.see("acknowledged unread", left::unsentBytes);
      }),

  // ---- ends
  END_OF_STREAM(
      (seen, left, right) -> {
        left.close();
        seen.read("read", right);
        seen.read("again", right);
      }),
  BYTES_BEFORE_THE_END(
      (seen, left, right) -> {
        write(left, 10);
        left.close();
        seen.read("read", right);
        seen.read("end", right);
      }),
  CLOSE_SENDS_WHAT_WAS_WRITTEN(
      (seen, left, right) -> {
        write(left, 60_000);
        left.close();
        seen.see("all", () -> readAll(right));
      }),
  LINGER_WAITS_FOR_IT(
      (seen, left, right) -> {
        left.setLinger(Duration.ofSeconds(5));
        write(left, 10);
        left.close();
        seen.see("all", () -> readAll(right));
      }),
  HALF_CLOSE(
      (seen, left, right) -> {
        left.closeWrite();
        seen.read("end", right);
        seen.see("write", () -> write(right, 7));
        seen.read("read", left);
        seen.see("write behind the end", () -> write(left, 1));
        seen.see("twice", () -> closeWrite(left));
      }),
  HALF_CLOSE_OF_BOTH(
      (seen, left, right) -> {
        left.closeWrite();
        right.closeWrite();
        seen.read("left", left);
        seen.read("right", right);
      }),
  READ_BEHIND_OWN_END(
      (seen, left, right) -> {
        left.closeWrite();
        write(right, 5);
        seen.read("read", left);
        right.close();
        seen.read("end", left);
      }),
  WRITE_BEHIND_THE_PEERS_END(
      (seen, left, right) -> {
        right.closeWrite();
        seen.read("end", left);
        seen.see("write", () -> write(left, 3));
        seen.read("read", right);
      }),
  HALF_CLOSE_AND_CLOSE(
      (seen, left, right) -> {
        left.closeWrite();
        left.close();
        seen.read("end", right);
        writeUntilItFails(right);
        seen.see("write", () -> write(right, 1));
      }),
  CLOSE_READ(
      (seen, left, right) -> {
        left.closeRead();
        seen.read("read", left);
        seen.see("write", () -> write(left, 3));
        seen.read("other", right);
      }),
  CLOSE_READ_OF_UNREAD_BYTES(
      (seen, left, right) -> {
        write(right, 5);
        left.awaitReadable();
        left.closeRead();
        seen.read("read", left);
      }),
  BYTES_BEHIND_A_CLOSE_READ(
      (seen, left, right) -> {
        left.closeRead();
        seen.see("write", () -> write(right, 5));
        await(() -> right.unsentBytes() == 0);
        seen.read("read", left);
      }),
  AWAIT_READABLE_AT_THE_END(
      (seen, left, right) -> {
        right.close();
        seen.see("await", () -> awaitReadable(left));
        seen.see("empty read", () -> left.read(new byte[0]));
        seen.read("read", left);
      }),

  // ---- resets
  RESET_BY_ABORT(
      (seen, left, right) -> {
        left.abort();
        seen.read("read", right);
        seen.read("again", right);
        seen.see("write", () -> write(right, 1));
      }),
  RESET_BEHIND_BYTES(
      (seen, left, right) -> {
        write(left, 10);
        seen.read("first", right);
        left.abort();
        seen.read("read", right);
      }),
  BYTES_ARE_READ_BEHIND_A_RESET(
      (seen, left, right) -> {
        write(left, 10);
        right.awaitReadable();
        left.abort();
        seen.read("read", right);
        seen.read("reset", right);
      }),
  RESET_BY_UNREAD_BYTES(
      (seen, left, right) -> {
        write(left, 10);
        right.awaitReadable();
        right.close();
        seen.read("read", left);
      }),
  ABORT_OF_UNREAD_BYTES(
      (seen, left, right) -> {
        write(right, 10);
        left.awaitReadable();
        left.abort();
        seen.read("read", right);
      }),
  ABORT_OF_UNSENT_BYTES(
      (seen, left, right) -> {
        left.setWriteTimeout(SHORT);
        seen.see("write", () -> write(left, HUGE));
        left.abort();
        seen.see("all", () -> readAll(right));
      }),
  LINGER_ZERO(
      (seen, left, right) -> {
        left.setLinger(Duration.ZERO);
        left.close();
        seen.read("read", right);
      }),
  RESET_SEEN_BY_A_WRITE(
      (seen, left, right) -> {
        right.close();
        seen.read("end", left);
        writeUntilItFails(left);
        seen.see("write", () -> write(left, 1));
        seen.read("read", left);
      }),
  RESET_BEHIND_THE_END(
      (seen, left, right) -> {
        left.closeWrite();
        seen.read("end", right);
        left.abort();
        writeUntilItFails(right);
        seen.see("write", () -> write(right, 1));
        seen.read("read", right);
      }),
  RESET_BEHIND_BYTES_AND_THE_END(
      relay(
          (seen, left, right, on, end) -> {
            write(left, 10);
            left.closeWrite();
            right.awaitReadable();
            left.abort();
            end.setReadTimeout(SHORT);
            seen.read("meanwhile", end);
            seen.read("read", right);
            seen.read("end", right);
          })),
  RESET_BEHIND_AN_UNREAD_END(
      relay(
          (seen, left, right, on, end) -> {
            left.closeWrite();
            left.abort();
            end.setReadTimeout(SHORT);
            seen.read("meanwhile", end);
            seen.read("end", right);
            writeUntilItFails(right);
            seen.see("write", () -> write(right, 1));
          })),
  RESET_OF_A_READER(
      (seen, left, right) -> {
        Thread reader = seen.waiting("read", () -> right.read(new byte[1]));
        left.abort();
        reader.join();
      }),
  RESET_OF_A_WRITER(
      (seen, left, right) -> {
        Thread writer = seen.waiting("write", () -> write(right, HUGE));
        left.abort();
        writer.join();
      }),
  PEER_CLOSES_AND_HAS_NOT_READ(
      (seen, left, right) -> {
        Thread writer = seen.waiting("write", () -> write(right, HUGE));
        left.close();
        writer.join();
      }),
  AWAIT_READABLE_OF_A_RESET(
      (seen, left, right) -> {
        right.abort();
        seen.see("await", () -> awaitReadable(left));
        seen.read("read", left);
      }),

  // ---- closes of one's own
  CLOSED_HERE(
      (seen, left, right) -> {
        left.close();
        seen.read("read", left);
        seen.see("write", () -> write(left, 1));
        seen.see("closeWrite", () -> closeWrite(left));
        seen.see("await", () -> awaitReadable(left));
        seen.see("available", left::availableBytes);
      }),
  SEVERAL_CLOSES(
      (seen, left, right) -> {
        left.close();
        left.close();
        left.abort();
        seen.see("closed", left::isClosed);
        seen.read("read", right);
      }),
  CLOSE_OF_A_READER(
      (seen, left, right) -> {
        Thread reader = seen.waiting("read", () -> left.read(new byte[1]));
        left.close();
        reader.join();
      }),
  CLOSE_OF_A_WRITER(
      (seen, left, right) -> {
        Thread writer = seen.waiting("write", () -> write(left, HUGE));
        left.close();
        writer.join();
      }),
  ADDRESSES(
      (seen, left, right) -> {
        seen.see("mine", () -> left.localAddr().equals(right.remoteAddr()));
        seen.see("theirs", () -> left.remoteAddr().equals(right.localAddr()));
        seen.see("one host", () -> sameHost(left.localAddr(), left.remoteAddr()));
      }),
  ADDRESSES_BEHIND_A_CLOSE(
      (seen, left, right) -> {
        String before = left.localAddr() + " " + left.remoteAddr();
        left.close();
        right.close();
        seen.see("same", () -> before.equals(left.localAddr() + " " + left.remoteAddr()));
        seen.see("theirs", () -> left.localAddr().equals(right.remoteAddr()));
      }),

  OPTIONS(
      (seen, left, right) -> {
        seen.see("no delay", left::noDelay);
        left.setNoDelay(false);
        seen.see("delay", left::noDelay);
        seen.see("keepalive", right::keepAlive);
        left.setKeepAlive(KeepAlive.of(Duration.ofSeconds(30), Duration.ofSeconds(10), 3));
        seen.see("mine", left::keepAlive);
        seen.see("user timeout", left::userTimeout);
        left.setUserTimeout(Duration.ofSeconds(5));
        seen.see("mine", left::userTimeout);
        seen.see("linger", left::linger);
        left.setLinger(Duration.ofSeconds(3));
        seen.see("mine", left::linger);
        left.setReadBuffer(20_000);
        seen.see("read buffer", left::readBuffer);
        left.setTrafficClass(16);
        seen.see("traffic class", left::trafficClass);
      }),

  // ---- deadlines and interrupts
  READ_TIMEOUT(
      (seen, left, right) -> {
        left.setReadTimeout(SHORT);
        seen.read("read", left);
        write(right, 4);
        left.setReadTimeout(null);
        seen.read("goes on", left);
      }),
  READ_DEADLINE_IN_THE_PAST(
      (seen, left, right) -> {
        write(right, 5);
        left.awaitReadable();
        left.setReadDeadline(Instant.EPOCH);
        seen.read("read", left);
        seen.see("await", () -> awaitReadable(left));
        left.setReadDeadline(null);
        seen.read("goes on", left);
      }),
  WRITE_DEADLINE_IN_THE_PAST(
      (seen, left, right) -> {
        left.setWriteDeadline(Instant.EPOCH);
        seen.see("write", () -> write(left, 5));
        left.setWriteDeadline(null);
        seen.see("goes on", () -> write(left, 6));
        seen.read("read", right);
      }),
  DEADLINE_OF_A_READER(
      (seen, left, right) -> {
        left.setReadTimeout(null);
        Thread reader = seen.waiting("read", () -> left.read(new byte[1]));
        left.setReadDeadline(Instant.EPOCH);
        reader.join();
      }),
  DEADLINE_OF_A_WRITER(
      (seen, left, right) -> {
        Thread writer = seen.waiting("write", () -> write(left, HUGE));
        left.setWriteDeadline(Instant.EPOCH);
        writer.join();
      }),
  INTERRUPT_OF_A_READER(
      (seen, left, right) -> {
        Thread reader = seen.waiting("read", () -> left.read(new byte[1]));
        reader.interrupt();
        reader.join();
        write(right, 3);
        seen.read("goes on", left);
      }),
  FULL_WINDOW(
      (seen, left, right) -> {
        left.setWriteTimeout(SHORT);
        seen.see("write", () -> write(left, HUGE));
        seen.see("again", () -> write(left, HUGE));
      }),
  FULL_WINDOW_DRAINS(
      (seen, left, right) -> {
        Thread writer =
            Net.go(
                "writer",
                () -> {
                  write(left, 4 << 20);
                  left.closeWrite();
                });
        seen.see("all", () -> readAll(right));
        writer.join();
      }),
  WRITE_CUT_OFF_GOES_ON(
      (seen, left, right) -> {
        long[] sent = {0};
        left.setWriteTimeout(SHORT);
        try {
          write(left, HUGE);
        } catch (NetTimeoutException e) {
          sent[0] = e.bytesTransferred();
        }
        seen.see("a part", () -> sent[0] > 0 && sent[0] < HUGE);
        left.setWriteTimeout(null);
        Thread writer =
            Net.go(
                "writer",
                () -> {
                  write(left, 1);
                  left.closeWrite();
                });
        seen.see("more", () -> readAll(right) - sent[0]);
        writer.join();
      }),

  // ---- transfers, from left over right and on to the end of another connection
  TRANSFER(
      relay(
          (seen, left, right, on, end) -> {
            Thread carrier =
                Net.go(
                    "carrier",
                    () -> {
                      Transfer.between(right, on).run();
                      on.closeWrite();
                    });
            write(left, 50_000);
            left.closeWrite();
            seen.see("all", () -> readAll(end));
            carrier.join();
          })),
  TRANSFER_GOES_ON_BEHIND_A_TIMEOUT(
      relay(
          (seen, left, right, on, end) -> {
            Transfer transfer = Transfer.between(right, on);
            write(left, 10);
            right.awaitReadable();
            right.setReadTimeout(SHORT);
            seen.see("run", transfer::run);
            seen.see("bytes", transfer::bytes);
            right.setReadTimeout(null);
            write(left, 5);
            left.closeWrite();
            seen.see("run", transfer::run);
            on.closeWrite();
            seen.see("all", () -> readAll(end));
          })),
  TRANSFER_OF_A_RESET(
      relay(
          (seen, left, right, on, end) -> {
            Transfer transfer = Transfer.between(right, on);
            left.abort();
            seen.see("run", transfer::run);
            seen.see("bytes", transfer::bytes);
            on.close();
            seen.read("end", end);
          }));

  private interface Relay {
    void run(Agreement.Seen seen, TcpConn left, TcpConn right, TcpConn on, TcpConn end)
        throws IOException, InterruptedException;
  }

  private static Agreement.Talk relay(Relay relay) {
    return (seen, left, right) -> {
      try (Listener listener = Net.listen("tcp4", Agreement.ADDRESS);
          Conn on = Net.dial("tcp4", listener.addr().toString());
          Conn end = listener.accept()) {
        relay.run(seen, left, right, (TcpConn) on, (TcpConn) end);
      }
    };
  }

  private final Agreement.Script script;

  ConnScenario(Agreement.Talk talk) {
    script = pair(talk);
  }

  Agreement.Script script() {
    return script;
  }
}

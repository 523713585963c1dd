package gonet.test.go;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import gonet.Conn;
import gonet.ListenConfig;
import gonet.NetClosedException;
import gonet.NetInterruptedException;
import gonet.NetSocketException;
import gonet.NetTimeoutException;
import gonet.RawConn;
import gonet.TcpConn;
import gonet.TcpListener;
import gonet.TimeLimit;
import gonet.internal.backend.Errno;
import gonet.internal.sys.Linux;
import gonet.internal.sys.SocketQueries;
import gonet.internal.sys.Transfer;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.LeakCheck;
import gonet.test.Proves;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Go's {@code rawconn_test.go}: system calls of a program's own, with the netpoller's waiting. */
@LeakCheck
@Timeout(180)
@OverEpoll
@Proves({"tcp-raw", "listener-raw", "raw-wait"})
class RawConnTest {
  private static final byte[] HELLO = "hello".getBytes(UTF_8);

  private final Crew crew = new Crew(Callers.VIRTUAL);
  private TcpListener listener;
  private TcpConn client;
  private TcpConn server;

  @BeforeEach
  void connect() throws IOException {
    listener = ListenConfig.defaults().listenTcp("tcp", "127.0.0.1:0");
    client = gonet.Dialer.defaults().dialTcp("tcp", listener.addr());
    server = listener.accept();
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    server.close();
    listener.close();
    crew.end();
  }

  /** A receive as a program would make it by itself. */
  private static final class Receive implements RawConn.Attempt {
    private final byte[] buf = new byte[10];
    private final AtomicInteger calls = new AtomicInteger();
    private volatile int result;

    @Override
    public boolean run(int fd) {
      calls.incrementAndGet();
      result = Transfer.receive(fd, buf, 0, buf.length, new int[2], 0);
      return result != -Errno.EAGAIN;
    }
  }

  private static RawConn.Attempt send(byte[] data) {
    return fd -> Transfer.send(fd, data, 0, data.length, new int[2], 1) != -Errno.EAGAIN;
  }

  /** Go: TestRawConnReadWrite. */
  @Test
  void ownCallsReadAndWriteAndTheConnectionGoesOnAsBefore() throws Exception {
    client.rawConn().write(send(HELLO));
    Receive receive = new Receive();
    server.rawConn().read(receive);
    assertEquals("hello", new String(receive.buf, 0, receive.result, UTF_8));
    client.write(HELLO);
    server.readFully(new byte[2]);
    server.rawConn().read(receive);
    assertEquals(3, receive.result);
    client.write(HELLO);
    server.readFully(new byte[5]);
    client.closeWrite();
    server.rawConn().read(receive);
    assertEquals(0, receive.result);
  }

  @Test
  void aReadThatFindsNothingIsCalledAgainOnceSomethingIsThere() throws Exception {
    Receive receive = new Receive();
    Job<Void> reads = crew.start("reads", () -> server.rawConn().read(receive));
    reads.awaitParked();
    assertEquals(1, receive.calls.get());
    client.write(HELLO);
    var _ = reads.result();
    assertEquals(5, receive.result);
    assertEquals(2, receive.calls.get());
  }

  @Test
  void aWriteThatFindsNoRoomIsCalledAgainOnceThereIsSome() throws Exception {
    byte[] much = new byte[64 * 1024];
    int total = 64 * 1024 * 1024;
    AtomicInteger sent = new AtomicInteger();
    AtomicInteger calls = new AtomicInteger();
    RawConn.Attempt sendAll =
        fd -> {
          calls.incrementAndGet();
          while (sent.get() < total) {
            int n = Transfer.send(fd, much, 0, much.length, new int[2], 1);
            if (n < 0) {
              assertEquals(-Errno.EAGAIN, n);
              return false;
            }
            sent.addAndGet(n);
          }
          return true;
        };
    Job<Void> writes = crew.start("writes", () -> client.rawConn().write(sendAll));
    writes.awaitParked();
    server.setReadTimeout(Duration.ofSeconds(30));
    byte[] buf = new byte[64 * 1024];
    for (int received = 0; received < total; ) {
      received += server.read(buf);
    }
    var _ = writes.result();
    assertTrue(calls.get() > 1);
  }

  @Test
  void deadlinesAndLimitsEndItAndOneThatIsOverCallsNothing() throws Exception {
    RawConn raw = server.rawConn();
    server.setReadDeadline(Instant.EPOCH);
    Receive receive = new Receive();
    NetTimeoutException e = assertThrows(NetTimeoutException.class, () -> raw.read(receive));
    assertEquals("raw-read tcp " + server.localAddr() + ": i/o timeout", e.getMessage());
    assertEquals(0, receive.calls.get());
    server.setReadDeadline(null);
    TimeLimit limit = TimeLimit.after(Duration.ofMillis(20));
    NetTimeoutException limits =
        assertThrows(NetTimeoutException.class, () -> raw.read(receive, limit));
    assertSame(limit, limits.limit());
    server.setReadTimeout(Duration.ofMillis(20));
    assertThrows(NetTimeoutException.class, () -> raw.read(receive));
    server.setWriteDeadline(Instant.EPOCH);
    assertThrows(NetTimeoutException.class, () -> raw.write(fd -> fail("called")));
    server.setWriteDeadline(null);
    client.write(HELLO);
    raw.read(receive);
    assertEquals(5, receive.result);
  }

  @Test
  void anInterruptAndACloseEndIt() throws Exception {
    RawConn raw = server.rawConn();
    Job<Void> reads = crew.start("reads", () -> raw.read(new Receive()));
    reads.awaitParked();
    reads.thread().interrupt();
    reads.failure(NetInterruptedException.class);
    Job<Void> again = crew.start("reads again", () -> raw.read(new Receive()));
    again.awaitParked();
    server.close();
    NetClosedException e = again.failure(NetClosedException.class);
    assertEquals(
        "raw-read tcp " + server.localAddr() + ": use of closed network connection",
        e.getMessage());
    Failures.assertClosed(() -> raw.write(fd -> fail("called")));
    Failures.assertClosed(() -> raw.control(fd -> fail("called")));
  }

  @Test
  void whatTheCallThrowsIsThrownAndTheLockIsFree() throws Exception {
    RawConn raw = server.rawConn();
    IOException mine = new IOException("mine");
    RawConn.Attempt fails =
        _ -> {
          throw mine;
        };
    assertSame(mine, assertThrows(IOException.class, () -> raw.read(fails)));
    assertSame(mine, assertThrows(IOException.class, () -> raw.write(fails)));
    assertSame(
        mine,
        assertThrows(
            IOException.class,
            () ->
                raw.control(
                    _ -> {
                      throw mine;
                    })));
    RawConn.Attempt overflows =
        _ -> {
          throw new StackOverflowError();
        };
    assertThrows(StackOverflowError.class, () -> raw.read(overflows));
    assertThrows(StackOverflowError.class, () -> raw.write(overflows));
    client.write(HELLO);
    assertEquals(5, server.read(new byte[10]));
    server.write(HELLO);
    assertEquals(5, client.read(new byte[10]));
  }

  /** Go: TestRawConnControl. */
  @Test
  void controlSeesTheDescriptorOfConnectionsAndListeners() throws Exception {
    AtomicInteger listens = new AtomicInteger(-1);
    listener.rawConn().control(fd -> listens.set(accepts(fd)));
    assertEquals(1, listens.get());
    server.rawConn().control(fd -> listens.set(accepts(fd)));
    assertEquals(0, listens.get());
    NetSocketException e =
        assertThrows(NetSocketException.class, () -> listener.rawConn().read(_ -> fail("called")));
    assertEquals("EINVAL", e.errno());
    assertThrows(NetSocketException.class, () -> listener.rawConn().write(_ -> fail("called")));
    listener.close();
    Failures.assertClosed(() -> listener.rawConn().control(_ -> fail("called")));
  }

  private static int accepts(int fd) throws IOException {
    try {
      return SocketQueries.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_ACCEPTCONN);
    } catch (gonet.internal.backend.SyscallException e) {
      throw new IOException(e);
    }
  }

  @Test
  void aReaderOfItsOwnWaitsBehindTheConnectionsReader() throws Exception {
    Job<Integer> first = crew.compute("reads first", () -> server.read(new byte[2]));
    first.awaitParked();
    Receive receive = new Receive();
    Job<Void> second = crew.start("reads second", () -> server.rawConn().read(receive));
    second.awaitParked();
    assertEquals(0, receive.calls.get());
    Conn sender = client;
    sender.write(HELLO);
    assertEquals(2, first.result());
    var _ = second.result();
    assertEquals(3, receive.result);
  }
}

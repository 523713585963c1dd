package gonet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.BackendUnavailableException;
import gonet.internal.backend.Errno;
import gonet.support.Proves;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shape of error that TCP and the pipe know: type, text and fields. */
class ErrorShapeTest {

  private static final NetAddr LOCAL = new TestAddr("tcp", "127.0.0.1:54321");
  private static final NetAddr REMOTE = new TestAddr("tcp", "127.0.0.1:8080");
  private static final String ENDS = "tcp 127.0.0.1:54321->127.0.0.1:8080: ";

  private static final Op READ = new Op(Op.READ, "tcp", LOCAL, REMOTE);
  private static final Op WRITE = new Op(Op.WRITE, "tcp", LOCAL, REMOTE);
  private static final Op CLOSE = new Op(Op.CLOSE, "tcp", LOCAL, REMOTE);
  private static final Op ACCEPT = new Op(Op.ACCEPT, "tcp", null, LOCAL);

  /** What an exception must look like. */
  private record Shape(
      Op op,
      IOException e,
      Class<? extends IOException> type,
      Class<? extends IOException> supertype,
      String text,
      @Nullable String syscall,
      int errno,
      boolean timeout,
      boolean temporary) {
    @Override
    public String toString() {
      return text;
    }
  }

  static Stream<Shape> shapes() {
    return Stream.of(timeouts(), cancellations(), closed(), syscalls(), addresses())
        .flatMap(List::stream);
  }

  private static List<Shape> timeouts() {
    Op dial = dial("tcp", null, "198.18.0.254:1234");
    return List.of(
        timeout(READ, "read " + ENDS + "i/o timeout"),
        timeout(WRITE, "write " + ENDS + "i/o timeout"),
        timeout(ACCEPT, "accept tcp 127.0.0.1:54321: i/o timeout"),
        timeout(dial, "dial tcp 198.18.0.254:1234: i/o timeout"),
        timeout(new Op(Op.READ, "pipe", null, null), "read pipe: i/o timeout"),
        timeout(new Op(Op.WRITE, "pipe", null, null), "write pipe: i/o timeout"));
  }

  private static List<Shape> cancellations() {
    return List.of(
        canceled(
            dial("tcp", null, "198.18.0.254:1234"),
            "dial tcp 198.18.0.254:1234: operation was canceled"),
        canceled(READ, "read " + ENDS + "operation was canceled"),
        canceled(ACCEPT, "accept tcp 127.0.0.1:54321: operation was canceled"));
  }

  private static List<Shape> closed() {
    String words = "use of closed network connection";
    Op pipe = new Op(Op.WRITE, "pipe", null, null);
    return List.of(
        closed(READ, "read " + ENDS + words),
        closed(CLOSE, "close " + ENDS + words),
        closed(new Op(Op.SET, "tcp", null, LOCAL), "set tcp 127.0.0.1:54321: " + words),
        closed(new Op(Op.SET, "tcp", LOCAL, REMOTE), "set " + ENDS + words),
        closed(ACCEPT, "accept tcp 127.0.0.1:54321: " + words),
        new Shape(
            pipe,
            OpErrors.closedPipe(pipe, 0),
            NetClosedException.class,
            ClosedChannelException.class,
            "io: read/write on closed pipe",
            null,
            0,
            false,
            false));
  }

  private static List<Shape> syscalls() {
    Op dual = new Op(Op.ACCEPT, "tcp", null, new TestAddr("tcp", "[::]:8080"));
    return List.of(
        socket(READ, "read", Errno.ECONNRESET, "read " + ENDS + "read: connection reset by peer"),
        socket(WRITE, "write", Errno.EPIPE, "write " + ENDS + "write: broken pipe"),
        socket(
            new Op(Op.WRITEV, "tcp", LOCAL, REMOTE),
            "writev",
            Errno.EPIPE,
            "writev " + ENDS + "writev: broken pipe"),
        socket(
            CLOSE,
            "shutdown",
            Errno.ENOTCONN,
            "close " + ENDS + "shutdown: transport endpoint is not connected"),
        temporary(
            dual, "accept4", Errno.EMFILE, "accept tcp [::]:8080: accept4: too many open files"),
        temporary(
            dual,
            "accept4",
            Errno.ENFILE,
            "accept tcp [::]:8080: accept4: too many open files in system"),
        temporary(
            dual,
            "accept4",
            Errno.ECONNABORTED,
            "accept tcp [::]:8080: accept4: software caused connection abort"),
        temporary(
            dual,
            "accept4",
            Errno.ECONNRESET,
            "accept tcp [::]:8080: accept4: connection reset by peer"),
        // The kernel's own patience with a silent peer, not a deadline of ours.
        shape(
            READ,
            "read",
            Errno.ETIMEDOUT,
            NetSocketException.class,
            SocketException.class,
            "read " + ENDS + "read: connection timed out",
            true),
        connect(null, Errno.ECONNREFUSED, "dial tcp 127.0.0.1:9: connect: connection refused"),
        connect(
            new TestAddr("tcp", "127.0.0.1:0"),
            Errno.ECONNREFUSED,
            "dial tcp 127.0.0.1:0->127.0.0.1:9: connect: connection refused"),
        connect(null, Errno.ETIMEDOUT, "dial tcp 127.0.0.1:9: connect: connection timed out"),
        connect(
            null,
            Errno.EADDRNOTAVAIL,
            "dial tcp 127.0.0.1:9: connect: cannot assign requested address"),
        noRoute(Errno.ENETUNREACH, "dial tcp 127.0.0.1:9: connect: network is unreachable"),
        noRoute(Errno.EHOSTUNREACH, "dial tcp 127.0.0.1:9: connect: no route to host"),
        bind("127.0.0.1:80", "bind", Errno.EACCES, "bind: permission denied"),
        bind(":8080", "bind", Errno.EADDRINUSE, "bind: address already in use"),
        bind("192.0.2.1:0", "bind", Errno.EADDRNOTAVAIL, "bind: cannot assign requested address"),
        bind(":8080", "listen", Errno.EADDRINUSE, "listen: address already in use"),
        temporary(
            dial("tcp", null, "127.0.0.1:9"),
            "socket",
            Errno.EMFILE,
            "dial tcp 127.0.0.1:9: socket: too many open files"));
  }

  private static List<Shape> addresses() {
    return List.of(
        lookup(DnsException.noSuchHost("no-such-name"), "lookup no-such-name: no such host", false),
        lookup(
            DnsException.unknownPort("tcp", "nosuchsvc"),
            "lookup tcp/nosuchsvc: unknown port",
            false),
        lookup(
            DnsException.unanswered("example.com", "server misbehaving"),
            "lookup example.com: server misbehaving",
            true),
        address("foo", OpErrors.unknownNetwork("foo"), "dial foo: unknown network foo"),
        address(
            "unix", OpErrors.unsupportedNetwork("unix"), "dial unix: network unix: not supported"),
        address(
            "tcp",
            OpErrors.badAddress("123456789", "invalid port"),
            "dial tcp: address 123456789: invalid port"),
        address(
            "tcp",
            OpErrors.badAddress("127.0.0.1", "missing port in address"),
            "dial tcp: address 127.0.0.1: missing port in address"),
        address(
            "tcp",
            OpErrors.badAddress("::1", "too many colons in address"),
            "dial tcp: address ::1: too many colons in address"),
        address("tcp", OpErrors.badAddress("", "missing address"), "dial tcp: missing address"),
        address(
            "tcp4",
            OpErrors.badAddress("::1", "no suitable address found"),
            "dial tcp4: address ::1: no suitable address found"));
  }

  @ParameterizedTest
  @Proves({"conn-error", "error-text", "jvm-exceptions", "B14", "B27", "D10"})
  @MethodSource("shapes")
  void everyFailureHasGosTextTheJdksTypeAndItsFacts(Shape shape) {
    assertEquals(shape.text, shape.e.getMessage());
    assertEquals(shape.type.getName() + ": " + shape.text, shape.e.toString());
    assertSame(shape.type, shape.e.getClass());
    assertInstanceOf(shape.supertype, shape.e);
    NetFailure facts = assertInstanceOf(NetFailure.class, shape.e);
    assertEquals(shape.op.name(), facts.op());
    assertEquals(shape.op.network(), facts.network());
    assertSame(shape.op.source(), facts.source());
    assertSame(shape.op.addr(), facts.addr());
    assertEquals(shape.syscall, facts.syscall());
    assertEquals(shape.errno, facts.errnoNumber());
    assertEquals(shape.errno == 0 ? null : Errno.name(shape.errno), facts.errno());
    assertEquals(shape.timeout, facts.timeout(), "timeout");
    assertEquals(shape.temporary, facts.temporary(), "temporary");
    assertEquals(0, facts.bytesTransferred());
    assertEquals(shape.text, facts.failure().toString());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void aSerializedFailureKeepsEverythingButTheAddresses(Shape shape) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(shape.e);
    }
    ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    IOException copy = (IOException) in.readObject();
    assertEquals(shape.e.toString(), copy.toString());
    NetFailure facts = assertInstanceOf(NetFailure.class, copy);
    assertEquals(shape.errno, facts.errnoNumber());
    assertEquals(shape.timeout, facts.timeout());
    assertEquals(null, facts.source());
    assertEquals(null, facts.addr());
  }

  @Test
  void aFailedWriteTellsHowManyBytesWentOut() {
    long many = 5L << 30;
    NetTimeoutException timeout = OpErrors.timeout(WRITE, 4711);
    assertEquals(4711, timeout.bytesTransferred());
    assertEquals(4711, timeout.bytesTransferred);
    assertEquals(many, OpErrors.timeout(WRITE, many).bytesTransferred());
    assertEquals(Integer.MAX_VALUE, OpErrors.timeout(WRITE, many).bytesTransferred);
    NetInterruptedException interrupted = OpErrors.canceled(WRITE, many);
    assertEquals(many, interrupted.bytesTransferred());
    assertEquals(Integer.MAX_VALUE, interrupted.bytesTransferred);
    assertEquals(many, OpErrors.closed(WRITE, many).bytesTransferred());
    IOException reset = OpErrors.syscall(WRITE, "write", Errno.ECONNRESET, many);
    assertEquals(many, ((NetFailure) reset).bytesTransferred());
  }

  @Test
  void aNestedFailureKeepsTheTypeAndTheFactsOfItsCause() {
    Op outer = new Op("readfrom", "tcp", LOCAL, REMOTE);
    IOException inner = OpErrors.syscall(WRITE, "write", Errno.EPIPE, 17);
    IOException e = OpErrors.wrap(outer, inner);
    assertEquals("readfrom " + ENDS + "write " + ENDS + "write: broken pipe", e.getMessage());
    assertSame(inner, e.getCause());
    assertInstanceOf(NetSocketException.class, e);
    NetFailure facts = (NetFailure) e;
    assertEquals("readfrom", facts.op());
    assertEquals("EPIPE", facts.errno());
    assertEquals("write", facts.syscall());
    assertEquals(17, facts.bytesTransferred());
  }

  @Test
  void wrappingNeverWidensTheTypeThatACallerCatches() {
    for (Shape shape : shapes().toList()) {
      IOException e = OpErrors.wrap(READ, shape.e);
      assertSame(shape.type, e.getClass(), shape.text);
      assertEquals(shape.timeout, ((NetFailure) e).timeout());
    }
    assertInstanceOf(
        NetTimeoutException.class, OpErrors.wrap(READ, new SocketTimeoutException("late")));
    IOException silent = OpErrors.wrap(READ, new IOException());
    assertEquals("read " + ENDS + "java.io.IOException", silent.getMessage());
  }

  @Test
  @Proves("error-lookup")
  void aLookupThatRunsOutOfTimeIsATimeoutOfTheDial() {
    Op dial = new Op(Op.DIAL, "tcp", null, null);
    IOException late = new SocketTimeoutException("lookup slow.example: i/o timeout");
    IOException e = OpErrors.wrap(dial, late);
    assertEquals("dial tcp: lookup slow.example: i/o timeout", e.getMessage());
    NetTimeoutException timeout = assertInstanceOf(NetTimeoutException.class, e);
    assertTrue(timeout.timeout());
    assertTrue(timeout.temporary());
    assertSame(late, e.getCause());
    IOException interrupted = new InterruptedIOException("lookup a: operation was canceled");
    assertInstanceOf(NetInterruptedException.class, OpErrors.wrap(dial, interrupted));
  }

  @Test
  @Proves("error-errno")
  void whatOneOfEachErrnoSaysAboutTryingAgain() {
    assertTrue(((NetFailure) OpErrors.syscall(READ, "read", Errno.EINTR, 0)).temporary());
    NetFailure again = (NetFailure) OpErrors.syscall(READ, "read", Errno.EAGAIN, 0);
    assertTrue(again.timeout());
    assertTrue(again.temporary());
  }

  @Test
  void theDeniedBackendNamesTheFlagInBothForms() {
    Op listen = new Op(Op.LISTEN, "tcp", null, REMOTE);
    var denied = new BackendUnavailableException("native access is denied", true, null);
    NativeAccessException e = OpErrors.nativeAccess(listen, denied);
    assertInstanceOf(SocketException.class, e);
    assertSame(denied, e.getCause());
    String text = e.getMessage();
    assertTrue(text.startsWith("listen tcp 127.0.0.1:8080: native access is denied; "), text);
    assertTrue(text.contains("--enable-native-access=ALL-UNNAMED "), text);
    assertTrue(text.contains("--enable-native-access=gonet "), text);
    assertTrue(text.contains("-Dgonet.backend=nio"), text);
  }

  @Test
  void aBackendOfAnotherSystemNamesNoFlagThatWouldNotHelp() {
    Op dial = new Op(Op.DIAL, "tcp", null, REMOTE);
    var foreign = new BackendUnavailableException("Mac OS X is not Linux", false, null);
    assertEquals(
        "dial tcp 127.0.0.1:8080: Mac OS X is not Linux;"
            + " choose another backend with -Dgonet.backend=nio",
        OpErrors.nativeAccess(dial, foreign).getMessage());
  }

  @Test
  @Proves("B61")
  void theStackTraceBeginsAtTheFactoryAndHoldsTheCaller() {
    StackTraceElement[] trace = OpErrors.timeout(READ, 0).getStackTrace();
    assertTrue(
        Stream.of(trace).anyMatch(frame -> frame.getClassName().equals(getClass().getName())));
  }

  @Test
  void initializingTheErrorPathTwiceIsHarmless() {
    OpErrors.initialize();
    OpErrors.initialize();
  }

  private static Op dial(String network, @Nullable NetAddr source, String remote) {
    return new Op(Op.DIAL, network, source, new TestAddr("tcp", remote));
  }

  private static Shape timeout(Op op, String text) {
    return new Shape(
        op,
        OpErrors.timeout(op, 0),
        NetTimeoutException.class,
        SocketTimeoutException.class,
        text,
        null,
        0,
        true,
        true);
  }

  private static Shape canceled(Op op, String text) {
    return new Shape(
        op,
        OpErrors.canceled(op, 0),
        NetInterruptedException.class,
        InterruptedIOException.class,
        text,
        null,
        0,
        false,
        false);
  }

  private static Shape closed(Op op, String text) {
    return new Shape(
        op,
        OpErrors.closed(op, 0),
        NetClosedException.class,
        ClosedChannelException.class,
        text,
        null,
        0,
        false,
        false);
  }

  private static Shape connect(@Nullable NetAddr source, int errno, String text) {
    Op op = dial("tcp", source, "127.0.0.1:9");
    boolean timeout = errno == Errno.ETIMEDOUT;
    return shape(
        op, "connect", errno, NetConnectException.class, ConnectException.class, text, timeout);
  }

  private static Shape noRoute(int errno, String text) {
    Op op = dial("tcp", null, "127.0.0.1:9");
    return shape(
        op, "connect", errno, NetNoRouteException.class, NoRouteToHostException.class, text, false);
  }

  private static Shape bind(String addr, String call, int errno, String inner) {
    Op op = new Op(Op.LISTEN, "tcp", null, new TestAddr("tcp", addr));
    String text = "listen tcp " + addr + ": " + inner;
    return shape(op, call, errno, NetBindException.class, BindException.class, text, false);
  }

  private static Shape socket(Op op, String call, int errno, String text) {
    return shape(op, call, errno, NetSocketException.class, SocketException.class, text, false);
  }

  private static Shape temporary(Op op, String call, int errno, String text) {
    return new Shape(
        op,
        OpErrors.syscall(op, call, errno, 0),
        NetSocketException.class,
        SocketException.class,
        text,
        call,
        errno,
        false,
        true);
  }

  /** A failed call whose error is temporary only if it is a timeout. */
  private static Shape shape(
      Op op,
      String call,
      int errno,
      Class<? extends IOException> type,
      Class<? extends IOException> supertype,
      String text,
      boolean timeout) {
    IOException e = OpErrors.syscall(op, call, errno, 0);
    return new Shape(op, e, type, supertype, text, call, errno, timeout, timeout);
  }

  private static Shape lookup(DnsException cause, String inner, boolean temporary) {
    Op op = new Op(Op.DIAL, "tcp", null, null);
    return new Shape(
        op,
        OpErrors.wrap(op, cause),
        NetUnknownHostException.class,
        UnknownHostException.class,
        "dial tcp: " + inner,
        null,
        0,
        false,
        temporary);
  }

  private static Shape address(String network, IOException cause, String text) {
    Op op = new Op(Op.DIAL, network, null, null);
    return new Shape(
        op,
        OpErrors.wrap(op, cause),
        NetAddressException.class,
        SocketException.class,
        text,
        null,
        0,
        false,
        false);
  }

  private record TestAddr(String network, String text) implements NetAddr {
    @Override
    public String toString() {
      return text;
    }
  }
}

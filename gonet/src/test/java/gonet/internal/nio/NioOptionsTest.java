package gonet.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.support.Proves;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class NioOptionsTest {

  @ParameterizedTest
  @CsvSource({
    "REUSE_ADDR, 1",
    "KEEP_ALIVE, 1",
    "KEEP_IDLE, 15",
    "KEEP_INTERVAL, 16",
    "KEEP_COUNT, 9",
    "NO_DELAY, 1",
    "LINGER, 0",
    "LINGER, -1",
    "RECEIVE_BUFFER, 8192",
    "SEND_BUFFER, 8192",
    "TRAFFIC_CLASS, 16"
  })
  void anOptionReadsBackAsItWasSet(Option option, int value) throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      Descriptor client = loopback.connect().client();
      assertTrue(client.supports(option));
      client.setOption(option, value);
      assertEquals(value, client.getOption(option));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"V6_ONLY", "USER_TIMEOUT", "DEFER_ACCEPT", "FAST_OPEN", "CORK"})
  void anOptionTheJdkHasNoNameForIsEnoprotoopt(Option option) throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      Descriptor client = loopback.connect().client();
      assertFalse(client.supports(option));
      assertNoSuchOption(() -> client.setOption(option, 1));
      assertNoSuchOption(() -> client.getOption(option));
      assertNoSuchOption(() -> loopback.listener.setOption(option, 1));
    }
  }

  @Test
  void whatOnlyNumbersCanNameIsEnoprotoopt() throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      Descriptor client = loopback.connect().client();
      assertNoSuchOption(() -> client.setOption(6, 1, 1));
      assertNoSuchOption(() -> client.getOption(6, 1));
      assertNoSuchOption(() -> client.setOption(6, 1, new byte[4]));
      assertNoSuchOption(() -> client.getOption(6, 1, 4));
      assertNoSuchOption(client::tcpInfo);
      assertNoSuchOption(client::unsentBytes);
      assertNoSuchOption(client::availableBytes);
      assertEquals(-1, client.number());
    }
  }

  @Test
  void aValueOutOfRangeIsEinval() throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      Descriptor client = loopback.connect().client();
      SyscallException e =
          assertThrows(SyscallException.class, () -> client.setOption(Option.TRAFFIC_CLASS, 256));
      assertEquals("setsockopt", e.call());
      assertEquals(Errno.EINVAL, e.errno());
    }
  }

  @Test
  @Proves("B46")
  void acceptedSocketsInheritWhatWasSetBeforeAndAfterListen() throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      Descriptor listener = loopback.open(Family.INET4);
      listener.setOption(Option.NO_DELAY, 1);
      listener.setOption(Option.RECEIVE_BUFFER, 8192);
      listener.bind(Loopback.ANY_PORT);
      listener.listen(8);
      listener.setOption(Option.KEEP_ALIVE, 1);
      listener.setOption(Option.KEEP_IDLE, 33);
      assertEquals(1, listener.getOption(Option.NO_DELAY));
      assertEquals(1, listener.getOption(Option.KEEP_ALIVE));
      assertEquals(33, listener.getOption(Option.KEEP_IDLE));
      Descriptor client = loopback.open(Family.INET4);
      assertEquals(0, Loopback.connect(client, listener.localAddr()));
      Descriptor server = loopback.accept(listener);
      assertEquals(1, server.getOption(Option.NO_DELAY));
      assertEquals(1, server.getOption(Option.KEEP_ALIVE));
      assertEquals(33, server.getOption(Option.KEEP_IDLE));
      assertEquals(
          listener.getOption(Option.RECEIVE_BUFFER), server.getOption(Option.RECEIVE_BUFFER));
    }
  }

  @Test
  void aListenerReusesAddressesOnlyIfToldTo() throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      assertEquals(1, loopback.listener.getOption(Option.REUSE_ADDR));
      Descriptor plain = loopback.open(Family.INET4);
      plain.bind(Loopback.ANY_PORT);
      plain.listen(1);
      assertEquals(0, plain.getOption(Option.REUSE_ADDR));
    }
  }

  private interface Call {
    void run() throws SyscallException;
  }

  private static void assertNoSuchOption(Call call) {
    SyscallException e = assertThrows(SyscallException.class, call::run);
    assertEquals(Errno.ENOPROTOOPT, e.errno());
  }
}

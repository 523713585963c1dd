package gonet.test.sim;

import static gonet.test.sim.Agreement.HUGE;
import static gonet.test.sim.Agreement.SHORT;
import static gonet.test.sim.Agreement.closeWrite;
import static gonet.test.sim.Agreement.write;

import gonet.Dialer;
import gonet.KeepAlive;
import gonet.NetFailure;
import gonet.TcpConn;
import java.io.IOException;
import java.time.Duration;

/** What happens when the other host is not there any more, or not for a while. */
@SuppressWarnings("ImmutableEnumChecker") // functions without a state
enum LostScenario {
  KEEPALIVE_OF_A_READER(
      (seen, net) -> {
        TcpConn conn = net.across(keepAlive());
        net.vanish();
        seen.see("read", () -> gone(() -> conn.read(new byte[1])));
        seen.read("again", conn);
        seen.see("write", () -> write(conn, 1));
      }),
  KEEPALIVE_OF_A_PEER_THAT_IS_THERE(
      (seen, net) -> {
        TcpConn conn = net.across(keepAlive());
        conn.setReadTimeout(Duration.ofMillis(2500));
        seen.read("read", conn);
        seen.see("write", () -> write(conn, 1));
      }),
  WITHOUT_KEEPALIVE(
      (seen, net) -> {
        TcpConn conn = net.across(Dialer.defaults().withKeepAlive(KeepAlive.off()));
        net.vanish();
        conn.setReadTimeout(Duration.ofMillis(2500));
        seen.read("read", conn);
        seen.see("write", () -> write(conn, 1));
      }),
  USER_TIMEOUT_OF_BYTES_UNDER_WAY(
      (seen, net) -> {
        TcpConn conn = net.across(userTimeout());
        net.vanish();
        seen.see("write", () -> write(conn, 10));
        seen.see("read", () -> gone(() -> conn.read(new byte[1])));
        seen.see("write", () -> write(conn, 1));
      }),
  USER_TIMEOUT_OF_A_WRITER(
      (seen, net) -> {
        TcpConn conn = net.across(userTimeout());
        net.vanish();
        seen.see("write", () -> gone(() -> write(conn, HUGE)));
        seen.read("read", conn);
      }),
  USER_TIMEOUT_OF_AN_END(
      (seen, net) -> {
        TcpConn conn = net.across(userTimeout());
        net.vanish();
        seen.see("end", () -> closeWrite(conn));
        seen.see("read", () -> gone(() -> conn.read(new byte[1])));
      }),
  USER_TIMEOUT_BESIDE_KEEPALIVE(
      (seen, net) -> {
        TcpConn conn = net.across(keepAlive().withUserTimeout(Duration.ofMillis(500)));
        net.vanish();
        seen.see("read", () -> gone(() -> conn.read(new byte[1])));
      }),
  USER_TIMEOUT_OF_A_DIAL(
      (seen, net) -> {
        net.vanish();
        seen.see("dial", () -> net.across(userTimeout()));
      }),
  DIAL_TIMEOUT(
      (seen, net) -> {
        net.vanish();
        seen.see("dial", () -> net.across(Dialer.defaults().withTimeout(SHORT)));
      }),
  WRITE_TIMEOUT(
      (seen, net) -> {
        TcpConn conn = net.across(Dialer.defaults());
        net.vanish();
        conn.setWriteTimeout(SHORT);
        seen.see("write", () -> write(conn, HUGE));
        seen.see("closed", conn::isClosed);
        conn.abort();
        seen.read("read", conn);
      }),
  COMES_BACK(
      (seen, net) -> {
        TcpConn conn = net.across(Dialer.defaults());
        net.vanish();
        write(conn, 10);
        conn.setReadTimeout(Duration.ofMillis(500));
        seen.read("read", conn);
        net.comeBack();
        conn.setReadTimeout(Duration.ofSeconds(60));
        conn.closeWrite();
        seen.see("echoed", () -> Agreement.readAll(conn));
      });

  /** A network with a host that echoes, and may be lost. */
  interface Far {
    /** A connection to an echo there. */
    TcpConn across(Dialer dialer) throws IOException, InterruptedException;

    /** Nothing comes through any more, and nobody tells of it. */
    void vanish() throws IOException, InterruptedException;

    void comeBack() throws IOException, InterruptedException;
  }

  interface Script {
    void run(Agreement.Seen seen, Far net) throws IOException, InterruptedException;
  }

  private final Script script;

  LostScenario(Script script) {
    this.script = script;
  }

  Script script() {
    return script;
  }

  private static Dialer keepAlive() {
    return Dialer.defaults()
        .withKeepAlive(KeepAlive.of(Duration.ofSeconds(1), Duration.ofSeconds(1), 1));
  }

  private static Dialer userTimeout() {
    return Dialer.defaults().withKeepAlive(KeepAlive.off()).withUserTimeout(Duration.ofMillis(500));
  }

  /** The call's failure, with what a program asks of it. */
  private static Object gone(Agreement.Action action) throws IOException, InterruptedException {
    try {
      return action.run();
    } catch (IOException e) {
      NetFailure failure = (NetFailure) e;
      return failure.errno()
          + ", gone: "
          + NetFailure.isConnectionGone(e)
          + ", timeout: "
          + failure.timeout();
    }
  }
}

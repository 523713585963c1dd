package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Conn;
import gonet.NetClosedException;
import gonet.test.BriefContract;
import gonet.test.Callers;
import gonet.test.ConnPair;
import gonet.test.ConnPairs;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.tls.TlsVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TLS where the whole contract does not run: version 1.2 over Unix sockets and pipes, TLS over TLS,
 * and with the JDK's own socket or OpenSSL on the other end.
 */
@ParameterizedClass
@EnumSource
@Proves("tls-conn")
class TlsBriefContractTest extends BriefContract {

  enum Arrangement {
    UNIX_1_2,
    PIPE_1_2,
    OVER_TLS,
    JDK_CLIENT,
    JDK_SERVER,
    OPENSSL_CLIENT,
    OPENSSL_CLIENT_1_2,
    OPENSSL_SERVER,
    OPENSSL_SERVER_1_2;

    ConnPairs pairs() {
      ConnPairs tcp = ConnPairs.dialled("tcp4", "127.0.0.1:0");
      return switch (this) {
        case UNIX_1_2 -> TlsPairs.over(ConnPairs.unix("unix"), TlsVersion.TLS_1_2, true);
        case PIPE_1_2 -> TlsPairs.over(ConnPairs.pipe(), TlsVersion.TLS_1_2, false);
        case OVER_TLS ->
            TlsPairs.over(TlsPairs.over(tcp, TlsVersion.TLS_1_2, false), TlsVersion.TLS_1_3, true);
        case JDK_CLIENT -> JdkPairs.of(TlsVersion.TLS_1_3, true);
        case JDK_SERVER -> JdkPairs.of(TlsVersion.TLS_1_2, false);
        case OPENSSL_CLIENT -> OpensslPairs.of(TlsVersion.TLS_1_3, true);
        case OPENSSL_CLIENT_1_2 -> OpensslPairs.of(TlsVersion.TLS_1_2, true);
        case OPENSSL_SERVER -> OpensslPairs.of(TlsVersion.TLS_1_3, false);
        case OPENSSL_SERVER_1_2 -> OpensslPairs.of(TlsVersion.TLS_1_2, false);
      };
    }
  }

  TlsBriefContractTest(Arrangement arrangement) {
    super(arrangement.pairs(), Callers.VIRTUAL);
  }

  /** With a reader on the other side: a pipe has no buffer for close_notify. */
  @Test
  @Override
  public void anInterruptedThreadClosesAndStaysInterrupted() throws Exception {
    // In 1.2 that side answers at once, which must not look like an end that was its own.
    try (ConnPair pair = connect()) {
      Conn conn = pair.left();
      Job<?> reader = crew().start("reader", () -> conn.read(new byte[1])).awaitParked();
      Job<Integer> right =
          crew().compute("right", () -> pair.right().read(new byte[1])).awaitParked();
      Thread.currentThread().interrupt();
      conn.close();
      assertTrue(Thread.interrupted(), "the interrupt status was lost");
      reader.failure(NetClosedException.class);
      assertEquals(-1, right.result());
    }
  }
}

package gonet.test.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.NetFailure;
import gonet.test.Callers;
import gonet.test.ConnPairs;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.test.SocketContract;
import gonet.tls.TlsVersion;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * TLS 1.2, whose close_notify ends both directions: the other side has to answer with its own at
 * once and drops what it was writing (RFC 5246, 7.2.1). Three cases write behind the other side's
 * end, and stand here in the form that they have then.
 */
@ParameterizedClass
@EnumSource(names = {"PLATFORM", "VIRTUAL"})
@Proves("tls-conn")
class Tls12ContractTest extends SocketContract {
  Tls12ContractTest(Callers callers) {
    super(
        TlsPairs.over(
            ConnPairs.dialled("tcp4", "127.0.0.1:0"),
            TlsVersion.TLS_1_2,
            callers == Callers.VIRTUAL),
        callers);
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  @Test
  @Override
  public void closeWriteEndsOneDirectionBehindItsBytesAndTheOtherGoesOn() throws Exception {
    byte[] request = random(100_000);
    byte[] before = random(20_000);
    right().write(before);
    crew()
        .start(
            "client",
            () -> {
              left().write(request);
              left().closeWrite();
            });
    assertArrayEquals(request, right().readAll());
    IOException e = assertThrows(IOException.class, () -> right().write(new byte[1]));
    assertTrue(NetFailure.isConnectionGone(e));
    right().closeWrite(); // said already
    assertArrayEquals(before, left().readAll());
    crew().join();
  }

  @Test
  @Override
  public void readAllTakesExactlyItsLimitAndRefusesMore() throws Exception {
    byte[] data = random(10_000);
    crew()
        .start(
            "writer",
            () -> {
              right().write(data);
              left().write(data);
              left().closeWrite();
            });
    assertArrayEquals(data, right().readAll(10_000));
    assertThrows(IOException.class, () -> left().readAll(9_999));
    assertThrows(IllegalArgumentException.class, () -> left().readAll(-1));
    crew().join();
  }

  @Test
  @Override
  public void closeGracefullyDeliversTheAnswerToARequestNobodyRead() throws Exception {
    byte[] answer = random(50_000);
    left().write(new byte[20_000]);
    Job<byte[]> response = crew().compute("response", () -> left().readAll());
    right().write(answer);
    assertTrue(right().closeGracefully(Duration.ofSeconds(20)));
    assertArrayEquals(answer, response.result());
    assertEquals(-1, left().read(new byte[1]));
  }
}

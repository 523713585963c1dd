package gonet.internal.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.internal.backend.Descriptor;
import gonet.internal.backend.Errno;
import gonet.internal.backend.Option;
import gonet.internal.backend.Sockets.Family;
import gonet.internal.backend.SyscallException;
import gonet.support.Proves;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The JDK closes a channel whose thread is interrupted in a blocking call. Here no call blocks, so
 * the status must change nothing: each call answers as usual and leaves the status set.
 */
@Timeout(180)
@Proves("jvm-interrupt")
class NioInterruptTest {

  @Test
  void noCallClosesTheChannelOfAnInterruptedPlatformThread() throws Exception {
    run(Thread.ofPlatform());
  }

  @Test
  void noCallClosesTheChannelOfAnInterruptedVirtualThread() throws Exception {
    run(Thread.ofVirtual());
  }

  private static void run(Thread.Builder builder) throws Exception {
    Throwable[] failure = new Throwable[1];
    Thread thread =
        builder.start(
            () -> {
              Thread.currentThread().interrupt();
              try {
                everyCall();
                assertTrue(Thread.currentThread().isInterrupted());
              } catch (SyscallException | RuntimeException | Error e) {
                failure[0] = e;
              }
            });
    thread.join();
    if (failure[0] != null) {
      throw new AssertionError(failure[0]);
    }
  }

  private static void everyCall() throws SyscallException {
    try (Loopback loopback = new Loopback()) {
      Descriptor.Accepted accepted = new Descriptor.Accepted();
      assertEquals(-Errno.EAGAIN, loopback.listener.accept(accepted));
      Descriptor client = loopback.open(Family.INET4);
      int answer = client.connect(loopback.address);
      while (answer == -Errno.EINPROGRESS) {
        answer = client.finishConnect();
      }
      assertEquals(0, answer);
      assertEquals(0, client.finishConnect());
      answer = loopback.listener.accept(accepted);
      while (answer == -Errno.EAGAIN) {
        answer = loopback.listener.accept(accepted);
      }
      assertEquals(0, answer);
      Descriptor server = accepted.descriptor;
      byte[] buf = new byte[8];
      assertEquals(-Errno.EAGAIN, client.receive(buf, 0, 8));
      assertEquals(1, server.send(buf, 0, 1));
      assertEquals(1, server.send(ByteBuffer.allocateDirect(1)));
      assertEquals(2, server.send(new ByteBuffer[] {ByteBuffer.allocate(2)}, 0, 1));
      client.setOption(Option.NO_DELAY, 1);
      int received = 0;
      while (received < 4) {
        answer = client.receive(buf, 0, 8);
        assertTrue(answer > 0 || answer == -Errno.EAGAIN);
        received += Math.max(0, answer);
      }
      assertEquals(0, server.shutdownWrite());
      assertEquals(0, server.close());
      answer = client.receive(buf, 0, 8);
      while (answer == -Errno.EAGAIN) {
        answer = client.receive(buf, 0, 8);
      }
      assertEquals(0, answer);
      assertEquals(-Errno.EAGAIN, loopback.listener.accept(accepted));
    }
  }
}

package gonet.internal.poll;

import static gonet.internal.backend.Errno.EAGAIN;
import static gonet.internal.backend.Errno.ECONNREFUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.internal.backend.PacketBatch;
import gonet.internal.backend.Readiness;
import gonet.internal.time.Clock;
import gonet.support.Proves;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A batch with room left proves that the kernel has no more, and one without proves nothing. */
@Timeout(180)
@Proves("D12")
class DatagramsTest {
  private static final ManualLane LANE = new ManualLane();

  /** A socket for datagrams that exists in the test alone. */
  private static final class Socket extends FakeDescriptor {
    @Override
    public int receive(PacketBatch into, int max) {
      return receive.next(max);
    }
  }

  private final Socket socket = new Socket();
  private final FD fd = new FD(socket, LANE, false);
  private final PacketBatch batch = new PacketBatch(4, 10);

  @AfterEach
  void close() {
    fd.close();
    assertEquals(List.of(), socket.misuse);
  }

  private int receive() throws FDException {
    return Datagrams.receive(fd, batch, 4, Clock.NONE);
  }

  private Call<Integer> parked() {
    return Call.start(this::receive).parkedIn(fd, "read");
  }

  @Test
  void behindABatchWithRoomLeftTheKernelIsNotAskedBeforeAnEdge() throws Exception {
    socket.receive.then(3);
    assertEquals(3, receive());
    Call<Integer> next = parked();
    assertEquals(1, socket.receive.calls());
    socket.receive.then(4);
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(4, next.result());
  }

  @Test
  void behindAFullBatchTheKernelIsAskedAtOnce() throws Exception {
    socket.receive.then(4, 2);
    assertEquals(4, receive());
    assertEquals(2, receive());
    assertEquals(2, socket.receive.calls());
  }

  @Test
  void anEdgeInsideABatchWithRoomLeftIsNotLost() throws Exception {
    socket.receive.then(-EAGAIN);
    Call<Integer> registered = parked();
    socket.receive.then(1);
    socket.receive.during(() -> LANE.kernel.edge(socket, Readiness.READ));
    LANE.kernel.edge(socket, Readiness.READ);
    assertEquals(1, registered.result());
    socket.receive.then(2);
    assertEquals(2, Call.start(this::receive).result());
  }

  /** The kernel keeps an error that it has met behind a datagram until it is asked again. */
  @Test
  void onceAnErrorWasToldTheKernelIsAskedAtOnce() throws Exception {
    socket.receive.then(-EAGAIN);
    Call<Integer> registered = parked();
    socket.receive.then(1, -ECONNREFUSED);
    LANE.kernel.edge(socket, Readiness.READ | Readiness.STICKY);
    assertEquals(1, registered.result());
    FDException e = assertThrows(FDException.class, this::receive);
    assertEquals(ECONNREFUSED, e.errno());
  }
}

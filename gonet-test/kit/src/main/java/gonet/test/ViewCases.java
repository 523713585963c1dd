package gonet.test;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

/** The connection as streams and as a channel. */
@Proves("jvm-streams")
interface ViewCases extends Cases {

  @Test
  default void streamsCarryEveryByteValueAndTheEnd() throws Exception {
    crew()
        .start(
            "writer",
            () -> {
              OutputStream out = left().outputStream();
              for (int i = 0; i < 256; i++) {
                out.write(i);
              }
              out.write(new byte[] {1, 2, 3, 4}, 1, 2);
              out.flush();
              left().closeWrite();
            });
    InputStream in = right().inputStream();
    for (int i = 0; i < 256; i++) {
      assertEquals(i, in.read());
    }
    assertArrayEquals(new byte[] {2, 3}, in.readAllBytes());
    assertEquals(-1, in.read());
    assertEquals(-1, in.read(new byte[4]));
    assertEquals(0, in.read(new byte[4], 0, 0));
    assertTrue(in.available() >= 0);
  }

  @Test
  default void closingTheInputStreamClosesTheConnection() throws Exception {
    left().inputStream().close();
    assertTrue(left().isClosed());
    assertEquals(-1, right().read(new byte[1]));
  }

  @Test
  default void closingTheOutputStreamClosesTheConnection() throws Exception {
    left().outputStream().close();
    assertTrue(left().isClosed());
    assertEquals(-1, right().read(new byte[1]));
  }

  @Test
  default void theChannelReadsWritesAndClosesTheConnection() throws Exception {
    ByteChannel channel = left().channel();
    assertTrue(channel.isOpen());
    byte[] data = Traffic.random(5000, 9);
    Job<Integer> writer = crew().compute("writer", () -> channel.write(ByteBuffer.wrap(data)));
    byte[] got = new byte[5000];
    right().readFully(got);
    assertArrayEquals(data, got);
    assertEquals(5000, writer.result());

    crew().start("answer", () -> right().write(new byte[] {5}));
    ByteBuffer one = ByteBuffer.allocate(1);
    assertEquals(1, channel.read(one));
    assertEquals(5, one.get(0));
    assertEquals(0, channel.read(one));

    channel.close();
    assertFalse(channel.isOpen());
    assertTrue(left().isClosed());
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    assertThrows(ClosedChannelException.class, () -> channel.write(ByteBuffer.allocate(1)));
    assertEquals(-1, right().read(new byte[1]));
  }
}

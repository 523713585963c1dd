package gonet.test.soak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;

/**
 * How a client behaves towards an echo server. The good ones hold that every byte comes back; the
 * bad ones only have to come to an end, and their server with them.
 */
@SuppressWarnings("ImmutableEnumChecker") // functions that have no state
enum Manner {
  /** Questions and answers of all sizes. */
  POLITE(
      (socket, random, tally) -> {
        for (int i = 1 + random.nextInt(20); i > 0; i--) {
          byte[] data = bytes(random, 1 + random.nextInt(20_000));
          socket.getOutputStream().write(data);
          requireEcho(socket.getInputStream(), data, tally);
        }
      }),

  /** Everything at once, then the end of its direction, then all that comes. */
  HALF_CLOSING(
      (socket, random, tally) -> {
        byte[] data = bytes(random, 1 + random.nextInt(60_000));
        socket.getOutputStream().write(data);
        socket.shutdownOutput();
        requireEcho(socket.getInputStream(), data, tally);
        if (socket.getInputStream().read() != -1) {
          throw new IOException("more came than was sent");
        }
      }),

  /** More than the kernel's buffers hold, in both directions at a time. */
  BULKY(
      (socket, random, tally) -> {
        byte[] data = bytes(random, 1_000_000 + random.nextInt(4_000_000));
        Thread writer =
            Thread.startVirtualThread(
                () -> {
                  try {
                    socket.getOutputStream().write(data);
                    socket.shutdownOutput();
                  } catch (IOException e) {
                    tally.failed("BULKY cannot write: " + e);
                  }
                });
        requireEcho(socket.getInputStream(), data, tally);
        writer.join();
      }),

  /** Byte by byte. */
  TRICKLING(
      (socket, random, tally) -> {
        byte[] data = bytes(random, 1 + random.nextInt(50));
        for (byte b : data) {
          socket.getOutputStream().write(b);
          Thread.sleep(random.nextInt(5));
        }
        requireEcho(socket.getInputStream(), data, tally);
      }),

  /** With a byte beside the stream, which a server that does not ask for it never sees. */
  URGENT(
      (socket, random, tally) -> {
        byte[] data = bytes(random, 1 + random.nextInt(2000));
        int middle = random.nextInt(data.length);
        OutputStream out = socket.getOutputStream();
        out.write(data, 0, middle);
        socket.sendUrgentData(random.nextInt(256));
        out.write(data, middle, data.length - middle);
        requireEcho(socket.getInputStream(), data, tally);
      }),

  /** Comes and goes. */
  FLEETING((socket, random, tally) -> {}),

  /** Asks and is gone before the answer, with a reset. */
  RESETTING(
      (socket, random, tally) -> {
        socket.getOutputStream().write(bytes(random, 1 + random.nextInt(100_000)));
        socket.setSoLinger(true, 0);
      }),

  /** Asks and leaves the answer unread. */
  UNGRATEFUL(
      (socket, random, tally) -> {
        socket.getOutputStream().write(bytes(random, 1 + random.nextInt(20_000)));
        Thread.sleep(random.nextInt(20));
      }),

  /** Writes until nobody takes it any more, and reads nothing. */
  STUFFING(
      (socket, random, tally) -> {
        Thread.startVirtualThread(
            () -> {
              try {
                socket.getOutputStream().write(new byte[16_000_000]);
              } catch (IOException e) {
                // Ended by the close, or by the server's idle limit.
              }
            });
        Thread.sleep(random.nextInt(200));
      }),

  /** Says nothing until the server has had enough. */
  SILENT(
      (socket, random, tally) -> {
        try {
          if (socket.getInputStream().read() != -1) {
            throw new AssertionError("an answer without a question");
          }
        } catch (java.net.SocketException e) {
          // A reset is an end as well.
        }
      });

  /** What a client of this manner does; whoever calls it closes the socket. */
  @FunctionalInterface
  private interface Play {
    void run(Socket socket, Random random, Tally tally) throws Exception;
  }

  private final Play play;

  Manner(Play play) {
    this.play = play;
  }

  /** Whether each byte has to come back. */
  boolean isGood() {
    return compareTo(FLEETING) < 0;
  }

  void play(Socket socket, Random random, Tally tally) throws Exception {
    play.run(socket, random, tally);
  }

  private static byte[] bytes(Random random, int count) {
    byte[] data = new byte[count];
    random.nextBytes(data);
    return data;
  }

  private static void requireEcho(InputStream in, byte[] data, Tally tally) throws IOException {
    byte[] piece = new byte[64 * 1024];
    for (int done = 0; done < data.length; ) {
      int n = in.read(piece, 0, Math.min(piece.length, data.length - done));
      if (n < 0) {
        throw new IOException("the end after " + done + " of " + data.length + " bytes");
      }
      int wrong = Arrays.mismatch(piece, 0, n, data, done, done + n);
      if (wrong >= 0) {
        throw new AssertionError("wrong byte at " + (done + wrong) + " of " + data.length);
      }
      done += n;
      tally.rightBytes.add(n);
    }
  }
}

package gonet.examples.http;

import gonet.Conn;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file as a body, copied through a buffer of a fixed size, whatever the file's. */
final class FileBody implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;

  private final FileChannel channel;
  private final long size;

  FileBody(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    size = channel.size();
  }

  /** As it was when the file was opened, which is how much is sent. */
  long size() {
    return size;
  }

  /**
   * Writes the file.
   *
   * @throws EOFException if it has become shorter: the promised length cannot be kept
   */
  void writeTo(Conn conn) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(size, BUFFER_BYTES));
    for (long at = 0; at < size; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(size - at, buffer.capacity()));
      if (channel.read(buffer, at) <= 0) {
        throw new EOFException("the file has become shorter");
      }
      conn.write(buffer.flip());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

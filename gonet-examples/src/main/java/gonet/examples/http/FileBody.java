package gonet.examples.http;

import gonet.Conn;
import gonet.FileTransfer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file as a body; large ones go from disk to network inside the kernel. */
final class FileBody implements AutoCloseable {
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
    if (FileTransfer.of(channel, 0, size, conn).run() < size) {
      throw new EOFException("the file has become shorter");
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

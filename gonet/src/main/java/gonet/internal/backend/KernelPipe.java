package gonet.internal.backend;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A pipe(7) of this process, through which bytes go from socket to socket by splice(2). Both ends
 * are non-blocking, closed on exec and known to nobody else.
 *
 * <p>Not safe for several threads: whoever took it has it for itself.
 */
public interface KernelPipe {

  /** read(2) of bytes that are in the pipe: their number, or a negated errno. */
  int read(byte[] buf, int off, int len);

  /** Whether {@link #fill} may be called. Opens what it needs, once. */
  default boolean takesFiles() {
    return false;
  }

  /**
   * Fills the pipe, which is empty, with at most {@code max} bytes of a file, by reference where
   * the file system can: sendfile(2). Waits for the disk and for nothing else.
   *
   * @return how many, zero at the end of the file
   * @throws IOException what {@link FileChannel#transferTo} throws; nobody knows what is in the
   *     pipe then
   */
  default int fill(FileChannel file, long position, int max) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** close(2) of both ends, with whatever is between them. */
  void close();
}

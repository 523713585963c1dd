package gonet.internal.backend;

/**
 * A pipe(7) of this process, through which bytes go from socket to socket by splice(2). Both ends
 * are non-blocking, closed on exec and known to nobody else.
 *
 * <p>Not safe for several threads: whoever took it has it for itself.
 */
public interface KernelPipe {

  /** read(2) of bytes that are in the pipe: their number, or a negated errno. */
  int read(byte[] buf, int off, int len);

  /** close(2) of both ends, with whatever is between them. */
  void close();
}

package gonet;

import java.io.IOException;
import java.net.SocketOption;

/**
 * Looks at a socket between its creation and its bind or connect: the place for options that gonet
 * has no name for. Go: {@code ListenConfig.Control} and {@code Dialer.Control}.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SocketControl {

  /**
   * Called once for each socket. An exception closes the socket. A listen throws it as it is; so
   * does a dial for an unchecked one, while after an {@link IOException} it goes on with the next
   * address of the name, and throws the first address' failure if none stands.
   *
   * @param network the network with its family: {@code tcp4} or {@code tcp6}
   * @param address the address to bind when listening, to connect to when dialing
   * @param socket valid during this call only
   */
  void control(String network, String address, Socket socket) throws IOException;

  /** A socket that is neither bound nor connected yet. Made by gonet alone. */
  interface Socket {
    /** The descriptor's number, −1 where the backend hides it. Not to be closed. */
    int fd();

    /**
     * setsockopt(2) by numbers.
     *
     * @throws UnsupportedOperationException where the backend knows no numbers
     */
    void setOption(int level, int name, int value) throws IOException;

    /**
     * setsockopt(2) by numbers, of an option that is no {@code int}: a struct in the kernel's own
     * layout and byte order, or a text.
     *
     * @throws UnsupportedOperationException where the backend knows no numbers
     */
    void setOption(int level, int name, byte[] value) throws IOException;

    /**
     * getsockopt(2) by numbers.
     *
     * @throws UnsupportedOperationException where the backend knows no numbers
     */
    int getOption(int level, int name) throws IOException;

    /**
     * getsockopt(2) by numbers, of an option that is no {@code int}.
     *
     * @param maxLength the room that the kernel is given, in bytes
     * @return as many bytes as the kernel wrote, in its own layout and byte order
     * @throws IllegalArgumentException if {@code maxLength} is negative
     * @throws UnsupportedOperationException where the backend knows no numbers
     */
    byte[] getOption(int level, int name, int maxLength) throws IOException;

    /** As {@link NetSocket#setOption}. */
    <T> void setOption(SocketOption<T> name, T value) throws IOException;
  }
}

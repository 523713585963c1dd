package gonet.internal.layer;

import java.io.IOException;

/**
 * Makes sockets of descriptors that came over a Unix connection from another process of the same
 * program, and leaves their options as that one has set them. Any thread.
 *
 * @param <L> the kind of listeners
 * @param <C> the kind of connections
 */
public interface Adoption<L, C> {

  /** As {@code Net.fileListener}, without the options that it sets. */
  L listener(int descriptor) throws IOException;

  /** As {@code Net.fileConn}, without the options that it sets. */
  C conn(int descriptor) throws IOException;
}

package gonet.internal.backend;

/**
 * A descriptor is a socket, but not of the kind that was to be adopted. Stays inside gonet and has
 * no stack trace: the API layer makes the exception a user sees.
 */
public final class WrongSocketException extends Exception {
  private static final long serialVersionUID = 1;

  /** What is wrong with it. */
  public enum Trait {
    /** SO_DOMAIN is none of AF_INET, AF_INET6 and AF_UNIX. */
    DOMAIN(Errno.EAFNOSUPPORT),
    /** SO_TYPE is not SOCK_STREAM, nor SOCK_SEQPACKET of AF_UNIX. */
    TYPE(Errno.EPROTOTYPE),
    /** SO_TYPE is not SOCK_DGRAM, where that was wanted. */
    PACKET_TYPE(Errno.EPROTOTYPE),
    /** SO_PROTOCOL is not IPPROTO_TCP. */
    PROTOCOL(Errno.EPROTONOSUPPORT),
    /** SO_PROTOCOL is not IPPROTO_UDP, where datagrams were wanted. */
    PACKET_PROTOCOL(Errno.EPROTONOSUPPORT),
    /** SO_ACCEPTCONN: it listens and should not, or the other way round. */
    LISTENING(Errno.EINVAL);

    private final int errno;

    Trait(int errno) {
      this.errno = errno;
    }

    /** What the kernel says to such a mistake, positive. */
    public int errno() {
      return errno;
    }
  }

  private final Trait trait;
  private final int found;

  /**
   * @param found the option's value, as Linux numbers it
   */
  public WrongSocketException(Trait trait, int found) {
    super(trait + " " + found, null, false, false);
    this.trait = trait;
    this.found = found;
  }

  /** What is wrong. */
  public Trait trait() {
    return trait;
  }

  /** The value found. */
  public int found() {
    return found;
  }
}

package gonet.test.sim;

import gonet.internal.backend.Option;
import gonet.internal.backend.SyscallException;
import gonet.internal.backend.WrongSocketException;

/**
 * What numbers of processes stand for, an open file description: closed with the last of them.
 * Confined to the carrier.
 */
abstract class OpenSocket {
  final Machine machine;
  private final Edges edges;
  private int references;

  OpenSocket(Machine machine) {
    this.machine = machine;
    this.edges = new Edges(machine);
  }

  /** Who hears of it. */
  final Edges edges() {
    return edges;
  }

  /** What is true of it now, as edges tell it. */
  abstract int level();

  /** Of an option that this kind of socket has. */
  abstract void set(Option option, int value);

  /** The same. */
  abstract int get(Option option);

  /** One more number stands for it, or a message has it on its way. */
  final void hold() {
    references++;
  }

  /** One less. */
  final void release() {
    references--;
    if (references == 0) {
      lastClose();
    }
  }

  /** Nobody has it any more. */
  abstract void lastClose();

  /** A number of a process, for gonet. */
  abstract SimDescriptor descriptor(HostProcess process, int number);

  /**
   * Refuses to be taken over as a stream.
   *
   * @throws SyscallException {@code getpeername}, ENOTCONN
   */
  abstract void requireStream(boolean listening) throws WrongSocketException, SyscallException;

  /** Refuses to be taken over as a socket for datagrams. */
  abstract void requireDatagrams() throws WrongSocketException;

  static void require(boolean fits, WrongSocketException.Trait trait, int found)
      throws WrongSocketException {
    if (!fits) {
      throw new WrongSocketException(trait, found);
    }
  }
}

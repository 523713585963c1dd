package gonet;

import gonet.PipeConn.PipeAddr;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a network, as an error names it. Which of the two addresses an operation shows
 * is Go's rule: reads, writes, closes and TCP options show both ends; deadlines and buffer sizes
 * ({@code set}) only the local one; accept and the close of a listener only the listening one; dial
 * the remote it tried, and a source if the caller chose one; listen what it binds.
 *
 * @param name {@code dial}, {@code listen}, {@code accept}, {@code read}, {@code write}, {@code
 *     writev}, {@code close}, {@code set} …
 * @param network the network as asked for; of an established connection, its socket's
 * @param source the local end, where the operation shows two
 * @param addr the remote end, or the only one
 */
record Op(String name, String network, @Nullable NetAddr source, @Nullable NetAddr addr) {

  static final String DIAL = "dial";
  static final String LISTEN = "listen";
  static final String ACCEPT = "accept";
  static final String READ = "read";
  static final String WRITE = "write";
  static final String WRITEV = "writev";
  static final String CLOSE = "close";
  static final String SET = "set";
  static final String FILE = "file";

  /** An operation of a connection, with the addresses that Go shows for it. */
  static Op of(String name, Conn conn) {
    NetAddr remote = conn.remoteAddr();
    if (remote == PipeAddr.PIPE) {
      return new Op(name, PipeAddr.NETWORK, null, null);
    }
    return name.equals(SET)
        ? new Op(name, remote.network(), null, conn.localAddr())
        : new Op(name, remote.network(), conn.localAddr(), remote);
  }

  /** An operation of a listener. */
  static Op of(String name, Listener listener) {
    return new Op(name, listener.addr().network(), null, listener.addr());
  }

  /** The text of Go's OpError: {@code name network source->addr: inner}. */
  String text(String inner) {
    return this + ": " + inner;
  }

  /** {@code name network source->addr}, with which every message begins. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(64).append(name);
    if (!network.isEmpty()) {
      text.append(' ').append(network);
    }
    if (source != null) {
      text.append(' ').append(source);
    }
    if (addr != null) {
      text.append(source != null ? "->" : " ").append(addr);
    }
    return text.toString();
  }
}

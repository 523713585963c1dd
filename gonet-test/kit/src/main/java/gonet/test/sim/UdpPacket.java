package gonet.test.sim;

import gonet.netip.AddrPort;

/**
 * A UDP datagram, or the news of ICMP that nobody is at the port it went to.
 *
 * @param refused it is that news: {@code from} and {@code to} are those of the datagram it is about
 */
@SuppressWarnings("ArrayRecordComponent") // nobody changes the bytes, nobody compares datagrams
record UdpPacket(AddrPort from, AddrPort to, byte[] data, boolean refused) {
  @Override
  public String toString() {
    return refused
        ? "ICMP to " + from + ": nobody at " + to
        : from + " > " + to + " UDP " + data.length + " bytes";
  }
}

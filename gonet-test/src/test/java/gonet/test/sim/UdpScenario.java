package gonet.test.sim;

import static gonet.test.sim.Agreement.ADDRESS;
import static gonet.test.sim.Agreement.SHORT;
import static gonet.test.sim.Agreement.await;
import static gonet.test.sim.Agreement.awaitReadable;
import static gonet.test.sim.Agreement.close;
import static gonet.test.sim.Agreement.closeWrite;
import static gonet.test.sim.Agreement.write;

import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.Dialer;
import gonet.ListenConfig;
import gonet.Net;
import gonet.UdpAddr;
import gonet.UdpConn;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Instant;

/** What happens to datagrams: {@code here} has no peer, {@code peer} is connected to it. */
@SuppressWarnings("ImmutableEnumChecker") // functions without a state
enum UdpScenario {
  THERE_AND_BACK(
      (seen, here, peer) -> {
        seen.see("write", () -> write(peer, 10));
        Datagram d = Datagram.allocate(100);
        here.receive(d);
        seen.see("bytes", () -> d.wireLength());
        seen.see("from", () -> peer.localAddr().equals(d.addr()));
        here.send(d);
        seen.read("back", peer);
      }),
  EACH_IS_READ_ALONE(
      (seen, here, peer) -> {
        write(peer, 10);
        write(peer, 0);
        write(peer, 20);
        seen.read("first", here);
        seen.read("empty", here);
        seen.read("third", here);
      }),
  GATHERED(
      (seen, here, peer) -> {
        peer.write(ByteBuffer.allocate(3), ByteBuffer.allocate(0), ByteBuffer.allocate(4));
        seen.read("one", here);
      }),
  WHAT_DOES_NOT_FIT_IS_LOST(
      (seen, here, peer) -> {
        write(peer, 10);
        write(peer, 5);
        Datagram d = Datagram.allocate(4);
        here.receive(d);
        seen.see("truncated", () -> d.truncated() + " of " + (d.wireLength() == 10));
        seen.read("next", here);
      }),
  TOO_LONG(
      (seen, here, peer) -> {
        seen.see("longest", () -> write(peer, 65_507));
        seen.see("longer", () -> write(peer, 65_508));
        seen.see("read", () -> here.read(new byte[70_000]));
      }),
  BATCH(
      (seen, here, peer) -> {
        DatagramBatch batch = DatagramBatch.allocate(3, 100);
        for (int i = 0; i < 3; i++) {
          batch.get(i).data().clear().limit(i + 1);
          Datagram _ = batch.get(i).setAddr(here.localAddr());
        }
        try (UdpConn other = (UdpConn) Net.listenPacket("udp4", ADDRESS)) {
          seen.see("send", () -> other.send(batch, 0, 3));
        }
        seen.read("first", here);
        seen.read("second", here);
        seen.read("third", here);
      }),

  // ---- who hears what
  NOBODY_THERE(
      (seen, here, peer) -> {
        here.close();
        seen.see("write", () -> write(peer, 1));
        seen.read("refused", peer);
        seen.see("again", () -> write(peer, 1));
        seen.read("refused", peer);
      }),
  NOBODY_THERE_SEEN_BY_A_WRITE(
      (seen, here, peer) -> {
        here.close();
        await(
            () -> {
              try {
                write(peer, 1);
                return false;
              } catch (IOException e) {
                return true;
              }
            });
        seen.see("closed", peer::isClosed);
      }),
  NOBODY_THERE_WITHOUT_A_PEER(
      (seen, here, peer) -> {
        UdpAddr gone = peer.localAddr();
        peer.close();
        seen.see("send", () -> send(here, gone));
        here.setReadTimeout(SHORT);
        seen.read("read", here);
        seen.see("again", () -> send(here, gone));
      }),
  STRANGERS_ARE_NOT_HEARD(
      (seen, here, peer) -> {
        try (UdpConn stranger = (UdpConn) Net.listenPacket("udp4", ADDRESS)) {
          seen.see("send", () -> send(stranger, peer.localAddr()));
        }
        peer.setReadTimeout(SHORT);
        seen.read("read", peer);
      }),
  THE_CONNECTED_ONE_IS_CLOSER(
      (seen, here, peer) -> {
        ListenConfig shared = ListenConfig.defaults().withReusePort(true);
        try (UdpConn one = shared.listenUdp("udp4", ADDRESS);
            UdpConn connected =
                Dialer.defaults()
                    .withLocalAddr(one.localAddr())
                    .withControl(
                        (network, address, socket) ->
                            socket.setOption(StandardSocketOptions.SO_REUSEPORT, true))
                    .dialUdp("udp4", here.localAddr())) {
          seen.see("send", () -> send(here, one.localAddr()));
          seen.read("connected", connected);
          one.setReadTimeout(SHORT);
          seen.read("other", one);
        }
      }),
  WILDCARD(
      (seen, here, peer) -> {
        try (UdpConn all = (UdpConn) Net.listenPacket("udp4", ":0");
            UdpConn dialled =
                Dialer.defaults().dialUdp("udp4", "127.0.0.1:" + all.localAddr().port())) {
          write(dialled, 3);
          seen.read("read", all);
        }
      }),
  PORT_IN_USE(
      (seen, here, peer) ->
          seen.see("listen", () -> Net.listenPacket("udp4", here.localAddr().toString()))),
  PORT_IS_FREE_BEHIND_A_CLOSE(
      (seen, here, peer) -> {
        String address = here.localAddr().toString();
        here.close();
        seen.see("listen", () -> close(Net.listenPacket("udp4", address)));
      }),
  NOT_MINE((seen, here, peer) -> seen.see("listen", () -> Net.listenPacket("udp4", "192.0.2.1:0"))),

  // ---- calls that are none
  WITHOUT_A_PEER(
      (seen, here, peer) -> {
        seen.see("write", () -> write(here, 1));
        seen.see("port zero", () -> send(here, here.localAddr().addr().toString() + ":0"));
      }),
  ANOTHER_ADDRESS_OF_A_CONNECTED_ONE(
      (seen, here, peer) -> {
        seen.see("send", () -> send(peer, here.localAddr()));
        seen.see("end", () -> closeWrite(peer));
      }),
  ADDRESSES(
      (seen, here, peer) -> {
        seen.see("peer", () -> peer.remoteAddr().equals(here.localAddr()));
        seen.see("none", here::remoteAddr);
        seen.see("connected", () -> peer.isConnected() + " " + here.isConnected());
        seen.see("one host", () -> Agreement.sameHost(here.localAddr(), peer.remoteAddr()));
      }),

  // ---- waits
  READ_TIMEOUT(
      (seen, here, peer) -> {
        here.setReadTimeout(SHORT);
        seen.read("read", here);
        write(peer, 4);
        here.setReadTimeout(null);
        seen.read("goes on", here);
      }),
  DEADLINE_IN_THE_PAST(
      (seen, here, peer) -> {
        write(peer, 5);
        here.awaitReadable();
        here.setDeadline(Instant.EPOCH);
        seen.read("read", here);
        seen.see("await", () -> awaitReadable(here));
        here.setDeadline(null);
        seen.read("goes on", here);
      }),
  CLOSE_OF_A_READER(
      (seen, here, peer) -> {
        Thread reader = seen.waiting("read", () -> here.read(new byte[1]));
        here.close();
        reader.join();
        seen.see("send", () -> send(here, peer.localAddr()));
      }),
  INTERRUPT_OF_A_READER(
      (seen, here, peer) -> {
        Thread reader = seen.waiting("read", () -> here.read(new byte[1]));
        reader.interrupt();
        reader.join();
        write(peer, 3);
        seen.read("goes on", here);
      }),
  REFUSAL_OF_A_READER(
      (seen, here, peer) -> {
        Thread reader = seen.waiting("read", () -> peer.read(new byte[1]));
        here.close();
        write(peer, 1);
        reader.join();
      });

  interface Talk {
    void run(Agreement.Seen seen, UdpConn here, UdpConn peer)
        throws IOException, InterruptedException;
  }

  private final Talk talk;

  UdpScenario(Talk talk) {
    this.talk = talk;
  }

  Agreement.Script script() {
    return (seen, listener) -> {
      try (UdpConn here = (UdpConn) Net.listenPacket("udp4", ADDRESS);
          UdpConn peer = Dialer.defaults().dialUdp("udp4", here.localAddr())) {
        here.setReadTimeout(Agreement.LONG);
        peer.setReadTimeout(Agreement.LONG);
        talk.run(seen, here, peer);
      }
    };
  }

  private static String send(UdpConn from, UdpAddr to) throws IOException {
    from.send(new byte[2], to);
    return "sent";
  }

  private static String send(UdpConn from, String to) throws IOException {
    return send(from, UdpAddr.resolve("udp4", to));
  }
}

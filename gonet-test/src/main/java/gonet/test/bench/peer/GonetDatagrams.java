package gonet.test.bench.peer;

import gonet.Datagram;
import gonet.DatagramBatch;
import gonet.ListenConfig;
import gonet.Net;
import gonet.UdpConn;
import java.io.IOException;
import java.nio.ByteBuffer;

/** What {@link GonetPeer} does with datagrams: a virtual thread for each socket. */
final class GonetDatagrams {
  private static final int BATCH = 32;

  private GonetDatagrams() {}

  /** Serves until the end of the standard input ends the JVM. */
  static void serve(Peer.Mode mode) throws IOException, InterruptedException {
    int port = 0;
    Thread last = Thread.currentThread();
    for (int i = 1; i <= Peer.SOCKETS; i++) {
      UdpConn conn = ListenConfig.defaults().listenUdp("udp4", "127.0.0." + i + ":" + port);
      port = conn.localAddr().port();
      last = Net.go(() -> serve(conn, mode));
    }
    Peer.listening(port, GonetPeer::stats);
    last.join();
  }

  private static void serve(UdpConn conn, Peer.Mode mode) throws IOException {
    switch (mode) {
      case DATAGRAMS -> echo(conn, Datagram.allocate(Peer.DATAGRAM_BYTES));
      case BATCHES -> echo(conn, DatagramBatch.allocate(BATCH, Peer.DATAGRAM_BYTES));
      case SEGMENTS -> {
        conn.setCoalescing(true);
        echo(conn, Datagram.allocate(Peer.LONGEST_BYTES));
      }
      case TRAINS -> sendTrains(conn);
      default -> throw new IllegalArgumentException("no mode of datagrams: " + mode);
    }
  }

  private static void echo(UdpConn conn, Datagram datagram) throws IOException {
    for (; ; ) {
      conn.receive(datagram);
      conn.send(datagram);
    }
  }

  private static void echo(UdpConn conn, DatagramBatch batch) throws IOException {
    for (; ; ) {
      int received = conn.receive(batch);
      for (int sent = 0; sent < received; ) {
        sent += conn.send(batch, sent, received - sent);
      }
    }
  }

  private static void sendTrains(UdpConn conn) throws IOException {
    Datagram question = Datagram.allocate(Peer.DATAGRAM_BYTES);
    Datagram train = Datagram.allocate(Peer.TRAIN * Peer.CAR_BYTES).setSegmentSize(Peer.CAR_BYTES);
    train.data().put(ByteBuffer.wrap(Peer.block(), 0, train.data().capacity())).flip();
    for (; ; ) {
      conn.receive(question);
      conn.send(train.setAddr(question));
    }
  }
}

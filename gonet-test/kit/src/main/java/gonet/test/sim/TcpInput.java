package gonet.test.sim;

import gonet.internal.backend.Errno;
import gonet.internal.backend.Readiness;
import gonet.test.sim.TcpSocket.State;

/**
 * What a TCP socket does with a segment that comes to it: RFC 9293, 3.10.7. Confined to the
 * carrier.
 */
final class TcpInput {
  private final TcpSocket socket;
  private final TcpSender sender;
  private final TcpReceiver receiver;
  private final PeerWatch watch;

  TcpInput(TcpSocket socket, TcpSender sender, TcpReceiver receiver, PeerWatch watch) {
    this.socket = socket;
    this.sender = sender;
    this.receiver = receiver;
    this.watch = watch;
  }

  void arrived(Segment segment) {
    watch.heard();
    switch (socket.state) {
      case SYN_SENT -> inSynSent(segment);
      case TIME_WAIT -> inTimeWait(segment);
      case CLOSED, LISTEN -> socket.machine.refuse(segment);
      default -> inOthers(segment);
    }
  }

  private void inSynSent(Segment segment) {
    if (segment.has(Segment.ACK) && segment.ack() != sender.next()) {
      socket.machine.refuse(segment);
      return;
    }
    if (segment.has(Segment.RST)) {
      if (segment.has(Segment.ACK)) {
        socket.fail(Errno.ECONNREFUSED);
      }
      return;
    }
    if (segment.has(Segment.SYN)) {
      receiver.begin(segment);
      if (segment.has(Segment.ACK)) {
        establish(segment);
        socket.acknowledge();
        socket.tell(Readiness.WRITE);
      } else { // both have called at once
        socket.state = State.SYN_RECEIVED;
        sender.firstWindow(segment);
        sender.sendSynOnce(true);
      }
    }
  }

  private void inTimeWait(Segment segment) {
    if (segment.has(Segment.RST)) {
      socket.end();
    } else if (segment.has(Segment.SYN) && segment.seq() > receiver.next()) {
      socket.end(); // a new connection in the place of the old one
      socket.machine.arrived(segment);
    } else if (segment.length() > 0) {
      socket.acknowledge();
    }
  }

  private void inOthers(Segment segment) {
    if (segment.has(Segment.RST)) {
      // RFC 5961, 3.2: only the very next number is believed.
      if (segment.seq() == receiver.next() || socket.state == State.SYN_RECEIVED) {
        TcpSocket listener = socket.parent;
        if (socket.state == State.SYN_RECEIVED && listener != null) {
          socket.end();
        } else {
          socket.fail(socket.state == State.CLOSE_WAIT ? Errno.EPIPE : Errno.ECONNRESET);
        }
      } else if (receiver.isAhead(segment.seq())) {
        socket.acknowledge();
      }
      return;
    }
    if (segment.has(Segment.SYN)) {
      if (socket.state == State.SYN_RECEIVED && segment.end() == receiver.next()) {
        if (segment.has(Segment.ACK) && socket.parent == null) {
          handshakeOver(segment);
        } else {
          sender.sendSynOnce(true);
        }
      } else {
        socket.acknowledge();
      }
      return;
    }
    if (!segment.has(Segment.ACK)) {
      return;
    }
    if (socket.state == State.SYN_RECEIVED) {
      if (segment.ack() != sender.next()) {
        socket.machine.refuse(segment);
        return;
      }
      if (!handshakeOver(segment)) {
        return; // as if it had not come: the SYN is answered once more
      }
    }
    acknowledged(segment);
    if (socket.state == State.CLOSED || socket.state == State.TIME_WAIT) {
      return;
    }
    if (segment.length() > 0) {
      if (socket.orphan() && segment.data().length > 0 && segment.end() > receiver.next()) {
        socket.reset(); // nobody will read it
        return;
      }
      receiver.arrived(segment);
      if (socket.state != State.TIME_WAIT) {
        socket.acknowledge();
      }
    } else if (segment.seq() < receiver.next()) {
      socket.acknowledge(); // a probe
    }
  }

  /** The handshake is over on this side; false if the listener's queue is full. */
  private boolean handshakeOver(Segment segment) {
    TcpSocket listener = socket.parent;
    if (listener != null) {
      if (listener.state != State.LISTEN) {
        socket.reset();
        return false;
      }
      if (listener.queue.size() > listener.backlog) {
        return false;
      }
    }
    establish(segment);
    socket.parent = null;
    if (listener != null) {
      listener.queue.add(socket);
      listener.tell(Readiness.READ);
    } else {
      socket.tell(Readiness.WRITE);
    }
    return true;
  }

  private void acknowledged(Segment segment) {
    if (!sender.acknowledged(segment)) {
      return;
    }
    if (sender.finAcked()) {
      if (socket.state == State.LAST_ACK) {
        socket.end();
        return;
      }
      if (receiver.ended()) {
        socket.waitOut();
        return;
      }
      if (socket.orphan()) {
        socket.orphanEnds();
      }
    }
    sender.transmit();
  }

  /** The segment acknowledges our SYN. */
  private void establish(Segment segment) {
    sender.establish(segment);
    socket.state = State.ESTABLISHED;
    watch.heard();
    watch.begin();
  }
}

package gonet.test.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A name server that does what a test says, also what no server should do: over UDP and TCP, on one
 * port of a loopback address, by the JDK's own sockets.
 */
public final class NameServer implements AutoCloseable {
  /** What the server does with a query. */
  public interface Script {
    /** Sends whatever there is to send, now or later; nothing at all is silence. */
    void serve(DnsQuery query, Sender sender) throws IOException;
  }

  /** The way back to whoever asked. */
  public interface Sender {
    /** Sends a message; may be called several times. */
    void send(byte[] message) throws IOException;

    /** Sends it later. */
    void sendAfter(Duration delay, byte[] message);

    /** Sends it from another port, as somebody who only guesses would. Datagrams only. */
    void sendFromElsewhere(byte[] message) throws IOException;

    /** Closes the connection, if it is one. */
    void hangUp() throws IOException;
  }

  private static final int TRIES = 100;
  private static final int RECEIVE_BUFFER = 8 << 20;

  private final DatagramSocket datagrams;
  private final ServerSocket streams;
  private final InetSocketAddress local;
  private final Script script;
  private final Queue<DnsQuery> queries = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("name-server-later").factory());

  private NameServer(DatagramSocket datagrams, ServerSocket streams, Script script) {
    this.datagrams = datagrams;
    this.streams = streams;
    this.local = (InetSocketAddress) datagrams.getLocalSocketAddress();
    this.script = script;
  }

  /** Starts one on a free port of this address. */
  public static NameServer start(String addr, Script script) throws IOException {
    InetAddress local = InetAddress.getByName(addr);
    for (int i = 1; ; i++) {
      DatagramSocket datagrams = new DatagramSocket(0, local);
      try {
        datagrams.setReceiveBufferSize(RECEIVE_BUFFER);
        ServerSocket streams = new ServerSocket(datagrams.getLocalPort(), 512, local);
        NameServer server = new NameServer(datagrams, streams, script);
        Thread.ofPlatform().daemon().name("name-server-udp").start(server::receive);
        Thread.ofPlatform().daemon().name("name-server-tcp").start(server::accept);
        return server;
      } catch (BindException e) { // of the other kind, somebody has that port already
        datagrams.close();
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  /** Address and port, as {@code host:port}. */
  public String addr() {
    String host = local.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + local.getPort();
  }

  /** All queries so far, in their order. */
  public List<DnsQuery> queries() {
    return List.copyOf(queries);
  }

  private void receive() {
    byte[] buf = new byte[4096];
    try {
      for (; ; ) {
        DatagramPacket packet = new DatagramPacket(buf, buf.length);
        datagrams.receive(packet);
        byte[] bytes = Arrays.copyOf(buf, packet.getLength());
        InetSocketAddress from = (InetSocketAddress) packet.getSocketAddress();
        DnsQuery query = DnsQuery.read(bytes, from, false);
        queries.add(query);
        script.serve(query, new DatagramSender(from));
      }
    } catch (IOException e) {
      ended(e);
    }
  }

  private void accept() {
    try {
      for (; ; ) {
        Socket socket = streams.accept();
        Thread.startVirtualThread(() -> serve(socket));
      }
    } catch (IOException e) {
      ended(e);
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      StreamSender sender = new StreamSender(socket);
      for (; ; ) {
        byte[] bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
        InetSocketAddress from = (InetSocketAddress) socket.getRemoteSocketAddress();
        DnsQuery query = DnsQuery.read(bytes, from, true);
        queries.add(query);
        script.serve(query, sender);
      }
    } catch (IOException e) {
      // The client has what it wanted, or the script has hung up.
    }
  }

  private void ended(IOException e) {
    if (!datagrams.isClosed()) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    datagrams.close();
    streams.close();
    later.shutdownNow();
  }

  private abstract class LaterSender implements Sender {
    @Override
    public void sendAfter(Duration delay, byte[] message) {
      var _ =
          later.schedule(
              () -> {
                send(message);
                return null;
              },
              delay.toNanos(),
              TimeUnit.NANOSECONDS);
    }
  }

  private final class DatagramSender extends LaterSender {
    private final InetSocketAddress to;

    DatagramSender(InetSocketAddress to) {
      this.to = to;
    }

    @Override
    public void send(byte[] message) throws IOException {
      try {
        datagrams.send(new DatagramPacket(message, message.length, to));
      } catch (SocketException e) {
        if (!datagrams.isClosed()) {
          throw e;
        }
      }
    }

    @Override
    public void sendFromElsewhere(byte[] message) throws IOException {
      try (DatagramSocket other = new DatagramSocket(0, datagrams.getLocalAddress())) {
        other.send(new DatagramPacket(message, message.length, to));
      }
    }

    @Override
    public void hangUp() {
      // Datagrams have no connection.
    }
  }

  private final class StreamSender extends LaterSender {
    private final Socket socket;

    StreamSender(Socket socket) {
      this.socket = socket;
    }

    @Override
    public void send(byte[] message) throws IOException {
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      byte[] framed = new byte[2 + message.length];
      framed[0] = (byte) (message.length >> 8);
      framed[1] = (byte) message.length;
      System.arraycopy(message, 0, framed, 2, message.length);
      out.write(framed);
    }

    @Override
    public void sendFromElsewhere(byte[] message) {
      throw new UnsupportedOperationException("a stream has one place it comes from");
    }

    @Override
    public void hangUp() throws IOException {
      socket.close();
    }
  }
}

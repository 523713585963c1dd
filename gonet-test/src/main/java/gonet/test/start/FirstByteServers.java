package gonet.test.start;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The servers that {@link FirstByte} starts: they echo on a virtual thread and end with it. */
final class FirstByteServers {
  private FirstByteServers() {}

  static final class OverGonet {
    private OverGonet() {}

    public static void main(String[] args) throws Exception {
      try (Listener listener = Net.listen("tcp", "127.0.0.1:0")) {
        String address = listener.addr().toString();
        System.out.println(address.substring(address.lastIndexOf(':') + 1));
        Conn conn = listener.accept();
        Net.go(() -> echo(conn)).join();
      }
    }

    private static void echo(Conn conn) throws IOException {
      try (conn) {
        byte[] buf = new byte[1024];
        for (int n; (n = conn.read(buf)) >= 0; ) {
          conn.write(buf, 0, n);
        }
      }
    }
  }

  static final class OverJdk {
    private OverJdk() {}

    public static void main(String[] args) throws Exception {
      try (ServerSocket listener = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
        System.out.println(listener.getLocalPort());
        Socket socket = listener.accept();
        Thread.startVirtualThread(() -> echo(socket)).join();
      }
    }

    private static void echo(Socket socket) {
      try (socket) {
        byte[] buf = new byte[1024];
        for (int n; (n = socket.getInputStream().read(buf)) >= 0; ) {
          socket.getOutputStream().write(buf, 0, n);
        }
      } catch (IOException e) {
        System.err.println(e);
      }
    }
  }
}

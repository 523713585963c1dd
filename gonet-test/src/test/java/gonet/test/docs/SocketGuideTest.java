package gonet.test.docs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.Conn;
import gonet.Listener;
import gonet.Net;
import gonet.examples.http.HttpSession;
import gonet.examples.http.Limits;
import gonet.examples.http.Site;
import gonet.examples.resp.Keyspace;
import gonet.examples.resp.RespSession;
import gonet.server.Server;
import gonet.socket.SocketViews;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.test.tls.TestKeys;
import gonet.test.tls.TlsPairs;
import gonet.tls.Tls;
import gonet.tls.TlsConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The examples of docs/guide.md on sockets for libraries. */
@Timeout(180)
@Proves("socket-view")
class SocketGuideTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  // example
  /** OkHttp over gonet's connections, and gonet's TLS. */
  static OkHttpClient httpClient(TlsConfig tls, X509TrustManager trust) {
    return new OkHttpClient.Builder()
        .socketFactory(SocketViews.factory())
        .sslSocketFactory(SocketViews.tlsFactory(tls), trust)
        .build();
  }

  // end of example

  @Test
  void okHttpAsksOverGonetsTls() throws Exception {
    TestKeys keys = TlsPairs.keys();
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("server", keys.chain().getFirst());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    OkHttpClient client =
        httpClient(
            TlsConfig.builder().trust(keys.chain()).build(),
            (X509TrustManager) trust.getTrustManagers()[0]);
    try (Server server =
        Server.builder()
            .listenOn("tcp", "127.0.0.1:0", Tls.serverLayer(TlsPairs.server().build()))
            .handler(conn -> HttpSession.serve(conn, Site.withoutFiles(), Limits.defaults()))
            .start()) {
      String url = "https://localhost:" + server.addr().addrPort().port() + "/plaintext";
      Request request = new Request.Builder().url(url).build();
      try (Response response = client.newCall(request).execute()) {
        assertEquals("Hello, World!", response.body().string());
      }
      client.dispatcher().executorService().shutdown();
      client.connectionPool().evictAll();
    }
  }

  // example
  /** Jedis over a Unix socket, which it knows nothing of. */
  static Jedis jedis(String path) {
    return new Jedis(
        () -> {
          try {
            return SocketViews.of(Net.dial("unix", path));
          } catch (IOException e) {
            throw new JedisConnectionException(e);
          }
        });
  }

  // end of example

  @Test
  void jedisAsksOverAUnixSocket(@TempDir Path dir) throws Exception {
    String path = dir.resolve("s").toString();
    Keyspace keyspace = new Keyspace();
    try (Server server =
            Server.builder()
                .listenOn("unix", path)
                .handler(conn -> RespSession.serve(conn, keyspace))
                .start();
        Jedis jedis = jedis(server.addr().toString())) {
      jedis.set("k", "v");
      assertEquals("v", jedis.get("k"));
    }
  }

  // example
  /** Code that wants a socket, and its habits: a timeout for each read, a reader of lines. */
  static String firstLine(Conn conn, int timeoutMillis) throws IOException {
    Socket socket = SocketViews.of(conn);
    socket.setSoTimeout(timeoutMillis); // SocketTimeoutException, and the next read goes on
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
  }

  /** Code that accepts for itself gets a listener of gonet's, or one under TLS, as its socket. */
  static void serve(Listener listener) throws IOException {
    try (ServerSocket server = SocketViews.serverSocket(listener);
        Socket client = server.accept()) {
      client.getOutputStream().write("hello\n".getBytes(US_ASCII));
    }
  }

  // end of example

  @Test
  void oldCodeHasItsSockets() throws Exception {
    Listener listener = Net.listen("tcp", "127.0.0.1:0");
    int port = SocketViews.serverSocket(listener).getLocalPort();
    Job<?> server = crew.start("server", () -> serve(listener));
    try (Conn conn = Net.dial(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))) {
      assertEquals("hello", firstLine(conn, 20_000));
    }
    server.result();
    try (ServerSocket silent = new ServerSocket(0);
        Conn conn = Net.dial("tcp", "localhost:" + silent.getLocalPort())) {
      assertThrows(SocketTimeoutException.class, () -> firstLine(conn, 30));
    }
  }

  @Test
  void theGuideShowsTheseExamples() throws Exception {
    GuideExamples.assertShown(SocketGuideTest.class, 3);
  }
}

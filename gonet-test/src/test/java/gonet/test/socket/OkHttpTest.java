package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.server.Server;
import gonet.socket.SocketViews;
import gonet.test.Callers;
import gonet.test.Crew;
import gonet.test.Job;
import gonet.test.Proves;
import gonet.test.tls.TestKeys;
import gonet.test.tls.TlsPairs;
import gonet.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OkHttp over gonet's sockets against the example server, plain and under TLS. */
@Timeout(180)
@Proves("socket-libraries")
class OkHttpTest {
  private final Crew crew = new Crew(Callers.VIRTUAL);

  @AfterEach
  void end() throws Exception {
    crew.end();
  }

  private static OkHttpClient.Builder builder() {
    return new OkHttpClient.Builder()
        .socketFactory(SocketViews.factory())
        .callTimeout(Duration.ofSeconds(30));
  }

  private static void close(OkHttpClient client) {
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
  }

  private void exercise(OkHttpClient client, String url) throws Exception {
    Request hello = new Request.Builder().url(url + "/plaintext").build();
    try (Response response = client.newCall(hello).execute()) {
      assertEquals(200, response.code());
      assertEquals(Protocol.HTTP_1_1, response.protocol());
      assertEquals("Hello, World!", response.body().string());
    }
    byte[] data = new byte[500_000];
    Arrays.fill(data, (byte) 3);
    Request echo = new Request.Builder().url(url + "/echo").post(RequestBody.create(data)).build();
    try (Response response = client.newCall(echo).execute()) {
      assertArrayEquals(data, response.body().bytes());
    }
    byte[] less = new byte[50_000]; // TLS by a simple compiler takes a second for ten megabytes
    Request part = new Request.Builder().url(url + "/echo").post(RequestBody.create(less)).build();
    List<Job<?>> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          crew.start(
              "client",
              () -> {
                for (int n = 0; n < 20; n++) {
                  try (Response response = client.newCall(part).execute()) {
                    assertEquals(less.length, response.body().bytes().length);
                  }
                }
              }));
    }
    for (Job<?> thread : threads) {
      thread.result();
    }
  }

  @Test
  void requestsGoThroughAPoolOfGonetsConnections() throws Exception {
    OkHttpClient client = builder().build();
    try (Server server = HttpServers.plain()) {
      exercise(client, "http://127.0.0.1:" + HttpServers.port(server.addr()));
      close(client);
    }
  }

  /** By gonet's own TLS, and by the JDK's over gonet's sockets. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tlsIsGonetsOrTheJdks(boolean own) throws Exception {
    TestKeys keys = TlsPairs.keys();
    SSLSocketFactory factory =
        own
            ? SocketViews.tlsFactory(TlsConfig.builder().trust(keys.chain()).build())
            : TlsPairs.sslContext().getSocketFactory();
    OkHttpClient client = builder().sslSocketFactory(factory, HttpServers.trust(keys)).build();
    try (Server server = HttpServers.secure()) {
      String url = "https://localhost:" + HttpServers.port(server.addr());
      exercise(client, url);
      Request request = new Request.Builder().url(url + "/plaintext").build();
      try (Response response = client.newCall(request).execute()) {
        assertNotNull(response.handshake());
        assertEquals(keys.chain().getFirst(), response.handshake().peerCertificates().getFirst());
        assertEquals("TLSv1.3", response.handshake().tlsVersion().javaName());
      }
      close(client);
    }
  }

  @Test
  void aServerThatNobodyTrustsIsRefused() throws Exception {
    OkHttpClient client =
        builder()
            .sslSocketFactory(
                SocketViews.tlsFactory(TlsConfig.defaults()), HttpServers.trust(TlsPairs.keys()))
            .build();
    try (Server server = HttpServers.secure()) {
      String url = "https://localhost:" + HttpServers.port(server.addr()) + "/plaintext";
      Request request = new Request.Builder().url(url).build();
      assertThrows(SSLException.class, () -> client.newCall(request).execute().close());
      close(client);
    }
  }

  @Test
  void aServerThatIsSilentMeetsTheTimeoutAndACancelEndsACall() throws Exception {
    OkHttpClient client = builder().readTimeout(Duration.ofMillis(100)).build();
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      Request request =
          new Request.Builder().url("http://127.0.0.1:" + silent.getLocalPort() + "/").build();
      assertThrows(SocketTimeoutException.class, () -> client.newCall(request).execute().close());

      OkHttpClient patient = client.newBuilder().readTimeout(Duration.ZERO).build();
      var call = patient.newCall(request);
      Job<?> caller = crew.start("caller", () -> call.execute().close());
      caller.staysFor(Duration.ofMillis(100));
      call.cancel();
      caller.failure(IOException.class);
    }
    close(client);
  }
}

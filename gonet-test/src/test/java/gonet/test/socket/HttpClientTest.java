package gonet.test.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gonet.server.Server;
import gonet.socket.SocketViews;
import gonet.test.Proves;
import gonet.test.tls.TlsPairs;
import gonet.tls.TlsConfig;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.BasicHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache HttpClient 5 over gonet's sockets against the example server, plain and under TLS. */
@org.junit.jupiter.api.Timeout(60)
@Proves("socket-libraries")
class HttpClientTest {

  /** Its sockets come from gonet, and its TLS is the strategy's. */
  private static CloseableHttpClient client(TlsSocketStrategy tls, Timeout socketTimeout) {
    SocketFactory factory = SocketViews.factory();
    BasicHttpClientConnectionManager manager =
        new BasicHttpClientConnectionManager(
            new DefaultHttpClientConnectionOperator(
                proxy -> factory.createSocket(),
                null,
                null,
                RegistryBuilder.<TlsSocketStrategy>create().register("https", tls).build()),
            null);
    manager.setConnectionConfig(
        ConnectionConfig.custom()
            .setConnectTimeout(Timeout.ofSeconds(20))
            .setSocketTimeout(socketTimeout)
            .build());
    return HttpClients.custom().setConnectionManager(manager).disableAutomaticRetries().build();
  }

  private static TlsSocketStrategy own(TlsConfig config) {
    SSLSocketFactory factory = SocketViews.tlsFactory(config);
    return (socket, target, port, attachment, context) -> {
      SSLSocket secure = (SSLSocket) factory.createSocket(socket, target, port, true);
      secure.startHandshake();
      return secure;
    };
  }

  private static void exercise(CloseableHttpClient client, String url) throws Exception {
    HttpGet hello = new HttpGet(url + "/plaintext");
    for (int i = 0; i < 3; i++) {
      String got = client.execute(hello, answer -> EntityUtils.toString(answer.getEntity()));
      assertEquals("Hello, World!", got);
    }
    byte[] data = new byte[500_000];
    Arrays.fill(data, (byte) 5);
    HttpPost post = new HttpPost(url + "/echo");
    post.setEntity(new ByteArrayEntity(data, ContentType.APPLICATION_OCTET_STREAM));
    byte[] echo = client.execute(post, answer -> EntityUtils.toByteArray(answer.getEntity()));
    assertArrayEquals(data, echo);
  }

  @Test
  void requestsGoOverGonetsConnections() throws Exception {
    try (Server server = HttpServers.plain();
        CloseableHttpClient client = client(own(TlsConfig.defaults()), Timeout.ofSeconds(20))) {
      exercise(client, "http://127.0.0.1:" + HttpServers.port(server.addr()));
    }
  }

  /** By gonet's own TLS, and by the JDK's over gonet's sockets. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tlsIsGonetsOrTheJdks(boolean own) throws Exception {
    TlsSocketStrategy tls =
        own
            ? own(TlsConfig.builder().trust(TlsPairs.keys().chain()).build())
            : new DefaultClientTlsStrategy(TlsPairs.sslContext());
    try (Server server = HttpServers.secure();
        CloseableHttpClient client = client(tls, Timeout.ofSeconds(20))) {
      exercise(client, "https://localhost:" + HttpServers.port(server.addr()));
    }
  }

  @Test
  void aServerThatIsSilentMeetsTheTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        CloseableHttpClient client =
            client(own(TlsConfig.defaults()), Timeout.ofMilliseconds(100))) {
      HttpGet get = new HttpGet("http://127.0.0.1:" + silent.getLocalPort() + "/");
      assertThrows(SocketTimeoutException.class, () -> client.execute(get, answer -> 0));
    }
  }
}

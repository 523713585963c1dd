package gonet.tls;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gonet.Net;
import gonet.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server's handshake: its turn to compute, and the key that it has chosen. */
@Timeout(180)
class ServerHandshakeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** For localhost, of nobody, from 2001 to 2049. */
  private static final String PEM =
      """
      -----BEGIN PRIVATE KEY-----
      MEECAQAwEwYHKoZIzj0CAQYIKoZIzj0DAQcEJzAlAgEBBCCA41H/Xdpizoe/f11W
      wgroiGQLTmUpK3wkbQt83x0ECg==
      -----END PRIVATE KEY-----
      -----BEGIN CERTIFICATE-----
      MIIBRjCB7KADAgECAgYHOyBKSHIwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9j
      YWxob3N0MCIYDzIwMDEwMTAxMDAwMDAwWhgPMjA0OTAxMDEwMDAwMDBaMBQxEjAQ
      BgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC569q5J
      qx11um4UFEzAzJcW/Q/9UJmY4iMK7HGHZcXj1olSjMd678QxGFnlx0BOcBgvGE6f
      E0trA9PcJ9OOliejJjAkMAwGA1UdEwEB/wQCMAAwFAYDVR0RBA0wC4IJbG9jYWxo
      b3N0MAoGCCqGSM49BAMCA0kAMEYCIQCefS8lTplutoyE8nG/2/EVhqcUeyx3mf0a
      o+565q2VVQIhAPxqewaoWazWuTnzGTi1wLQjOQb+nc1VXWT72FGcWLY2
      -----END CERTIFICATE-----
      """;

  @TempDir private Path dir;

  private TlsKeyPair keys;
  private TlsConfig.Builder client;

  @BeforeEach
  void read() throws Exception {
    Path file = Files.writeString(dir.resolve("both.pem"), PEM);
    keys = TlsKeyPair.ofPem(file, file);
    client = TlsConfig.builder().trustPem(file).serverName("localhost");
  }

  private static FutureTask<TlsInfo> start(TlsConn conn) {
    FutureTask<TlsInfo> handshake = new FutureTask<>(conn::handshake);
    Thread.ofPlatform().daemon().name("handshake").start(handshake);
    return handshake;
  }

  private static void run(TlsConfig server, TlsConfig client) throws Exception {
    Pipe pipe = Net.pipe();
    try (TlsConn one = Tls.server(pipe.first(), server);
        TlsConn other = Tls.client(pipe.second(), client)) {
      FutureTask<TlsInfo> serving = start(one);
      FutureTask<TlsInfo> dialling = start(other);
      TlsInfo info = dialling.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertEquals(1, info.peerCertificates().size());
      var _ = serving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  // ---- its turn --------------------------------------------------------------------------------

  /** Takes all turns; whoever calls gives them back. */
  private static List<ReentrantLock> takeAllTurns() {
    List<ReentrantLock> turns = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      turns.add(Computing.begin());
    }
    return turns;
  }

  private static boolean isInComputing(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().equals(Computing.class.getName()));
  }

  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void itWaitsForItsTurnToCompute(TlsVersion version) throws Exception {
    TlsConfig server = TlsConfig.builder().keyPair(keys).versions(version).build();
    Pipe pipe = Net.pipe();
    try (TlsConn one = Tls.server(pipe.first(), server);
        TlsConn other = Tls.client(pipe.second(), client.build())) {
      FutureTask<TlsInfo> serving = new FutureTask<>(one::handshake);
      Thread thread = Thread.ofPlatform().daemon().name("server").unstarted(serving);
      List<ReentrantLock> turns = takeAllTurns();
      FutureTask<TlsInfo> dialling;
      try {
        thread.start();
        dialling = start(other);
        await().atMost(PATIENCE).until(() -> isInComputing(thread) || serving.isDone());
        assertTrue(isInComputing(thread), "it did not ask for a turn");
      } finally {
        turns.forEach(ReentrantLock::unlock);
      }
      var _ = dialling.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      var _ = serving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    takeAllTurns().forEach(ReentrantLock::unlock); // it has given its own back
  }

  /** A trust manager may ask somebody else, who takes his time. */
  @Test
  void oneThatAsksForACertificateIsNotCounted() throws Exception {
    TlsConfig server =
        TlsConfig.builder()
            .keyPair(keys)
            .trust(Arrays.asList(keys.chainArray()))
            .clientAuth(ClientAuth.WANT)
            .build();
    List<ReentrantLock> turns = takeAllTurns();
    try {
      run(server, client.build());
    } finally {
      turns.forEach(ReentrantLock::unlock);
    }
  }

  // ---- its key ---------------------------------------------------------------------------------

  /** Each question is answered from files that were read again meanwhile. */
  @ParameterizedTest
  @EnumSource(TlsVersion.class)
  void thePairThatIsChosenStaysItsOwnHoweverOftenFilesAreRead(TlsVersion version) throws Exception {
    AtomicInteger readings = new AtomicInteger();
    KeySource files =
        () -> {
          readings.incrementAndGet();
          return TlsKeyPair.of(keys.key(), Arrays.asList(keys.chainArray()));
        };
    SSLContext context = SSLContext.getInstance("TLS");
    KeyChooser chooser = new KeyChooser(List.of(new KeyChooser.Entry(files, null)));
    context.init(new KeyManager[] {chooser}, null, null);
    TlsConfig server = TlsConfig.builder().sslContext(context).versions(version).build();
    run(server, client.build());
    assertTrue(readings.get() > 1, "the files were read once");
  }
}

package gonet.tls;

import gonet.Conn;
import gonet.internal.time.Durations;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * How TLS is to be spoken, by a client, a server or both: {@link #builder}. An immutable value that
 * many connections share, and have to share: it keeps the sessions that they resume. Safe for any
 * thread. Go's {@code tls.Config}.
 *
 * {@snippet :
 * TlsConfig server =
 *     TlsConfig.builder()
 *         .keyPair(TlsKeyPair.ofPem(Path.of("server.pem"), Path.of("server.key")))
 *         .alpn("http/1.1")
 *         .build();
 * TlsConfig client = TlsConfig.defaults();
 * }
 *
 * <p>Sessions are resumed by tickets, on both sides: a server gives one to each client and holds
 * nothing itself, and a client that comes back within a day shows it.
 *
 * @since 0.1
 */
public final class TlsConfig {
  /** Numbers of engines begin anew behind this one: JSSE writes them into tickets as ports. */
  private static final int MAX_NUMBER = 0x7fff;

  /** One octet tells the length (RFC 7301, 3.1). */
  private static final int MAX_ALPN_BYTES = 255;

  private static final long HANDSHAKE_NANOS = 10_000_000_000L;

  /** Apart, so that a program that brings its own pays for no other. */
  private static final class Defaults {
    static final TlsConfig CLIENT = builder().build();
  }

  private final Builder made;
  private final SSLContext context;

  /** Counts engines. */
  private final AtomicInteger engines = new AtomicInteger();

  /** Of {@link #made}, as JSSE wants them; null for JSSE's own. */
  private final String @Nullable [] suites;

  /** Whether no key is in a device or a service, which signs elsewhere. */
  private final boolean keysAreHere;

  private TlsConfig(Builder made) {
    this.made = made;
    this.context = Contexts.make(made.context, made.keys, made.trusted);
    this.keysAreHere = areHere(made.keys);
    this.suites = CipherSuites.choose(context, made.cipherSuites, made.context != null);
  }

  /**
   * A client's: both versions, certificates that lead to one that the JVM trusts, for the name that
   * was dialled.
   */
  public static TlsConfig defaults() {
    FirstTls.prepareDefaults();
    return Defaults.CLIENT;
  }

  /** Begins with the defaults, each of which its method tells. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins with this configuration. The configuration that is built keeps sessions of its own. */
  public Builder toBuilder() {
    return new Builder(made);
  }

  /** {@link Builder#handshakeTimeout}. */
  public Duration handshakeTimeout() {
    return Duration.ofNanos(made.handshakeNanos);
  }

  /** {@link Builder#alpn}. */
  public List<String> alpn() {
    return made.alpn;
  }

  /** {@link Builder#serverName}. */
  public @Nullable String serverName() {
    return made.serverName;
  }

  /**
   * Reads all {@linkplain Builder#keyFiles key files} anew. One that is of no use leaves its former
   * pair in use and keeps no other from being read.
   *
   * @throws TlsKeyException the first failure, with the others suppressed in it
   */
  public void reload() throws TlsKeyException {
    TlsKeyException failure = null;
    for (KeyChooser.Entry entry : made.keys) {
      if (entry.source() instanceof TlsKeyFiles files) {
        try {
          files.reload();
        } catch (TlsKeyException e) {
          if (failure == null) {
            failure = e;
          } else {
            failure.addSuppressed(e);
          }
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static boolean areHere(List<KeyChooser.Entry> keys) {
    for (KeyChooser.Entry entry : keys) {
      if (entry.source().keyPair().key().getEncoded() == null) {
        return false;
      }
    }
    return true;
  }

  /** Whether certificates are looked at by {@link NamedTrust}. */
  boolean hasOwnTrust() {
    return made.context == null;
  }

  /** Whether a server's handshake calls no code of others, which may wait for something else. */
  boolean computesAlone() {
    return made.context == null && made.clientAuth == ClientAuth.NONE && keysAreHere;
  }

  boolean verifiesHostName() {
    return made.verifyHostName;
  }

  boolean acceptsTruncation() {
    return made.acceptTruncation;
  }

  // ---- engines ---------------------------------------------------------------------------------

  /**
   * Refuses what cannot come to a handshake.
   *
   * @throws IllegalArgumentException that says what is missing
   */
  void require(boolean client, @Nullable String serverName) {
    if (client && serverName == null && made.verifyHostName) {
      throw new IllegalArgumentException(
          "no server name to verify: TlsConfig.Builder.serverName, or the name as an argument");
    }
    if (!client && made.keys.isEmpty() && made.context == null) {
      throw new IllegalArgumentException(
          "no key pair for a server: TlsConfig.Builder.keyPair or keyFiles");
    }
  }

  /**
   * An engine for one connection.
   *
   * @param serverName the server's, of a client; null for none
   * @param port the server's, of a client: sessions are kept by name and port. A server's engine
   *     has a number instead, by which its own session is told from one that is resumed
   * @param adjust changes what JSSE is told; it adds no version, and takes no verification off
   */
  SSLEngine engine(
      boolean client,
      @Nullable String serverName,
      int port,
      @Nullable Consumer<SSLParameters> adjust) {
    require(client, serverName);
    SSLEngine engine =
        client && serverName != null
            ? context.createSSLEngine(serverName, port)
            : context.createSSLEngine(
                null, client ? -1 : 1 + (engines.incrementAndGet() & MAX_NUMBER));
    engine.setUseClientMode(client);
    SSLParameters parameters = engine.getSSLParameters();
    fill(parameters, client, serverName);
    if (adjust != null) {
      adjust.accept(parameters);
      parameters.setProtocols(allowed(parameters.getProtocols()));
      if (client && made.verifyHostName) {
        verify(parameters, serverName); // whatever was set
      }
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  /** Of these versions those that the configuration has. */
  private String[] allowed(String @Nullable [] versions) {
    List<String> mine = List.of(made.versions);
    List<String> both = new ArrayList<>();
    for (String version : versions == null ? made.versions : versions) {
      if (mine.contains(version)) {
        both.add(version);
      }
    }
    if (both.isEmpty()) {
      throw new IllegalArgumentException(
          "versions " + Arrays.toString(versions) + ": none of them is among " + mine);
    }
    return both.toArray(new String[0]);
  }

  /**
   * What a client's connection begins with, as JSSE writes it; a copy. Without a name: that comes
   * with the connection.
   */
  public SSLParameters clientParameters() {
    SSLParameters parameters = context.getDefaultSSLParameters();
    fill(parameters, true, null);
    return parameters;
  }

  private void fill(SSLParameters parameters, boolean client, @Nullable String serverName) {
    parameters.setProtocols(made.versions.clone());
    if (suites != null) {
      parameters.setCipherSuites(suites.clone());
    }
    parameters.setUseCipherSuitesOrder(true);
    if (!made.alpn.isEmpty()) {
      parameters.setApplicationProtocols(made.alpn.toArray(new String[0]));
    }
    if (client) {
      if (serverName != null) {
        SNIHostName said = ServerNames.sni(serverName);
        parameters.setServerNames(said == null ? List.of() : List.of(said));
      }
      if (made.verifyHostName) {
        verify(parameters, serverName);
      }
    } else if (made.clientAuth == ClientAuth.NEED) {
      parameters.setNeedClientAuth(true);
    } else if (made.clientAuth == ClientAuth.WANT) {
      parameters.setWantClientAuth(true);
    }
  }

  /** By JSSE, or by {@link #requireName}. */
  private static void verify(SSLParameters parameters, @Nullable String serverName) {
    boolean byJsse = serverName == null || ServerNames.isVerifiedByJsse(serverName);
    parameters.setEndpointIdentificationAlgorithm(byJsse ? "HTTPS" : null);
  }

  /**
   * The same as {@link NamedTrust}, for contexts that were made elsewhere, and for names that JSSE
   * does not verify. The handshake is over, and no data has gone out.
   */
  void requireName(Conn conn, SSLEngine engine, TlsInfo info) throws TlsException {
    boolean client = engine.getUseClientMode();
    if (client && made.verifyHostName && !info.peerCertificates().isEmpty()) {
      try {
        X509Certificate certificate = info.peerCertificates().getFirst();
        NamedTrust.requireNames(certificate);
        if (!ServerNames.isVerifiedByJsse(engine.getPeerHost())) {
          NamedTrust.requireName(engine.getPeerHost(), certificate);
        }
      } catch (CertificateException e) {
        throw TlsFailures.of("handshake", conn, e);
      }
    }
  }

  /** What was asked for; no keys. */
  @Override
  public String toString() {
    return "TlsConfig[" + String.join(" ", made.versions) + ", alpn " + made.alpn + "]";
  }

  // ---- the builder -----------------------------------------------------------------------------

  /**
   * Makes a {@link TlsConfig}. Not safe for several threads.
   *
   * @since 0.1
   */
  public static final class Builder {
    private final List<KeyChooser.Entry> keys;
    private @Nullable List<X509Certificate> trusted;
    private @Nullable SSLContext context;
    private String[] versions = {TlsVersion.TLS_1_3.toString(), TlsVersion.TLS_1_2.toString()};
    private List<String> cipherSuites = List.of();
    private List<String> alpn = List.of();
    private @Nullable String serverName;
    private boolean verifyHostName = true;
    private ClientAuth clientAuth = ClientAuth.NONE;
    private long handshakeNanos = HANDSHAKE_NANOS;
    private boolean acceptTruncation;

    private Builder() {
      keys = new ArrayList<>();
    }

    private Builder(Builder other) {
      keys = new ArrayList<>(other.keys);
      trusted = other.trusted;
      context = other.context;
      versions = other.versions;
      cipherSuites = other.cipherSuites;
      alpn = other.alpn;
      serverName = other.serverName;
      verifyHostName = other.verifyHostName;
      clientAuth = other.clientAuth;
      handshakeNanos = other.handshakeNanos;
      acceptTruncation = other.acceptTruncation;
    }

    /**
     * A key pair: a server's, or what a client shows that is asked for a certificate. May be called
     * several times. A server then chooses by the name that the client asks for: a pair that has
     * exactly this name before one with a wildcard, and the first one for all other names. Pairs
     * for the same names, with keys of different kinds, stand side by side.
     *
     * @param names that it serves, such as {@code example.com} and {@code *.example.com}; none for
     *     those of its certificate
     * @throws IllegalArgumentException if one cannot be a host's name
     */
    public Builder keyPair(TlsKeyPair pair, String... names) {
      return key(Objects.requireNonNull(pair, "pair"), names);
    }

    /** The same with files that {@link TlsKeyFiles#reload} may read again. */
    public Builder keyFiles(TlsKeyFiles files, String... names) {
      return key(Objects.requireNonNull(files, "files"), names);
    }

    private Builder key(KeySource source, String... names) {
      List<String> canonical = Arrays.stream(names).map(ServerNames::pattern).toList();
      keys.add(new KeyChooser.Entry(source, canonical.isEmpty() ? null : canonical));
      return this;
    }

    /**
     * Trusts these certificates, and those that they have issued, and no other. Default: what the
     * JVM trusts. A server's, for its clients.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Builder trust(Collection<X509Certificate> certificates) {
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException("no certificate to trust");
      }
      trusted = List.copyOf(certificates);
      return this;
    }

    /**
     * The same with all certificates of a PEM file.
     *
     * @throws TlsKeyException naming the file, if it is missing or has none
     */
    public Builder trustPem(Path file) throws TlsKeyException {
      return trust(KeyReader.certificates(file));
    }

    /**
     * Takes keys, trust and sessions from a context that was made elsewhere; its cipher suites are
     * the default then. Cannot be combined with {@link #keyPair}, {@link #keyFiles} and {@link
     * #trust}.
     */
    public Builder sslContext(SSLContext context) {
      this.context = Objects.requireNonNull(context, "context");
      return this;
    }

    /**
     * The versions to speak. Default: both.
     *
     * @throws IllegalArgumentException if there is none
     */
    public Builder versions(TlsVersion... versions) {
      if (versions.length == 0) {
        throw new IllegalArgumentException("no version of TLS");
      }
      this.versions = Arrays.stream(versions).map(TlsVersion::toString).toArray(String[]::new);
      return this;
    }

    /**
     * The cipher suites, best first, by their names in IANA's table; a server's order wins.
     * Default: those with forward secrecy and authenticated encryption.
     */
    public Builder cipherSuites(String... suites) {
      cipherSuites = List.of(suites);
      return this;
    }

    /**
     * Protocols over TLS, best first, such as {@code h2} and {@code http/1.1} (RFC 7301). A server
     * refuses a client that offers others alone; with a client that offers none, or a server that
     * knows nothing of it, there is none: {@link TlsInfo#alpn}. Default: none.
     *
     * @param protocols each of 1 to 255 bytes, a character for each
     * @throws IllegalArgumentException if one is not
     */
    public Builder alpn(String... protocols) {
      for (String protocol : protocols) {
        if (protocol.isEmpty()) {
          throw new IllegalArgumentException("an ALPN protocol is empty");
        }
        if (protocol.length() > MAX_ALPN_BYTES || !isOfBytes(protocol)) {
          throw new IllegalArgumentException(
              "ALPN protocol \""
                  + protocol
                  + "\" has more than "
                  + MAX_ALPN_BYTES
                  + " bytes, or a character that is none");
        }
      }
      alpn = List.of(protocols);
      return this;
    }

    private static boolean isOfBytes(String text) {
      for (int i = 0; i < text.length(); i++) {
        if (text.charAt(i) > 0xff) {
          return false;
        }
      }
      return true;
    }

    /**
     * The name of the server that a client means: asked for by SNI, and compared with the server's
     * certificate. An address, and a name with an underscore, is compared and not asked for.
     * Default: the host that {@link Tls#dial} is called with.
     *
     * @param name null or empty for the default
     * @throws IllegalArgumentException if this cannot be a host's name
     */
    public Builder serverName(@Nullable String name) {
      serverName = name == null || name.isEmpty() ? null : ServerNames.host(name);
      return this;
    }

    /**
     * Accepts a trusted certificate for whatever name (RFC 9525 is not followed): whoever has a
     * certificate of a trusted issuer may stand in for the server. For servers without names, under
     * a private issuer.
     */
    public Builder withoutHostNameVerification() {
      verifyHostName = false;
      return this;
    }

    /** Whether a server asks its clients for a certificate. Default: it does not. */
    public Builder clientAuth(ClientAuth auth) {
      clientAuth = Objects.requireNonNull(auth, "auth");
      return this;
    }

    /**
     * How long a handshake may take, from its begin. Default: 10 s.
     *
     * @throws IllegalArgumentException if it is zero or negative
     */
    public Builder handshakeTimeout(Duration timeout) {
      handshakeNanos = Durations.positiveNanos(timeout, "handshake timeout");
      return this;
    }

    /**
     * Takes the end of the connection beneath for the end of the stream, also without close_notify:
     * for protocols whose messages tell their lengths, and with peers that do not say goodbye.
     * Default: {@link TruncatedException}.
     */
    public Builder acceptTruncation() {
      acceptTruncation = true;
      return this;
    }

    /**
     * The configuration.
     *
     * @throws IllegalArgumentException naming a cipher suite that this JVM does not have, or what
     *     {@link #sslContext} cannot be combined with
     */
    public TlsConfig build() {
      if (context != null && (!keys.isEmpty() || trusted != null)) {
        throw new IllegalArgumentException(
            "an SSLContext has its own keys and trust: keyPair, keyFiles and trust do not go with"
                + " sslContext");
      }
      FirstTls.prepare();
      return new TlsConfig(new Builder(this));
    }
  }
}

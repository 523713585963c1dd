package gonet.test.tls;

import static gonet.test.tls.DerWriter.bits;
import static gonet.test.tls.DerWriter.element;
import static gonet.test.tls.DerWriter.integer;
import static gonet.test.tls.DerWriter.isTrue;
import static gonet.test.tls.DerWriter.octets;
import static gonet.test.tls.DerWriter.oid;
import static gonet.test.tls.DerWriter.sequence;
import static gonet.test.tls.DerWriter.time;
import static gonet.test.tls.DerWriter.utf8;

import gonet.tls.TlsConfig;
import gonet.tls.TlsKeyPair;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A key and its certificate, made on the spot: self-signed, or issued by another one. For tests.
 *
 * <pre>{@code
 * TestKeys server = TestKeys.selfSigned("localhost");
 * TlsConfig serverConfig = TlsConfig.builder().keyPair(server.keyPair()).build();
 * TlsConfig clientConfig = TlsConfig.builder().trust(server.chain()).build();
 * }</pre>
 */
public final class TestKeys {
  private static final AtomicLong SERIAL = new AtomicLong(System.nanoTime() >>> 1);

  private final PrivateKey key;
  private final List<X509Certificate> chain;

  private TestKeys(PrivateKey key, List<X509Certificate> chain) {
    this.key = key;
    this.chain = List.copyOf(chain);
  }

  /** P-256, valid from yesterday to tomorrow, for these names and addresses. */
  public static TestKeys selfSigned(String... names) {
    return new Maker(names).make();
  }

  /** What is to be made, beside names. */
  public static Maker of(String... names) {
    return new Maker(names);
  }

  /** The private key. */
  public PrivateKey key() {
    return key;
  }

  /** Its own certificate first, then its issuers', the root included. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** Both, for {@link TlsConfig.Builder#keyPair}. */
  public TlsKeyPair keyPair() {
    return TlsKeyPair.of(key, chain);
  }

  /** A context of the JDK's own that has this key, and trusts its chain. */
  public SSLContext sslContext() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("key", key, new char[0], chain.toArray(new X509Certificate[0]));
      store.setCertificateEntry("trusted", chain.getLast());
      KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
      keys.init(store, new char[0]);
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes the chain and the key, as PKCS#8, to PEM files. */
  public void writePem(Path certificates, Path keyFile) throws IOException {
    Files.writeString(certificates, chainPem());
    Files.writeString(keyFile, pem("PRIVATE KEY", key.getEncoded()));
  }

  /** The chain as PEM. */
  public String chainPem() {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      try {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    return text.toString();
  }

  /** A part of a PEM file. */
  public static String pem(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /** Not safe for several threads. */
  public static final class Maker {
    private final String[] names;
    private String algorithm = "EC";
    private String subject;
    private Instant from = Instant.now().minus(Duration.ofDays(1));
    private Instant to = Instant.now().plus(Duration.ofDays(1));
    private boolean authority;
    private boolean alternatives = true;
    private @Nullable TestKeys issuer;

    private Maker(String... names) {
      this.names = names.clone();
      this.subject = names.length == 0 ? "nobody" : names[0];
    }

    /** {@code EC}, the default, {@code RSA} or {@code Ed25519}. */
    public Maker algorithm(String name) {
      algorithm = name;
      return this;
    }

    /** The common name. Default: the first of the names. */
    public Maker subject(String name) {
      subject = name;
      return this;
    }

    /** When it is valid. */
    public Maker valid(Instant from, Instant to) {
      this.from = from;
      this.to = to;
      return this;
    }

    /** May issue others. */
    public Maker authority() {
      authority = true;
      return this;
    }

    /** Names in the subject alone, as certificates were long ago. */
    public Maker withoutAlternativeNames() {
      alternatives = false;
      return this;
    }

    /** Issued by this one, whose chain follows. Default: by itself. */
    public Maker issuedBy(TestKeys issuer) {
      this.issuer = issuer;
      return this;
    }

    /** Makes key and certificate. */
    public TestKeys make() {
      try {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
          generator.initialize(256);
        } else if (algorithm.equals("RSA")) {
          generator.initialize(2048);
        }
        KeyPair pair = generator.generateKeyPair();
        List<X509Certificate> chain = new ArrayList<>();
        chain.add(certify(pair));
        if (issuer != null) {
          chain.addAll(issuer.chain);
        }
        return new TestKeys(pair.getPrivate(), chain);
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException(e);
      }
    }

    /** RFC 5280, 4.1. */
    private X509Certificate certify(KeyPair pair) throws GeneralSecurityException, IOException {
      PrivateKey signer = issuer == null ? pair.getPrivate() : issuer.key;
      byte[] issuerName =
          issuer == null
              ? name(subject)
              : issuer.chain.getFirst().getSubjectX500Principal().getEncoded();
      byte[] toBeSigned =
          sequence(
              element(0xa0, integer(BigInteger.TWO)), // version 3
              integer(BigInteger.valueOf(SERIAL.incrementAndGet())),
              signatureAlgorithm(signer),
              issuerName,
              sequence(time(from), time(to)),
              name(subject),
              pair.getPublic().getEncoded(),
              element(0xa3, sequence(extensions())));
      Signature signature = Signature.getInstance(signatureName(signer));
      signature.initSign(signer);
      signature.update(toBeSigned);
      byte[] der = sequence(toBeSigned, signatureAlgorithm(signer), bits(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    }

    private static byte[] name(String commonName) {
      return sequence(element(0x31, sequence(oid("2.5.4.3"), utf8(commonName))));
    }

    private byte[] extensions() throws IOException {
      byte[] constraints =
          sequence(oid("2.5.29.19"), isTrue(), octets(authority ? sequence(isTrue()) : sequence()));
      return alternatives && names.length > 0
          ? concat(constraints, sequence(oid("2.5.29.17"), octets(alternativeNames())))
          : constraints;
    }

    private byte[] alternativeNames() throws IOException {
      byte[][] all = new byte[names.length][];
      for (int i = 0; i < names.length; i++) {
        boolean address = names[i].matches("[0-9.]+") || names[i].indexOf(':') >= 0;
        all[i] =
            address
                ? element(0x87, InetAddress.getByName(names[i]).getAddress())
                : element(0x82, names[i].getBytes(StandardCharsets.US_ASCII));
      }
      return sequence(all);
    }

    private static byte[] concat(byte[] a, byte[] b) {
      byte[] both = java.util.Arrays.copyOf(a, a.length + b.length);
      System.arraycopy(b, 0, both, a.length, b.length);
      return both;
    }

    private static String signatureName(PrivateKey signer) {
      return switch (signer.getAlgorithm()) {
        case "EC" -> "SHA256withECDSA";
        case "RSA" -> "SHA256withRSA";
        default -> "Ed25519";
      };
    }

    private static byte[] signatureAlgorithm(PrivateKey signer) {
      return switch (signer.getAlgorithm()) {
        case "EC" -> sequence(oid("1.2.840.10045.4.3.2"));
        case "RSA" -> sequence(oid("1.2.840.113549.1.1.11"), element(5));
        default -> sequence(oid("1.3.101.112"));
      };
    }
  }
}

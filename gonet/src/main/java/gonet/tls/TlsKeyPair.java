package gonet.tls;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A private key, and the chain of certificates for it. Go's {@code tls.Certificate}; {@link #ofPem}
 * is its {@code LoadX509KeyPair}. The key is decrypted once, here. Immutable, safe for any thread.
 *
 * @since 0.1
 */
public final class TlsKeyPair implements KeySource {
  private static final int DNS_NAME = 2;

  private final long number;
  private final PrivateKey key;
  private final X509Certificate[] chain;
  private final List<String> names;

  private TlsKeyPair(PrivateKey key, X509Certificate[] chain) throws CertificateParsingException {
    FirstTls.prepare();
    this.number = KeyNumbers.next();
    this.key = key;
    this.chain = chain;
    this.names = dnsNames(chain[0]);
  }

  /**
   * A key pair from elsewhere.
   *
   * @param chain the key's own certificate first, then each one's issuer; the root may be left out
   * @throws IllegalArgumentException if the chain is empty, its first certificate is for another
   *     key or cannot be read
   */
  public static TlsKeyPair of(PrivateKey key, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("the chain of certificates is empty");
    }
    try {
      if (!KeyMatch.fits(key, chain.getFirst().getPublicKey())) {
        throw new IllegalArgumentException(
            "the certificate of " + subject(chain.getFirst()) + " is for another key");
      }
      return new TlsKeyPair(key, chain.toArray(X509Certificate[]::new));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the key and its certificate: " + e.getMessage(), e);
    }
  }

  /**
   * Reads PEM files (RFC 7468). The key may be PKCS#8, PKCS#1 ({@code RSA PRIVATE KEY}) or SEC1
   * ({@code EC PRIVATE KEY}); both files may be one.
   *
   * @param certificates the key's own certificate first, then its issuers'
   * @throws TlsKeyException naming the file that is missing, empty or not of this form, whose
   *     certificate is for another key, or whose chain is not valid today
   */
  public static TlsKeyPair ofPem(Path certificates, Path key) throws TlsKeyException {
    return KeyReader.pem(certificates, key, null);
  }

  /**
   * The same with an encrypted key, as {@code openssl pkcs8 -topk8} writes it.
   *
   * @param password copied by nobody; the caller may overwrite it afterwards
   */
  public static TlsKeyPair ofPem(Path certificates, Path key, char[] password)
      throws TlsKeyException {
    return KeyReader.pem(certificates, key, password);
  }

  /**
   * Reads a PKCS#12 file, as {@code keytool} and {@code openssl pkcs12} write it, with one key.
   *
   * @throws TlsKeyException as {@link #ofPem(Path, Path)}, also for a wrong password, and for none
   *     or several keys
   */
  public static TlsKeyPair ofPkcs12(Path file, char[] password) throws TlsKeyException {
    return KeyReader.pkcs12(file, password);
  }

  /** The private key. */
  public PrivateKey key() {
    return key;
  }

  /** The chain, the key's own certificate first. */
  public List<X509Certificate> chain() {
    return List.of(chain);
  }

  /**
   * The DNS names that the certificate is for, in lower case, wildcards such as {@code
   * *.example.com} among them.
   */
  public List<String> names() {
    return names;
  }

  /** No two pairs of the process have the same. */
  long number() {
    return number;
  }

  X509Certificate[] chainArray() {
    return chain;
  }

  @Override
  public TlsKeyPair keyPair() {
    return this;
  }

  static List<String> dnsNames(X509Certificate certificate) throws CertificateParsingException {
    @Nullable Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
    List<String> names = new ArrayList<>();
    if (alternatives != null) {
      for (List<?> alternative : alternatives) {
        if (Integer.valueOf(DNS_NAME).equals(alternative.get(0))) {
          names.add(String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT));
        }
      }
    }
    return List.copyOf(names);
  }

  static String subject(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  /** Subject and names; never the key. */
  @Override
  public String toString() {
    return "TlsKeyPair[" + subject(chain[0]) + " " + names + "]";
  }
}

package gonet.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads keys and certificates from files. Every failure names the file. Stateless. */
final class KeyReader {
  private KeyReader() {}

  static TlsKeyPair pem(Path certificates, Path key, char @Nullable [] password)
      throws TlsKeyException {
    FirstTls.prepare();
    List<X509Certificate> chain = certificates(certificates);
    requireValid(certificates, chain);
    return pair(certificates, key, privateKey(key, password), chain);
  }

  /** All certificates of a PEM file, in their order. */
  static List<X509Certificate> certificates(Path file) throws TlsKeyException {
    List<X509Certificate> found = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (PemBlock block : blocks(file)) {
        if (block.label().equals("CERTIFICATE")) {
          Certificate made = factory.generateCertificate(new ByteArrayInputStream(block.der()));
          if (made instanceof X509Certificate certificate) {
            found.add(certificate);
          }
        }
      }
    } catch (CertificateException e) {
      throw new TlsKeyException(file, "a certificate that cannot be read: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new TlsKeyException(file, "no certificate in it", null);
    }
    return found;
  }

  private static PrivateKey privateKey(Path file, char @Nullable [] password)
      throws TlsKeyException {
    List<PemBlock> keys = blocks(file).stream().filter(PrivateKeys::isKey).toList();
    if (keys.size() != 1) {
      throw new TlsKeyException(
          file,
          keys.isEmpty() ? "no private key in it" : keys.size() + " private keys in it",
          null);
    }
    try {
      return PrivateKeys.read(keys.getFirst(), password);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new TlsKeyException(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static List<PemBlock> blocks(Path file) throws TlsKeyException {
    String text = new String(bytes(file), StandardCharsets.ISO_8859_1);
    List<PemBlock> blocks;
    try {
      blocks = PemBlock.parse(text);
    } catch (IllegalArgumentException e) {
      throw new TlsKeyException(file, "no PEM: " + e.getMessage(), e);
    }
    if (blocks.isEmpty()) {
      throw new TlsKeyException(file, "no PEM in it", null);
    }
    return blocks;
  }

  private static byte[] bytes(Path file) throws TlsKeyException {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new TlsKeyException(file, "no such file", e);
    } catch (IOException e) {
      throw new TlsKeyException(file, "cannot be read: " + e.getMessage(), e);
    }
    if (bytes.length == 0) {
      throw new TlsKeyException(file, "the file is empty", null);
    }
    return bytes;
  }

  static TlsKeyPair pkcs12(Path file, char[] password) throws TlsKeyException {
    byte[] bytes = bytes(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(bytes), password);
      List<String> keys = new ArrayList<>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          keys.add(alias);
        }
      }
      if (keys.size() != 1) {
        throw new TlsKeyException(
            file, keys.isEmpty() ? "no private key in it" : keys.size() + " keys in it", null);
      }
      Key key = store.getKey(keys.getFirst(), password);
      Certificate @Nullable [] certificates = store.getCertificateChain(keys.getFirst());
      if (!(key instanceof PrivateKey secret)) {
        throw new TlsKeyException(file, "no private key in it", null);
      }
      if (certificates == null) { // it has the key alone
        throw new TlsKeyException(file, "no certificate in it", null);
      }
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate : certificates) {
        chain.add((X509Certificate) certificate);
      }
      requireValid(file, chain);
      return pair(file, file, secret, chain);
    } catch (IOException e) {
      if (e instanceof TlsKeyException own) {
        throw own;
      }
      boolean wrongPassword = e.getCause() instanceof UnrecoverableKeyException;
      throw new TlsKeyException(
          file, wrongPassword ? "wrong password" : "no PKCS#12: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new TlsKeyException(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static TlsKeyPair pair(
      Path certificates, Path keyFile, PrivateKey key, List<X509Certificate> chain)
      throws TlsKeyException {
    try {
      return TlsKeyPair.of(key, chain);
    } catch (IllegalArgumentException e) {
      String both = certificates.equals(keyFile) ? "" : ", " + keyFile;
      throw new TlsKeyException(certificates, String.valueOf(e.getMessage()) + both, e);
    }
  }

  private static void requireValid(Path file, List<X509Certificate> chain) throws TlsKeyException {
    for (X509Certificate certificate : chain) {
      String whose = "the certificate of " + TlsKeyPair.subject(certificate);
      try {
        certificate.checkValidity();
      } catch (CertificateExpiredException e) {
        throw new TlsKeyException(
            file, whose + " expired at " + certificate.getNotAfter().toInstant(), e);
      } catch (CertificateNotYetValidException e) {
        throw new TlsKeyException(
            file, whose + " is not valid before " + certificate.getNotBefore().toInstant(), e);
      }
    }
  }
}

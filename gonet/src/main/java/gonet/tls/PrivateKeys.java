package gonet.tls;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Private keys in the forms that files have. The JDK reads PKCS#8 (RFC 5958), so the older forms,
 * PKCS#1 (RFC 8017, A.1.2) and SEC1 (RFC 5915), are put into that one. Stateless.
 */
final class PrivateKeys {

  /** PBES2 (RFC 8018), whose name the JDK does not take for an algorithm. */
  private static final String PBES2 = "1.2.840.113549.1.5.13";

  private static final byte[] PBES2_DER = HexFormat.of().parseHex("2a864886f70d01050d");

  /** id-scrypt, 1.3.6.1.4.1.11591.4.11. */
  private static final byte[] SCRYPT = HexFormat.of().parseHex("2b06010401da47040b");

  private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};
  private static final byte[] NULL = {5, 0};

  /** rsaEncryption, 1.2.840.113549.1.1.1. */
  private static final byte[] RSA = HexFormat.of().parseHex("2a864886f70d010101");

  /** id-ecPublicKey, 1.2.840.10045.2.1. */
  private static final byte[] EC = HexFormat.of().parseHex("2a8648ce3d0201");

  private PrivateKeys() {}

  /** Whether a part of a PEM file is a private key. */
  static boolean isKey(PemBlock block) {
    return block.label().endsWith("PRIVATE KEY");
  }

  /**
   * The key of such a part.
   *
   * @param password null for none
   * @throws GeneralSecurityException with a message for people, about the password too
   * @throws IllegalArgumentException if this is no DER
   */
  static PrivateKey read(PemBlock block, char @Nullable [] password)
      throws GeneralSecurityException {
    if (block.headers().contains("ENCRYPTED")) {
      throw new GeneralSecurityException(
          "the key is encrypted in OpenSSL's old form; \"openssl pkcs8 -topk8\" makes a new one");
    }
    return switch (block.label()) {
      case "PRIVATE KEY" -> ofPkcs8(block.der());
      case "RSA PRIVATE KEY" -> ofPkcs8(pkcs8(Der.element(Der.SEQUENCE, oid(RSA), NULL), block));
      case "EC PRIVATE KEY" ->
          ofPkcs8(pkcs8(Der.element(Der.SEQUENCE, oid(EC), curve(block.der())), block));
      case "ENCRYPTED PRIVATE KEY" -> ofPkcs8(decrypt(block.der(), password));
      default -> throw new GeneralSecurityException("a " + block.label() + " is not supported");
    };
  }

  private static byte[] oid(byte[] content) {
    return Der.element(Der.OBJECT_IDENTIFIER, content);
  }

  private static byte[] pkcs8(byte[] algorithm, PemBlock block) {
    return Der.element(
        Der.SEQUENCE, VERSION_0, algorithm, Der.element(Der.OCTET_STRING, block.der()));
  }

  /** The parameters in a SEC1 key, which PKCS#8 has in another place. */
  private static byte[] curve(byte[] sec1) throws GeneralSecurityException {
    Der.Reader key = new Der.Reader(sec1).next(Der.SEQUENCE);
    var _ = key.next(Der.INTEGER);
    var _ = key.next(Der.OCTET_STRING);
    if (key.peek() != Der.CONTEXT_0) {
      throw new GeneralSecurityException("the EC key does not tell its curve");
    }
    return key.next(Der.CONTEXT_0).bytes();
  }

  private static PrivateKey ofPkcs8(byte[] der) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm(der)).generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  private static String algorithm(byte[] pkcs8) throws GeneralSecurityException {
    Der.Reader info = new Der.Reader(pkcs8).next(Der.SEQUENCE);
    var _ = info.next(Der.INTEGER);
    byte[] oid = info.next(Der.SEQUENCE).next(Der.OBJECT_IDENTIFIER).bytes();
    String hex = HexFormat.of().formatHex(oid);
    return switch (hex) {
      case "2a864886f70d010101" -> "RSA";
      case "2a864886f70d01010a" -> "RSASSA-PSS";
      case "2a8648ce3d0201" -> "EC";
      case "2b6570" -> "Ed25519";
      case "2b6571" -> "Ed448";
      default -> throw new GeneralSecurityException("keys of algorithm OID 0x" + hex + " unknown");
    };
  }

  /** Whether the password becomes a key by RFC 7914, 7. */
  private static boolean usesScrypt(byte[] der) {
    Der.Reader algorithm = new Der.Reader(der).next(Der.SEQUENCE).next(Der.SEQUENCE);
    byte[] scheme = algorithm.next(Der.OBJECT_IDENTIFIER).bytes();
    if (!Arrays.equals(scheme, PBES2_DER) || algorithm.peek() != Der.SEQUENCE) {
      return false;
    }
    Der.Reader derivation = algorithm.next(Der.SEQUENCE).next(Der.SEQUENCE);
    return Arrays.equals(derivation.next(Der.OBJECT_IDENTIFIER).bytes(), SCRYPT);
  }

  private static byte[] decrypt(byte[] der, char @Nullable [] password)
      throws GeneralSecurityException {
    if (password == null) {
      throw new GeneralSecurityException("the key is encrypted, and there is no password");
    }
    if (usesScrypt(der)) {
      throw new GeneralSecurityException(
          "the key is encrypted by means of scrypt, which the JDK does not have;"
              + " \"openssl pkcs8 -topk8\" without -scrypt makes another one");
    }
    EncryptedPrivateKeyInfo info;
    try {
      info = new EncryptedPrivateKeyInfo(der);
    } catch (IOException e) {
      throw new GeneralSecurityException("this is no encrypted key: " + e.getMessage(), e);
    }
    AlgorithmParameters parameters = info.getAlgParameters();
    String name = info.getAlgName();
    boolean pbes2 = name.equals("PBES2") || name.equals(PBES2);
    // Of PBES2 the parameters tell the algorithm, such as PBEWithHmacSHA256AndAES_256.
    String algorithm = pbes2 && parameters != null ? parameters.toString() : name;
    SecretKeyFactory factory = SecretKeyFactory.getInstance(algorithm);
    PBEKeySpec spec = new PBEKeySpec(password);
    try {
      SecretKey secret = factory.generateSecret(spec);
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(Cipher.DECRYPT_MODE, secret, parameters);
      return info.getKeySpec(cipher).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new GeneralSecurityException("wrong password for the key", e);
    } finally {
      spec.clearPassword();
    }
  }
}

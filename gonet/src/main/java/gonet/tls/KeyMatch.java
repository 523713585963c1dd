package gonet.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAKey;

/** Whether a private key is the one that a certificate is for. Stateless. */
final class KeyMatch {
  private KeyMatch() {}

  static boolean fits(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
    if (key instanceof RSAKey secret && certified instanceof RSAKey open) {
      return secret.getModulus().equals(open.getModulus());
    }
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "DSA" -> "SHA256withDSA";
          default -> key.getAlgorithm(); // Ed25519 and its kin are signatures' names as well
        };
    byte[] probe = "gonet".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(probe);
    byte[] signed = signature.sign();
    try {
      signature.initVerify(certified);
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false; // of another kind, or another curve
    }
  }
}

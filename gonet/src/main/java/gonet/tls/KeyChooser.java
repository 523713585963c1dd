package gonet.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the key pair of a handshake. Keys are held decrypted; JSSE's own manager over PKCS#12
 * decrypts them anew for each handshake.
 *
 * <p>JSSE asks for one kind of key after the other, as the client prefers them, and takes the first
 * answer. So the pairs that fit the name best are found first, whatever their kind: a default of
 * another kind must not come before one that has the name.
 *
 * <p>An alias names one pair of one reading of the files. Any thread.
 */
final class KeyChooser extends X509ExtendedKeyManager {

  /**
   * A pair, or the files of one.
   *
   * @param names that it serves; null for those of its certificate
   */
  record Entry(KeySource source, @Nullable List<String> names) {
    List<String> servedNames() {
      return names == null ? source.keyPair().names() : names;
    }
  }

  private final List<Entry> entries;

  KeyChooser(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  // ---- servers ---------------------------------------------------------------------------------

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    String name = requestedName(engine);
    int best = 0;
    for (Entry entry : entries) {
      best = Math.max(best, match(entry, name));
    }
    for (Entry entry : entries) {
      TlsKeyPair pair = entry.source().keyPair();
      if (match(entry, name) == best && isOfType(pair, keyType)) {
        return chosen(pair);
      }
    }
    return null;
  }

  /** The first entry is the default, together with others for the same names. */
  private int match(Entry entry, @Nullable String name) {
    int match = name == null ? ServerNames.NONE : ServerNames.match(name, entry.servedNames());
    if (match != ServerNames.NONE) {
      return match + 1;
    }
    return entry.servedNames().equals(entries.getFirst().servedNames()) ? 1 : 0;
  }

  private static @Nullable String requestedName(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      for (SNIServerName name : session.getRequestedServerNames()) {
        if (name instanceof SNIHostName host) {
          return ServerNames.canonical(host.getAsciiName());
        }
      }
    }
    return null;
  }

  // ---- clients ---------------------------------------------------------------------------------

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    for (Entry entry : entries) {
      TlsKeyPair pair = entry.source().keyPair();
      if (isFrom(pair, issuers)) {
        for (String keyType : keyTypes) {
          if (isOfType(pair, keyType)) {
            return chosen(pair);
          }
        }
      }
    }
    return null;
  }

  /** Servers may say whose certificates they trust; none means any. */
  private static boolean isFrom(TlsKeyPair pair, Principal @Nullable [] issuers) {
    if (issuers == null || issuers.length == 0) {
      return true;
    }
    for (X509Certificate certificate : pair.chainArray()) {
      for (Principal issuer : issuers) {
        if (certificate.getIssuerX500Principal().equals(issuer)) {
          return true;
        }
      }
    }
    return false;
  }

  // ---- both ------------------------------------------------------------------------------------

  private static boolean isOfType(TlsKeyPair pair, String keyType) {
    return pair.key().getAlgorithm().equals(keyType);
  }

  private static String alias(TlsKeyPair pair) {
    return Long.toString(pair.number());
  }

  /** Its handshake keeps it, however often files are read until it is asked for. */
  private static String chosen(TlsKeyPair pair) {
    Handshake.chose(pair);
    return alias(pair);
  }

  private @Nullable TlsKeyPair pair(String alias) {
    TlsKeyPair chosen = Handshake.chosen();
    if (chosen != null && alias(chosen).equals(alias)) {
      return chosen;
    }
    for (Entry entry : entries) {
      TlsKeyPair pair = entry.source().keyPair();
      if (alias(pair).equals(alias)) {
        return pair;
      }
    }
    return null;
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    TlsKeyPair pair = pair(alias);
    return pair == null ? null : pair.chainArray().clone();
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    TlsKeyPair pair = pair(alias);
    return pair == null ? null : pair.key();
  }

  // ---- what engines do not ask -----------------------------------------------------------------

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}

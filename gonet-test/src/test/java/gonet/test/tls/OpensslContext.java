package gonet.test.tls;

import gonet.tls.TlsVersion;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * OpenSSL's {@code SSL_CTX}: what its connections have in common, sessions included. Close it
 * behind them. Not safe for several threads.
 */
final class OpensslContext implements AutoCloseable {

  /** What a server asks of its clients. */
  static final int VERIFY_PEER = 1;

  static final int FAIL_IF_NO_PEER_CERT = 2;

  private static final int CTRL_SET_MIN_VERSION = 123;
  private static final int CTRL_SET_MAX_VERSION = 124;
  private static final int EC_KEY = 408;

  private final MemorySegment context;

  /** The session that the next client's connection shows; null for none. */
  private @Nullable MemorySegment session;

  /** One that speaks a version, and nothing else. */
  OpensslContext(TlsVersion version) throws IOException {
    Libssl.assume();
    context = Libssl.pointer("SSL_CTX_new", Libssl.pointer("TLS_method"));
    long number = version == TlsVersion.TLS_1_3 ? 0x0304 : 0x0303;
    control(CTRL_SET_MIN_VERSION, number);
    control(CTRL_SET_MAX_VERSION, number);
    try (Arena arena = Arena.ofConfined()) {
      // Without one, a server that looks at certificates refuses sessions.
      Libssl.require("SSL_CTX_set_session_id_context", context, arena.allocate(4), 4);
    }
  }

  private void control(int command, long value) throws IOException {
    if (Libssl.number("SSL_CTX_ctrl", context, command, value, MemorySegment.NULL) != 1) {
      throw Libssl.failure("SSL_CTX_ctrl");
    }
  }

  /** Shows this certificate, whose key is one of an elliptic curve. */
  OpensslContext keys(TestKeys keys) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      byte[] certificate = keys.chain().getFirst().getEncoded();
      Libssl.require(
          "SSL_CTX_use_certificate_ASN1", context, certificate.length, copy(arena, certificate));
      byte[] key = keys.key().getEncoded();
      Libssl.require(
          "SSL_CTX_use_PrivateKey_ASN1", EC_KEY, context, copy(arena, key), (long) key.length);
      return this;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Trusts this certificate, and verifies what the other side shows. */
  OpensslContext trust(X509Certificate certificate, int mode) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      byte[] der = certificate.getEncoded();
      MemorySegment at = arena.allocate(ValueLayout.ADDRESS);
      at.set(ValueLayout.ADDRESS, 0, copy(arena, der));
      MemorySegment parsed = Libssl.pointer("d2i_X509", MemorySegment.NULL, at, (long) der.length);
      Libssl.require(
          "X509_STORE_add_cert", Libssl.pointer("SSL_CTX_get_cert_store", context), parsed);
      var _ = Libssl.integer("X509_free", parsed); // the store has one of its own
      var _ = Libssl.integer("SSL_CTX_set_verify", context, mode, MemorySegment.NULL);
      return this;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static MemorySegment copy(Arena arena, byte[] bytes) {
    return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
  }

  /** The native one. */
  MemorySegment segment() {
    return context;
  }

  /** What {@link #keep} has kept; null for none. */
  @Nullable MemorySegment session() {
    return session;
  }

  /** The next client's connection shows this session, which belongs to this from here on. */
  void keep(MemorySegment session) {
    forget();
    this.session = session;
  }

  private void forget() {
    MemorySegment old = session;
    if (old != null) {
      session = null;
      var _ = Libssl.integer("SSL_SESSION_free", old);
    }
  }

  @Override
  public void close() {
    forget();
    var _ = Libssl.integer("SSL_CTX_free", context);
  }
}

package gonet.support;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * An emulator of another processor, as {@code bin/matrix aarch64} runs the tests in: it passes
 * system calls on to this machine's kernel, except for some that it does not know how to translate.
 */
public final class Emulation {
  private Emulation() {}

  /** Skips the test there; {@code call} is what the emulator does not translate. */
  public static void assumeNone(String call) {
    assumeFalse(
        Boolean.getBoolean("gonet.test.emulated"), "the emulator does not translate " + call);
  }
}

package gonet.proxyproto;

/**
 * What a fuzzer calls, see docs/testing.md: whatever comes is a header or refused by the one
 * documented failure; how it is cut makes no difference, no byte behind it is taken, and what was
 * read says the same when it is written and read again.
 */
public final class ProxyFuzz {
  private ProxyFuzz() {}

  /** The fuzzer's entry: how to cut, and a stream. An AssertionError is a finding. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] stream = new byte[input.length - 1];
    System.arraycopy(input, 1, stream, 0, stream.length);
    String whole = outcome(stream, Integer.MAX_VALUE);
    String cut = outcome(stream, 1 + (input[0] & 0x1f));
    if (!whole.equals(cut) && !(isRefusal(whole) && isRefusal(cut))) {
      throw new AssertionError("whole: " + whole + ", in pieces: " + cut);
    }
  }

  private static boolean isRefusal(String outcome) {
    return outcome.startsWith("refused");
  }

  /** What the reader makes of it, with the number of bytes that it took. */
  private static String outcome(byte[] stream, int piece) {
    HeaderReader reader = new HeaderReader(Feed.MAX);
    try {
      for (int missing; (missing = reader.missing()) > 0; ) {
        int n = Math.min(Math.min(missing, piece), stream.length - reader.size());
        if (n == 0) {
          return "waits behind " + reader.size();
        }
        System.arraycopy(stream, reader.size(), reader.bytes(), reader.size(), n);
        reader.added(n);
        if (reader.size() > Feed.MAX) {
          throw new AssertionError("took " + reader.size());
        }
      }
      ProxyHeader header = reader.header();
      ProxyHeader again = Feed.read(header.encode(), Integer.MAX_VALUE);
      if (!header.equals(again)) {
        throw new AssertionError(header + " is read back as " + again);
      }
      return reader.size() + " " + header;
    } catch (BadHeader e) {
      return "refused: " + e.getMessage();
    }
  }
}

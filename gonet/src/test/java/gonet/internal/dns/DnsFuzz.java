package gonet.internal.dns;

/**
 * What a fuzzer calls, see docs/testing.md: whatever a name server sends is read, or refused by the
 * one documented failure; and of what was read, every name can be asked for in turn.
 */
public final class DnsFuzz {
  private DnsFuzz() {}

  /** The fuzzer's entry; every exception is a finding. */
  public static void fuzzerTestOneInput(byte[] input) {
    Message message;
    try {
      message = MessageReader.read(input);
    } catch (BadMessageException e) {
      return;
    }
    String name = message.header().name();
    for (Type type : Type.values()) {
      try {
        Chain.of(name, type, message.answers());
      } catch (LookupFailure e) {
        // More aliases than are sensible.
      }
    }
    for (ResourceRecord record : message.answers()) {
      QueryWriter.write(1, new Question(record.name(), record.type()), true, false);
      if (record.data() instanceof Data.Domain domain) {
        QueryWriter.write(1, new Question(domain.name(), record.type()), true, false);
      }
    }
  }
}

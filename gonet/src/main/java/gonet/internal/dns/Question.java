package gonet.internal.dns;

/**
 * What one query asks for, in the class of the internet.
 *
 * @param name with the root at its end
 */
public record Question(String name, Type type) {
  /** Whether an answer repeats this question; a server may have changed the case of letters. */
  boolean isRepeatedBy(String otherName, int otherType, int otherClass) {
    return otherType == type.number() && otherClass == Wire.CLASS_IN && Names.same(name, otherName);
  }
}

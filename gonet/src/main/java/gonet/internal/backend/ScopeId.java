package gonet.internal.backend;

import java.net.NetworkInterface;
import java.net.SocketException;

/** A zone's name to the kernel's scope id, which is the interface's index, and back (RFC 4007). */
public final class ScopeId {
  private ScopeId() {}

  /** The id of an interface, by name or by decimal number; 0 for no zone and for an unknown one. */
  public static int of(String zone) {
    if (zone.isEmpty()) {
      return 0;
    }
    try {
      NetworkInterface named = NetworkInterface.getByName(zone);
      if (named != null) {
        return named.getIndex();
      }
    } catch (SocketException e) {
      // The interfaces cannot be read; a number still needs none of them.
    }
    try {
      return Integer.parseUnsignedInt(zone);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** The interface's name, or its number in decimal when the interface is gone. */
  public static String zone(int scopeId) {
    try {
      NetworkInterface found = scopeId > 0 ? NetworkInterface.getByIndex(scopeId) : null;
      if (found != null) {
        return found.getName();
      }
    } catch (SocketException e) {
      // As below: the number says as much as the kernel did.
    }
    return Integer.toUnsignedString(scopeId);
  }
}

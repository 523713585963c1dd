package gonet;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import gonet.netip.Addr;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The groups of an interface from /proc/net/igmp and /proc/net/igmp6, which have no other form.
 *
 * <pre>
 *   2       eth0      :     1      V3                        index and name
 *                                   010000E0     1 0:...     a group, as an integer of this machine
 *
 *   2    eth0            ff020000000000000000000000000001     1 0000000C 0
 * </pre>
 */
final class MulticastGroups {
  private MulticastGroups() {}

  static List<Addr> of(int index) throws IOException {
    List<Addr> groups = new ArrayList<>();
    if (!Files.isDirectory(Path.of("/proc/net"))) {
      throw new UnsupportedOperationException("groups are told by Linux alone");
    }
    ipv4(lines("/proc/net/igmp"), index, groups);
    ipv6(lines("/proc/net/igmp6"), index, groups);
    return List.copyOf(groups);
  }

  private static List<String> lines(String file) throws IOException {
    try {
      return Files.readAllLines(Path.of(file), ISO_8859_1);
    } catch (NoSuchFileException e) {
      return List.of(); // without that family
    }
  }

  static void ipv4(List<String> lines, int index, List<Addr> into) {
    boolean wanted = false;
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", 3);
      if (line.isEmpty() || line.startsWith("Idx")) {
        continue;
      }
      if (!Character.isWhitespace(line.charAt(0))) {
        wanted = words[0].equals(Integer.toString(index));
      } else if (wanted) {
        byte[] group = HexFormat.of().parseHex(words[0]);
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
          group = new byte[] {group[3], group[2], group[1], group[0]};
        }
        into.add(Addr.from4(group));
      }
    }
  }

  static void ipv6(List<String> lines, int index, List<Addr> into) {
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", 4);
      if (words.length > 2 && words[0].equals(Integer.toString(index))) {
        into.add(Addr.from16(HexFormat.of().parseHex(words[2])));
      }
    }
  }
}

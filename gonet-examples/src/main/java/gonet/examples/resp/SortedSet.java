package gonet.examples.resp;

import java.util.Arrays;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Members with scores, lowest first; equal scores by their bytes. Guarded by the keyspace's lock.
 */
final class SortedSet {

  /** A member and its score. */
  static final class Member implements Comparable<Member> {
    final byte[] name;
    final double score;

    Member(byte[] name, double score) {
      this.name = name;
      this.score = score;
    }

    @Override
    public int compareTo(Member other) {
      // -0 and 0 are one score.
      int byScore = score == other.score ? 0 : Double.compare(score, other.score);
      return byScore != 0 ? byScore : Arrays.compareUnsigned(name, other.name);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Member member && compareTo(member) == 0;
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(name);
    }
  }

  private final Dict<Member> byName = new Dict<>();
  private final TreeSet<Member> byScore = new TreeSet<>();

  int size() {
    return byName.size();
  }

  /** The score of a word of a request, or null. */
  @Nullable Double score(RequestReader request, int word) {
    Member member = byName.get(request, word);
    return member == null ? null : member.score;
  }

  /** Gives a word of a request this score. */
  void put(RequestReader request, int word, double score) {
    Member member = new Member(request.copy(word), score);
    Member before = byName.put(request, word, member);
    if (before != null) {
      byScore.remove(before);
    }
    byScore.add(member);
  }

  /** Takes out the lowest. Not for an empty set. */
  Member removeFirst() {
    Member member = byScore.removeFirst();
    byName.remove(member.name, 0, member.name.length);
    return member;
  }
}

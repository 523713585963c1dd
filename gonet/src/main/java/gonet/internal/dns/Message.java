package gonet.internal.dns;

import java.util.List;

/**
 * A server's answer, as far as it was read: of a truncated one the records are left out, because
 * the whole of it has to be asked for.
 *
 * @param rcode with the upper bits that EDNS adds
 * @param answers records of types that gonet knows
 * @param authorities the same of the section that says who is responsible
 * @param others whether there is anything in the section for additions, EDNS aside
 */
record Message(
    Header header,
    int rcode,
    List<ResourceRecord> answers,
    List<ResourceRecord> authorities,
    boolean others) {

  /** The fixed part and the question, by which an answer is recognised. */
  record Header(int id, int flags, String name, int type, int questionClass) {
    /** In place of a type: what was sent does not repeat the question. */
    static final int NO_QUESTION = -1;

    boolean is(int flag) {
      return (flags & flag) != 0;
    }

    /** Whether it is nothing but a refusal of the query with this id, without the question. */
    boolean refuses(int askedId) {
      int rcode = flags & Wire.RCODE;
      return type == NO_QUESTION
          && id == askedId
          && is(Wire.RESPONSE)
          && (rcode == Wire.FORMAT_ERROR || rcode == Wire.NOT_IMPLEMENTED);
    }

    /** Whether it answers this question, asked with this id (RFC 5452, 9.1). */
    boolean answers(int askedId, Question question) {
      return id == askedId
          && is(Wire.RESPONSE)
          && (flags & Wire.OPCODE) == 0
          && question.isRepeatedBy(name, type, questionClass);
    }
  }

  /** A server that knows nothing, and does not ask others for us. */
  boolean isLame() {
    return rcode == Wire.SUCCESS
        && answers.isEmpty()
        && !header.is(Wire.AUTHORITATIVE)
        && !header.is(Wire.RECURSION_AVAILABLE)
        && !others;
  }

  /** Whether nothing that another server said could change the answer. */
  boolean isConclusive() {
    return rcode == Wire.NAME_ERROR || (rcode == Wire.SUCCESS && !isLame());
  }
}

package gonet.internal.dns;

/** The types of records that gonet asks for, and that it must know in answers. */
public enum Type {
  A(1),
  NS(2),
  CNAME(5),
  SOA(6),
  PTR(12),
  MX(15),
  TXT(16),
  AAAA(28),
  SRV(33);

  private final int number;

  Type(int number) {
    this.number = number;
  }

  /** The number on the wire. */
  int number() {
    return number;
  }
}

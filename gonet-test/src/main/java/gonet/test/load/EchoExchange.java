package gonet.test.load;

/** As many bytes come back as went out. */
final class EchoExchange implements Exchange {
  private final byte[] request;
  private long got;

  EchoExchange(int sizeBytes) {
    request = new byte[sizeBytes];
  }

  @Override
  public byte[] request() {
    return request;
  }

  @Override
  public void begin() {
    got = 0;
  }

  @Override
  public int answers(byte[] buf, int off, int len) {
    got += len;
    int whole = (int) (got / request.length);
    got %= request.length;
    return whole;
  }

  @Override
  public boolean isOver() {
    return false;
  }
}

package gonet.test.examples;

import gonet.cluster.HandOver;
import java.nio.file.Path;

/** Asks for a hand-over and is never ready: for a test that kills it. */
final class TakesAndDies {
  private TakesAndDies() {}

  public static void main(String[] args) throws Exception {
    HandOver handOver = HandOver.at(Path.of(args[0]));
    var listener = handOver.listen("tcp", args[1]);
    System.out.println("asked");
    listener.accept(); // until it is killed
  }
}

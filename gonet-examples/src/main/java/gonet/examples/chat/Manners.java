package gonet.examples.chat;

import java.time.Duration;

/**
 * What is expected of members.
 *
 * @param silence after how long without a line a member is asked whether it is still there
 * @param probes how often it is asked in vain before it is taken for gone
 * @param behindBytes how much may wait for a member that reads slowly; beyond, it is dropped
 * @param stall how long one write to a member may take; beyond, it is dropped
 * @param lineBytes the longest line
 */
public record Manners(
    Duration silence, int probes, int behindBytes, Duration stall, int lineBytes) {

  /** Gone is who says nothing for two minutes. */
  public static Manners defaults() {
    return new Manners(Duration.ofSeconds(30), 3, 64 * 1024, Duration.ofSeconds(20), 1000);
  }
}

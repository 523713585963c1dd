package gonet.internal.backend;

/**
 * The part of {@code struct tcp_info} (linux/tcp.h) that gonet shows, in the kernel's units: times
 * in microseconds, last-activity times in milliseconds, windows in segments. Fields a kernel is too
 * old to fill are −1.
 */
public record RawTcpInfo(
    int state,
    int congestionState,
    int retransmits,
    int probes,
    int backoff,
    int options,
    long rtoMicros,
    long senderMss,
    long receiverMss,
    long unacked,
    long lost,
    long retransmitted,
    long lastDataSentMillis,
    long lastDataReceivedMillis,
    long lastAckReceivedMillis,
    long pathMtu,
    long rttMicros,
    long rttVarMicros,
    long congestionWindow,
    long receiverSpace,
    long totalRetransmits,
    long bytesAcked,
    long bytesReceived,
    long segmentsOut,
    long segmentsIn,
    long notSentBytes,
    long minRttMicros,
    long deliveryRate,
    long bytesSent,
    long bytesRetransmitted) {}

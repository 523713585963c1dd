package gonet.internal.backend;

/** {@code struct ucred} (unix(7)): who connected or listened, when that was. */
public record RawCredentials(int pid, int uid, int gid) {}

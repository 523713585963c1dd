module first {
  requires gonet;
  requires jdk.unsupported; // signals: a SIGTERM that went well ends with status 0
}

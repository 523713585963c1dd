package gonet.test.bench;

/**
 * One round of one server in one case.
 *
 * @param value what the case compares by
 * @param run everything else that the load generator told
 */
record Sample(double value, LoadResult run) {}

/*
 * The benchmarks' load generator for datagrams: one thread, one epoll set, as load.c is for streams.
 * Arguments are KEY=VALUE:
 *
 *   mode=datagrams  conns sockets, each with depth datagrams of size bytes in flight; each echo is
 *                   answered by the next one
 *   mode=segments   the same, those of a socket in one send that the kernel cuts: UDP_SEGMENT
 *   mode=trains     conns sockets, each with depth datagrams of one byte in flight, each of which asks
 *                   for 48 of size bytes
 *
 *   port=N  pid=N (the server, for its CPU time)  warm=SECONDS  secs=SECONDS
 *
 * The sockets are connected to one port on the addresses from 127.0.0.1 on. Prints NAME VALUE lines.
 * A request is a datagram that came back. Nothing is lost as long as queues have room; where nothing
 * has come for a quarter of a second, what is in flight counts as errors, and is sent again.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"

enum { MAX_CONNS = 64, MAX_DEPTH = 64, BATCH = 64, TRAIN = 48, LONGEST = 65536 };
static const int64_t SECOND_NS = INT64_C(1000000000);

struct conn {
  int fd;
  int in_flight; /* requests; of trains, cars that are still to come */
  int64_t sent_ns;
  int64_t seen_ns;
};

static const char *mode = "datagrams";
static int port, conn_count = 1, size = 64, depth = 1;
static double warm_s = 1, measure_s = 1;
static clockid_t server_clock;
static int has_server_clock, segments, trains;

static struct conn conns[MAX_CONNS];
static char block[LONGEST];
static int measuring;
static uint64_t requests, bytes, errors;
static int64_t now;

static void fail(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vfprintf(stderr, format, args);
  va_end(args);
  fprintf(stderr, "\n");
  exit(1);
}

static int64_t clock_ns(clockid_t clock) {
  struct timespec t;
  if (clock_gettime(clock, &t)) fail("clock: %s", strerror(errno));
  return t.tv_sec * SECOND_NS + t.tv_nsec;
}

static void send_cut(struct conn *c, int n) {
  union {
    char bytes[CMSG_SPACE(sizeof(uint16_t))];
    struct cmsghdr align;
  } control;
  struct iovec part = {.iov_base = block, .iov_len = (size_t)n * size};
  struct msghdr message = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
  uint16_t segment = size;
  memcpy(CMSG_DATA(header), &segment, sizeof segment);
  if (sendmsg(c->fd, &message, MSG_DONTWAIT) < 0) fail("sendmsg: %s", strerror(errno));
}

static void send_each(struct conn *c, int n, int length) {
  static struct mmsghdr messages[MAX_DEPTH];
  struct iovec part = {.iov_base = block, .iov_len = length};
  for (int i = 0; i < n; i++) {
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
  }
  for (int sent = 0; sent < n;) {
    int more = sendmmsg(c->fd, messages + sent, n - sent, MSG_DONTWAIT);
    if (more <= 0) fail("sendmmsg: %s", strerror(errno));
    sent += more;
  }
}

static void request(struct conn *c, int n) {
  c->sent_ns = now;
  if (trains) {
    send_each(c, n, 1);
  } else if (segments && n > 1) {
    send_cut(c, n);
  } else {
    send_each(c, n, size);
  }
  c->in_flight += trains ? n * TRAIN : n;
}

/* Takes what is there, without copying it: one byte of each, MSG_TRUNC tells the length. recv(2). */
static int receive(struct conn *c) {
  static struct mmsghdr messages[BATCH];
  static char byte;
  struct iovec part = {.iov_base = &byte, .iov_len = 1};
  for (int i = 0; i < BATCH; i++) {
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
  }
  int n = recvmmsg(c->fd, messages, BATCH, MSG_DONTWAIT | MSG_TRUNC, NULL);
  if (n < 0 && errno != EAGAIN) fail("recvmmsg: %s", strerror(errno));
  for (int i = 0; i < n; i++) {
    if ((int)messages[i].msg_len != size) fail("an answer of %u bytes", messages[i].msg_len);
  }
  return n;
}

static void readable(struct conn *c) {
  int n = receive(c);
  if (n <= 0) return;
  now = clock_ns(CLOCK_MONOTONIC);
  c->seen_ns = now;
  if (n > c->in_flight) { /* late: counted as lost before */
    n = c->in_flight;
  }
  int before = c->in_flight;
  c->in_flight -= n;
  if (measuring) {
    requests += n;
    bytes += (uint64_t)n * size;
    for (int i = 0; i < n; i++) histogram_add(now - c->sent_ns);
  }
  int next = n;
  if (trains) next = (before + TRAIN - 1) / TRAIN - (c->in_flight + TRAIN - 1) / TRAIN;
  if (next > 0) request(c, next);
}

static void look_for_losses(void) {
  for (int i = 0; i < conn_count; i++) {
    struct conn *c = &conns[i];
    if (now - c->seen_ns < SECOND_NS / 4) continue;
    if (measuring) errors += c->in_flight;
    c->in_flight = 0;
    c->seen_ns = now;
    request(c, depth);
  }
}

static void argument(const char *arg) {
  char key[32];
  const char *value = strchr(arg, '=');
  if (!value || (size_t)(value - arg) >= sizeof key) fail("want KEY=VALUE, not %s", arg);
  memcpy(key, arg, value - arg);
  key[value++ - arg] = 0;
  if (!strcmp(key, "mode")) mode = value;
  else if (!strcmp(key, "port")) port = atoi(value);
  else if (!strcmp(key, "conns")) conn_count = atoi(value);
  else if (!strcmp(key, "size")) size = atoi(value);
  else if (!strcmp(key, "depth")) depth = atoi(value);
  else if (!strcmp(key, "warm")) warm_s = atof(value);
  else if (!strcmp(key, "secs")) measure_s = atof(value);
  else if (!strcmp(key, "pid")) {
    /* The CPU time of all threads of another process, exact to the nanosecond: CPUCLOCK_SCHED. */
    server_clock = (clockid_t)(~(unsigned)atoi(value) << 3 | 2);
    has_server_clock = 1;
  } else {
    fail("no argument %s", key);
  }
}

static int open_all(void) {
  int epfd = epoll_create1(EPOLL_CLOEXEC);
  for (int i = 0; i < conn_count; i++) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + i);
    if (fd < 0 || connect(fd, (void *)&to, sizeof to)) fail("connect: %s", strerror(errno));
    int room = 1 << 22; /* as much as the kernel grants: an answer must not be lost for want of it */
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    conns[i].fd = fd;
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = i};
    if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e)) fail("epoll_ctl: %s", strerror(errno));
  }
  return epfd;
}

static void run(int epfd) {
  struct epoll_event events[MAX_CONNS];
  int64_t start = now = clock_ns(CLOCK_MONOTONIC);
  int64_t measure_at = start + (int64_t)(warm_s * SECOND_NS);
  int64_t end = measure_at + (int64_t)(measure_s * SECOND_NS);
  int64_t begun = 0, server_ns = 0, load_ns = 0, look_ns = start;
  for (int i = 0; i < conn_count; i++) {
    conns[i].seen_ns = now;
    request(&conns[i], depth);
  }
  while (!measuring || now < end) {
    int n = epoll_wait(epfd, events, MAX_CONNS, 10);
    if (n < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < n; i++) readable(&conns[events[i].data.u32]);
    now = clock_ns(CLOCK_MONOTONIC);
    if (!measuring && now >= measure_at) {
      measuring = 1;
      histogram_clear();
      begun = now;
      if (has_server_clock) server_ns = clock_ns(server_clock);
      load_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    }
    if (now - look_ns > SECOND_NS / 10) {
      look_ns = now;
      look_for_losses();
    }
  }
  printf("seconds %.6f\n", (now - begun) / 1e9);
  if (has_server_clock) {
    printf("server_cpu_ns %lld\n", (long long)(clock_ns(server_clock) - server_ns));
  }
  printf("load_cpu_ns %lld\n", (long long)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - load_ns));
  printf("requests %llu\nbytes %llu\nerrors %llu\n", (unsigned long long)requests,
         (unsigned long long)bytes, (unsigned long long)errors);
  histogram_print();
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) argument(argv[i]);
  segments = !strcmp(mode, "segments");
  trains = !strcmp(mode, "trains");
  if (!segments && !trains && strcmp(mode, "datagrams")) fail("no mode %s", mode);
  if (port < 1 || port > 65535 || conn_count < 1 || conn_count > MAX_CONNS || size < 1 || depth < 1 ||
      depth > MAX_DEPTH || size * depth > 65507) {
    fail("an argument is out of range");
  }
  memset(block, 'x', sizeof block);
  run(open_all());
  return 0;
}

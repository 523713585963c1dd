/*
 * The benchmarks' load generator: one thread, one epoll set, so that it stays cheaper than what it
 * measures. Arguments are KEY=VALUE:
 *
 *   mode=echo    conns connections, each with depth requests of size bytes in flight
 *   mode=paced   rate requests a second over conns connections, sent when they are due; latency counts
 *                from that moment, so a server that stalls cannot hide it
 *   mode=churn   conns at a time: connect, one echo, close
 *   mode=fresh   as echo, and probes new connections one after the other, 30 ms apart; latency is
 *                theirs, from connect to echo
 *   mode=hog     as paced, while hogs further connections send one request of kind S or N, which keep
 *                their handlers busy for a second; measures until the last of them is answered
 *   mode=source  reads what conns connections are sent
 *   mode=sink    writes to conns connections
 *   mode=quiet   conns connections echo once and then nothing
 *   mode=hold    opens conns connections, prints "ready" and holds them until standard input ends
 *
 *   port=N  path=PATH (in its place, of a Unix stream socket)  pid=N (the server, for its CPU time)
 *   idle=N (further connections without any byte)
 *   slow=N (further connections that send one byte a second each, and expect no answer)
 *   warm=SECONDS  secs=SECONDS
 *   marks=SECONDS (prints "mark REQUESTS" that often, as soon as it is so, from the start of what is
 *                  measured)
 *
 * Prints NAME VALUE lines. Every connection has a source address of its own out of 127/8, so that
 * ports in TIME-WAIT never run out.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "histogram.h"

enum { RING = 1024, MAX_FDS = 1 << 16, BLOCK_BYTES = 1 << 20 };
static const int64_t SECOND_NS = INT64_C(1000000000);

enum kind { BUSY, PACED, CHURN, PROBE, HOG, SOURCE, SINK, SLOW };

struct conn {
  enum kind kind;
  int connecting;
  int got; /* bytes of the response that is on its way */
  unsigned head, tail; /* requests in flight, as numbers of their moments */
  int64_t *sent_ns;
};

static const char *mode = "echo", *path;
static int port, conn_count = 1, idle_count, slow_count, size = 128, depth = 1, probe_count = 60, hog_count;
static char hog_kind = 'S';
static double rate, warm_s = 1, measure_s = 1, mark_s;
static clockid_t server_clock;
static int has_server_clock;

static int epfd;
static struct conn conns[MAX_FDS];
static char block[BLOCK_BYTES];
static int open_conns, measuring, hogs_left, probes_left, probe_open;
static uint64_t requests, bytes, errors;
static int64_t now, next_probe_ns;

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

static void watch(int fd, uint32_t events, int op) {
  struct epoll_event e = {.events = events, .data.fd = fd};
  if (epoll_ctl(epfd, op, fd, &e)) fail("epoll_ctl: %s", strerror(errno));
}

static int new_socket(int family, int wait) {
  int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | (wait ? 0 : SOCK_NONBLOCK), 0);
  if (fd < 0 || fd >= MAX_FDS) fail("socket: %s", strerror(errno));
  return fd;
}

static int connect_unix(int wait) {
  int fd = new_socket(AF_UNIX, wait);
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof to.sun_path) fail("a path that is too long: %s", path);
  strcpy(to.sun_path, path);
  if (connect(fd, (void *)&to, sizeof to)) fail("connect: %s", strerror(errno));
  return fd;
}

/* Connects, without waiting for it if told so; -1 if that failed, which counts as an error. */
static int open_conn(enum kind kind, int wait) {
  static unsigned source;
  if (path) {
    int fd = connect_unix(wait);
    int64_t *ring = conns[fd].sent_ns ? conns[fd].sent_ns : malloc(RING * sizeof *ring);
    conns[fd] = (struct conn){.kind = kind, .sent_ns = ring};
    open_conns++;
    return fd;
  }
  int fd = new_socket(AF_INET, wait);
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  struct timeval limit = {.tv_sec = 20};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  struct sockaddr_in from = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + source++ % 60000);
  if (bind(fd, (void *)&from, sizeof from)) fail("bind: %s", strerror(errno));
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct conn *c = &conns[fd];
  int64_t *ring = c->sent_ns ? c->sent_ns : malloc(RING * sizeof *ring);
  *c = (struct conn){.kind = kind, .sent_ns = ring};
  if (connect(fd, (void *)&to, sizeof to)) {
    if (wait) fail("connect: %s", strerror(errno));
    if (errno != EINPROGRESS) {
      errors++;
      close(fd);
      return -1;
    }
    c->connecting = 1;
  }
  open_conns++;
  return fd;
}

static void close_conn(int fd) {
  close(fd);
  open_conns--;
}

/* A connection that the server ended, or that failed. */
static void lost(int fd) {
  if (conns[fd].kind == HOG) hogs_left--;
  errors++;
  close_conn(fd);
  if (!open_conns) fail("the server ended every connection");
}

/* Sends n requests at once; each one's latency counts from the moment given. */
static void request(int fd, int n, int64_t from_ns) {
  struct conn *c = &conns[fd];
  if (c->tail - c->head + n > RING) {
    errors++;
    return;
  }
  for (int i = 0; i < n; i++) c->sent_ns[c->tail++ % RING] = from_ns;
  block[0] = c->kind == HOG ? hog_kind : 'x';
  ssize_t sent = send(fd, block, (size_t)n * size, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) {
    errors++;
    c->tail -= n;
  } else if (sent < (ssize_t)n * size) {
    fail("the kernel took a part of a request only: lower depth or size");
  }
}

static enum kind recorded_kind(void) {
  if (!strcmp(mode, "paced") || !strcmp(mode, "hog")) return PACED;
  if (!strcmp(mode, "churn")) return CHURN;
  if (!strcmp(mode, "fresh")) return PROBE;
  return BUSY;
}

static enum kind recorded;

static void start_short(enum kind kind) {
  int64_t start = clock_ns(CLOCK_MONOTONIC);
  int fd = open_conn(kind, 0);
  if (fd < 0) {
    if (kind == PROBE) probe_open = 0;
    return;
  }
  if (conns[fd].connecting) {
    watch(fd, EPOLLOUT, EPOLL_CTL_ADD);
    conns[fd].sent_ns[0] = start;
  } else {
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    request(fd, 1, start);
  }
}

static void connected(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error) {
    enum kind kind = conns[fd].kind;
    errors++;
    close_conn(fd);
    if (kind == PROBE) probe_open = 0;
    if (kind == CHURN) start_short(CHURN);
    return;
  }
  conns[fd].connecting = 0;
  watch(fd, EPOLLIN, EPOLL_CTL_MOD);
  request(fd, 1, conns[fd].sent_ns[0]);
}

/* Whether the connection lives on. */
static int complete(int fd) {
  struct conn *c = &conns[fd];
  int64_t taken = now - c->sent_ns[c->head++ % RING];
  if (measuring && c->kind == recorded) histogram_add(taken);
  if (measuring && c->kind != PROBE && c->kind != HOG) requests++;
  switch (c->kind) {
    case CHURN:
      close_conn(fd);
      start_short(CHURN);
      return 0;
    case PROBE:
      close_conn(fd);
      probes_left--;
      probe_open = 0;
      next_probe_ns = now + 30 * SECOND_NS / 1000;
      return 0;
    case HOG:
      hogs_left--;
      return 1;
    default:
      return 1;
  }
}

static void readable(int fd) {
  struct conn *c = &conns[fd];
  /* MSG_TRUNC: the kernel throws the bytes away without copying them, tcp(7); not those of unix(7). */
  static char unread[BLOCK_BYTES];
  ssize_t n = path ? recv(fd, unread, sizeof unread, MSG_DONTWAIT)
                   : recv(fd, NULL, BLOCK_BYTES, MSG_DONTWAIT | MSG_TRUNC);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    enum kind kind = c->kind;
    lost(fd);
    if (kind == PROBE) probe_open = 0;
    if (kind == CHURN) start_short(CHURN);
    return;
  }
  if (measuring) bytes += n;
  if (c->kind == SOURCE || c->kind == SLOW) return;
  now = clock_ns(CLOCK_MONOTONIC);
  int done = 0;
  for (c->got += n; c->got >= size; c->got -= size, done++) {
    if (c->head == c->tail) fail("the server sent more than it was sent");
    if (!complete(fd)) return;
  }
  if (c->kind == BUSY && done && strcmp(mode, "quiet")) request(fd, done, now);
}

static void writable(int fd) {
  if (conns[fd].connecting) {
    connected(fd);
    return;
  }
  ssize_t n = send(fd, block, BLOCK_BYTES, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n > 0 && measuring) bytes += n;
  if (n < 0 && errno != EAGAIN) lost(fd);
}

static void argument(const char *arg) {
  char key[32];
  const char *value = strchr(arg, '=');
  if (!value || (size_t)(value - arg) >= sizeof key) fail("want KEY=VALUE, not %s", arg);
  memcpy(key, arg, value - arg);
  key[value++ - arg] = 0;
  if (!strcmp(key, "mode")) mode = value;
  else if (!strcmp(key, "port")) port = atoi(value);
  else if (!strcmp(key, "path")) path = value;
  else if (!strcmp(key, "conns")) conn_count = atoi(value);
  else if (!strcmp(key, "idle")) idle_count = atoi(value);
  else if (!strcmp(key, "slow")) slow_count = atoi(value);
  else if (!strcmp(key, "size")) size = atoi(value);
  else if (!strcmp(key, "depth")) depth = atoi(value);
  else if (!strcmp(key, "rate")) rate = atof(value);
  else if (!strcmp(key, "probes")) probe_count = atoi(value);
  else if (!strcmp(key, "hogs")) hog_count = atoi(value);
  else if (!strcmp(key, "kind")) hog_kind = value[0];
  else if (!strcmp(key, "warm")) warm_s = atof(value);
  else if (!strcmp(key, "secs")) measure_s = atof(value);
  else if (!strcmp(key, "marks")) mark_s = atof(value);
  else if (!strcmp(key, "pid")) {
    /* The CPU time of all threads of another process, exact to the nanosecond: CPUCLOCK_SCHED. */
    server_clock = (clockid_t)(~(unsigned)atoi(value) << 3 | 2);
    has_server_clock = 1;
  } else {
    fail("no argument %s", key);
  }
}

static int is(const char *name) { return !strcmp(mode, name); }

static int *fds, *slow_fds;

static void open_all(void) {
  fds = calloc(conn_count + 1, sizeof *fds);
  for (int i = 0; i < idle_count; i++) open_conn(BUSY, 1);
  slow_fds = calloc(slow_count + 1, sizeof *slow_fds);
  for (int i = 0; i < slow_count; i++) {
    slow_fds[i] = open_conn(SLOW, 1);
    watch(slow_fds[i], EPOLLIN, EPOLL_CTL_ADD);
  }
  if (is("churn")) {
    for (int i = 0; i < conn_count; i++) start_short(CHURN);
    return;
  }
  enum kind kind = is("paced") || is("hog") ? PACED : is("source") ? SOURCE : is("sink") ? SINK : BUSY;
  for (int i = 0; i < conn_count; i++) {
    fds[i] = open_conn(kind, 1);
    watch(fds[i], kind == SINK ? EPOLLOUT : EPOLLIN, EPOLL_CTL_ADD);
  }
  if (is("hold") || kind != BUSY) return;
  for (int i = 0; i < conn_count; i++) request(fds[i], depth, clock_ns(CLOCK_MONOTONIC));
}

static void start_hogs(void) {
  hogs_left = hog_count;
  for (int i = 0; i < hog_count; i++) {
    int fd = open_conn(HOG, 1);
    watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    request(fd, 1, now);
  }
}

static int64_t next_mark_ns;

static void mark(void) {
  if (!mark_s || now < next_mark_ns) return;
  printf("mark %llu\n", (unsigned long long)requests);
  fflush(stdout);
  next_mark_ns = now + (int64_t)(mark_s * SECOND_NS);
}

/* Sends what is due and tells when the next one is. */
static int64_t pace(int64_t start_ns) {
  static uint64_t count;
  for (;;) {
    int64_t due = start_ns + (int64_t)(count * (SECOND_NS / rate));
    if (due > now) return due;
    request(fds[count++ % conn_count], 1, due);
  }
}

/* Sends the bytes of slow senders that are due, in turn, and tells when the next one is. */
static int64_t drip(int64_t start_ns) {
  static uint64_t count;
  for (;;) {
    int64_t due = start_ns + (int64_t)(count * (SECOND_NS / (double)slow_count));
    if (due > now) return due;
    if (send(slow_fds[count++ % slow_count], block, 1, MSG_NOSIGNAL | MSG_DONTWAIT) != 1) errors++;
  }
}

static void run(void) {
  struct epoll_event events[256];
  int64_t start = now = clock_ns(CLOCK_MONOTONIC);
  int64_t measure_at = start + (int64_t)(warm_s * SECOND_NS);
  int64_t end = measure_at + (int64_t)(measure_s * SECOND_NS);
  int64_t begun = 0, server_ns = 0, load_ns = 0, hogs_gone = 0;
  for (;;) {
    int64_t until = measuring ? end : measure_at;
    if (recorded == PACED) {
      int64_t due = pace(start);
      if (due < until) until = due;
    }
    if (slow_count) {
      int64_t due = drip(start);
      if (due < until) until = due;
    }
    if (measuring && probes_left && !probe_open && now >= next_probe_ns) {
      probe_open = 1;
      start_short(PROBE);
    }
    if (measuring && probes_left && !probe_open && next_probe_ns < until) until = next_probe_ns;
    int64_t wait = until > now ? until - now : 0;
    struct timespec timeout = {.tv_sec = wait / SECOND_NS, .tv_nsec = wait % SECOND_NS};
    int n = epoll_pwait2(epfd, events, 256, &timeout, NULL);
    if (n < 0 && errno != EINTR) fail("epoll_pwait2: %s", strerror(errno));
    now = clock_ns(CLOCK_MONOTONIC);
    for (int i = 0; i < n; i++) {
      if (events[i].events & EPOLLOUT) writable(events[i].data.fd);
      else readable(events[i].data.fd);
    }
    now = clock_ns(CLOCK_MONOTONIC);
    if (!measuring && now >= measure_at) {
      measuring = 1;
      histogram_clear();
      requests = bytes = errors = 0;
      begun = now;
      if (has_server_clock) server_ns = clock_ns(server_clock);
      load_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
      if (is("hog")) start_hogs();
      if (is("fresh")) probes_left = probe_count;
      next_probe_ns = now;
    } else if (measuring) {
      if (is("fresh") && probes_left && now < end + 60 * SECOND_NS) end = now + SECOND_NS / 10;
      if (is("hog")) {
        if (hogs_left && now < begun + 60 * SECOND_NS) end = now + SECOND_NS / 10;
        else if (!hogs_gone) hogs_gone = now, end = now + SECOND_NS / 2;
      }
      if (now >= end) break;
    }
    if (measuring) mark();
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
  if ((!path && (port < 1 || port > 65535)) || conn_count < 0 || slow_count < 0 || size < 1 || size > 65536 || depth < 1 ||
      depth > 64 || ((is("paced") || is("hog")) && rate <= 0)) {
    fail("an argument is out of range");
  }
  memset(block, 'x', sizeof block);
  recorded = recorded_kind();
  epfd = epoll_create1(EPOLL_CLOEXEC);
  open_all();
  if (is("hold")) {
    printf("ready\n");
    fflush(stdout);
    while (read(STDIN_FILENO, block, 64) > 0) {
    }
    return 0;
  }
  run();
  return 0;
}

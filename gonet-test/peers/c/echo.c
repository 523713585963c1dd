/*
 * The limit that the benchmarks compare with: one loop over an edge-triggered epoll set, with as few
 * system calls as the kernel allows. After a short recv(2) the socket is known to be empty until the
 * next edge, so a request costs one recv(2) and one send(2).
 *
 *   echo mode=echo|deadline|idle|source|sink|unix|file [path=PATH] [file=PATH]
 *
 * unix is echo over a Unix stream socket at path; file sends the file again and again. Prints
 * "listening PORT", or "listening PATH", and ends at the end of its standard input, so that it never outlives the
 * program that started it. Errors of a connection close it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ECHO, DEADLINE, SOURCE, SINK, UNIX, FROM_FILE };
enum { READ_BYTES = 16 * 1024, BLOCK_BYTES = 1 << 20, MAX_FDS = 1 << 20 };

/* What could not be sent at once. */
struct conn {
  char *left;
  size_t length;
  size_t sent;
  int64_t deadline_ns; /* 0: none */
};

static int mode;
static int epfd;
static int highest_fd;
static const char *path, *file_name;
static int file;
static off_t file_bytes;
static struct conn conns[MAX_FDS];
static char block[BLOCK_BYTES];

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void drop(int fd) {
  free(conns[fd].left);
  memset(&conns[fd], 0, sizeof conns[fd]);
  close(fd);
}

/* Sends what was left over; 0 once nothing is, 1 while the kernel's buffer is full, -1 on error. */
static int flush_left(int fd) {
  struct conn *c = &conns[fd];
  while (c->sent < c->length) {
    ssize_t n = send(fd, c->left + c->sent, c->length - c->sent, MSG_NOSIGNAL);
    if (n < 0) return errno == EAGAIN ? 1 : -1;
    c->sent += n;
  }
  free(c->left);
  c->left = NULL;
  c->length = c->sent = 0;
  return 0;
}

static void keep(int fd, const char *bytes, size_t length) {
  struct conn *c = &conns[fd];
  c->left = malloc(length);
  if (!c->left) abort();
  memcpy(c->left, bytes, length);
  c->length = length;
  c->sent = 0;
}

/* A peer that does not read what it asked for is not read from either. */
static void serve_echo(int fd) {
  int full = flush_left(fd);
  if (full < 0) {
    drop(fd);
    return;
  }
  while (!full) {
    if (mode == DEADLINE) conns[fd].deadline_ns = now_ns() + INT64_C(30000000000);
    ssize_t n = recv(fd, block, READ_BYTES, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      drop(fd);
      return;
    }
    ssize_t sent = send(fd, block, n, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) {
      drop(fd);
      return;
    }
    if (sent < n) {
      size_t gone = sent < 0 ? 0 : sent;
      keep(fd, block + gone, n - gone);
      full = 1;
    }
    if (n < READ_BYTES) return;
  }
}

static void serve_source(int fd, uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
    drop(fd);
    return;
  }
  for (;;) {
    struct conn *c = &conns[fd];
    ssize_t n = send(fd, block + c->sent, BLOCK_BYTES - c->sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) drop(fd);
      return;
    }
    c->sent = (c->sent + n) % BLOCK_BYTES;
  }
}

static void serve_file(int fd, uint32_t events) {
  if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
    drop(fd);
    return;
  }
  for (;;) {
    struct conn *c = &conns[fd];
    off_t at = c->sent;
    ssize_t n = sendfile(fd, file, &at, file_bytes - at);
    if (n < 0) {
      if (errno != EAGAIN) drop(fd);
      return;
    }
    c->sent = at % file_bytes;
  }
}

static void serve_sink(int fd) {
  for (;;) {
    ssize_t n = recv(fd, block, 64 * 1024, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      drop(fd);
      return;
    }
  }
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (fd >= MAX_FDS) {
      close(fd);
      continue;
    }
    if (fd > highest_fd) highest_fd = fd;
    int one = 1;
    if (mode != UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.fd = fd};
    epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &e);
  }
}

static void close_overdue(void) {
  int64_t now = now_ns();
  for (int fd = 0; fd <= highest_fd; fd++) {
    if (conns[fd].deadline_ns && conns[fd].deadline_ns < now) drop(fd);
  }
}

static int parse(const char *name) {
  if (!strcmp(name, "echo") || !strcmp(name, "idle")) return ECHO;
  if (!strcmp(name, "deadline")) return DEADLINE;
  if (!strcmp(name, "source")) return SOURCE;
  if (!strcmp(name, "sink")) return SINK;
  if (!strcmp(name, "unix")) return UNIX;
  if (!strcmp(name, "file")) return FROM_FILE;
  fprintf(stderr, "no mode %s\n", name);
  exit(2);
}

static void arguments(int argc, char **argv) {
  const char *name = "";
  for (int i = 1; i < argc; i++) {
    if (!strncmp(argv[i], "mode=", 5)) name = argv[i] + 5;
    if (!strncmp(argv[i], "path=", 5)) path = argv[i] + 5;
    if (!strncmp(argv[i], "file=", 5)) file_name = argv[i] + 5;
  }
  mode = parse(name);
}

static void open_file(void) {
  struct stat s;
  file = file_name ? open(file_name, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0 || fstat(file, &s) || !s.st_size) {
    perror("file");
    exit(1);
  }
  file_bytes = s.st_size;
}

static int listen_unix(void) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (path && strlen(path) < sizeof a.sun_path) strcpy(a.sun_path, path);
  return bind(listener, (void *)&a, sizeof a) || listen(listener, 4096) ? -1 : listener;
}

static int listen_tcp(int *port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof a;
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int failed = bind(listener, (void *)&a, sizeof a) || listen(listener, 4096) ||
               getsockname(listener, (void *)&a, &length);
  *port = ntohs(a.sin_port);
  return failed ? -1 : listener;
}

int main(int argc, char **argv) {
  arguments(argc, argv);
  if (mode == FROM_FILE) open_file();
  int port = 0;
  int listener = mode == UNIX ? listen_unix() : listen_tcp(&port);
  if (listener < 0) {
    perror("listen");
    return 1;
  }
  epfd = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event e = {.events = EPOLLIN | EPOLLET, .data.fd = listener};
  epoll_ctl(epfd, EPOLL_CTL_ADD, listener, &e);
  e = (struct epoll_event){.events = EPOLLIN, .data.fd = STDIN_FILENO};
  epoll_ctl(epfd, EPOLL_CTL_ADD, STDIN_FILENO, &e);
  /* Memory that nobody has written to is one page for the kernel, and nearly free to copy. */
  memset(block, 'x', sizeof block);
  if (mode == UNIX) {
    printf("listening %s\n", path);
  } else {
    printf("listening %d\n", port);
  }
  fflush(stdout);

  struct epoll_event events[256];
  int64_t sweep_ns = now_ns();
  for (;;) {
    int n = epoll_wait(epfd, events, 256, mode == DEADLINE ? 1000 : -1);
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(listener);
      } else if (fd == STDIN_FILENO) {
        if (read(fd, block, 64) <= 0) return 0;
      } else if (mode == SOURCE) {
        serve_source(fd, events[i].events);
      } else if (mode == FROM_FILE) {
        serve_file(fd, events[i].events);
      } else if (mode == SINK) {
        serve_sink(fd);
      } else {
        serve_echo(fd);
      }
    }
    if (mode == DEADLINE && now_ns() - sweep_ns > INT64_C(1000000000)) {
      close_overdue();
      sweep_ns = now_ns();
    }
  }
}

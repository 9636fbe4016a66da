/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* The BPF side of the sensor from its opening to its end: see kernel.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "kernel_state.h"
#include "sensor.skel.h"

/* How many records one call of kernel_poll hands out at most. */
#define AT_ONCE 4096
#define LOOK_NANOSECONDS 50000000

static char why[512] = "";

const char *kernel_why(void) {
  return why;
}

int fail(int code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(why, sizeof why, format, arguments);
  va_end(arguments);
  if (code != 0 && length >= 0 && (size_t)length < sizeof why)
    snprintf(why + length, sizeof why - length, ": %s", strerror(code));
  errno = code != 0 ? code : EINVAL;
  return -1;
}

void note_missing(struct kernel *kernel, const char *what, const char *reason) {
  for (size_t i = 0; i < kernel->missing_count; i++)
    if (!strcmp(kernel->missing[i].what, what)) return;
  if (kernel->missing_count == MISSING) return;
  snprintf(kernel->missing[kernel->missing_count].what, sizeof kernel->missing[0].what, "%s", what);
  snprintf(kernel->missing[kernel->missing_count].why, sizeof kernel->missing[0].why, "%s", reason);
  kernel->missing_count++;
}

void kernel_missing(struct kernel *kernel, kernel_missing_each each, void *context) {
  for (size_t i = 0; i < kernel->missing_count; i++) each(context, kernel->missing[i].what, kernel->missing[i].why);
}

static int deliver(void *context, void *data, size_t size) {
  struct kernel *kernel = context;
  if (size > RECORD_BYTES) return 0;
  struct record *record = (struct record *)kernel->record;
  memcpy(record, data, size);
  if (mend_record(record, size)) kernel->handler(kernel->context, record);
  return 0;
}

static int start_waiting(struct kernel *kernel) {
  struct itimerspec every = {{0, LOOK_NANOSECONDS}, {0, LOOK_NANOSECONDS}};
  struct epoll_event event = {.events = EPOLLIN};
  kernel->waiting = epoll_create1(EPOLL_CLOEXEC);
  kernel->timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  if (kernel->waiting < 0 || kernel->timer < 0 || timerfd_settime(kernel->timer, 0, &every, NULL) ||
      epoll_ctl(kernel->waiting, EPOLL_CTL_ADD, kernel->timer, &event) ||
      epoll_ctl(kernel->waiting, EPOLL_CTL_ADD, ring_buffer__epoll_fd(kernel->ring), &event))
    return fail(errno, "waiting for records");
  return 0;
}

struct kernel *kernel_open(const struct kernel_options *options, record_handler handler, void *context) {
  struct kernel *kernel = calloc(1, sizeof *kernel);
  if (!kernel) {
    fail(errno, "memory for the sensor");
    return NULL;
  }
  kernel->handler = handler;
  kernel->context = context;
  kernel->waiting = kernel->timer = -1;
  kernel->events = open_events();
  kernel->bpf = load_programs(kernel, options);
  if (!kernel->bpf) goto failed;
  kernel->ring = ring_buffer__new(bpf_map__fd(kernel->bpf->maps.ring), deliver, kernel, NULL);
  if (!kernel->ring) {
    fail(errno, "mapping the ring");
    goto failed;
  }
  if (start_waiting(kernel) || kernel_own(kernel, getpid(), true)) goto failed;
  return kernel;
failed: {
  int code = errno;
  kernel_close(kernel);
  errno = code;
}
  return NULL;
}

void kernel_close(struct kernel *kernel) {
  if (!kernel) return;
  detach_hooks(kernel);
  ring_buffer__free(kernel->ring);
  sensor_bpf__destroy(kernel->bpf);
  if (kernel->waiting >= 0) close(kernel->waiting);
  if (kernel->timer >= 0) close(kernel->timer);
  if (kernel->events >= 0) close(kernel->events);
  free(kernel);
}

int kernel_descriptor(const struct kernel *kernel) {
  return kernel->waiting;
}

int kernel_poll(struct kernel *kernel, int milliseconds) {
  struct epoll_event events[2];
  __u64 ticks;
  int got = ring_buffer__consume_n(kernel->ring, AT_ONCE);
  if (got == 0 && milliseconds != 0) {
    int ready = epoll_wait(kernel->waiting, events, 2, milliseconds);
    if (ready < 0 && errno != EINTR) return fail(errno, "waiting for records");
    got = ring_buffer__consume_n(kernel->ring, AT_ONCE);
  }
  /* Only once nothing is left is the next tick waited for. */
  if (got < AT_ONCE && read(kernel->timer, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
    return fail(errno, "the timer of records");
  if (got < 0) return fail(-got, "reading the ring");
  return got;
}

int kernel_scope(struct kernel *kernel, bool containers_only) {
  kernel->bpf->bss->settings.containers_only = containers_only;
  return 0;
}

static int set_key(struct bpf_map *map, const void *key, bool on, const char *what) {
  __u8 one = 1;
  int failed = on ? bpf_map_update_elem(bpf_map__fd(map), key, &one, BPF_ANY) : bpf_map_delete_elem(bpf_map__fd(map), key);
  if (failed && !(errno == ENOENT && !on)) return fail(errno, "%s", what);
  return 0;
}

int kernel_own(struct kernel *kernel, pid_t pid, bool on) {
  __u32 key = pid;
  return set_key(kernel->bpf->maps.own, &key, on, "a process of our own");
}

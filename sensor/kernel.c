/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* The BPF side of the sensor from its opening to its end: see kernel.h. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
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

void forget_missing(struct kernel *kernel, const char *what) {
  for (size_t i = 0; i < kernel->missing_count; i++)
    if (!strcmp(kernel->missing[i].what, what)) kernel->missing[i] = kernel->missing[--kernel->missing_count];
}

void kernel_missing(struct kernel *kernel, kernel_missing_each each, void *context) {
  for (size_t i = 0; i < kernel->missing_count; i++) each(context, kernel->missing[i].what, kernel->missing[i].why);
}

static bool ends_with(const char *text, size_t length, const char *end) {
  size_t of_end = strlen(end);
  return length >= of_end && !memcmp(text + length - of_end, end, of_end);
}

static bool is_unit(const char *text, size_t length) {
  static const char *const kinds[] = {".service", ".slice", ".scope", ".mount", ".swap", ".socket", ".session", ".user"};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (ends_with(text, length, kinds[i])) return true;
  return false;
}

/*
 * Whether a path of a cgroup can be a container's: an id of 64 digits, LXC's or a pod's folder, or two folders that are no
 * units of systemd, as containerd alone makes. Where in doubt it is one: then it is told.
 */
static bool is_container(const char *path, size_t length) {
  static const char *const words[] = {"/lxc/", "/lxc.payload", "kubepods", "machine.slice"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (memmem(path, length, words[i], strlen(words[i]))) return true;
  for (size_t i = 0, digits = 0; i < length; i++) {
    digits = path[i] != 0 && strchr("0123456789abcdefABCDEF", path[i]) ? digits + 1 : 0;
    if (digits == 64) return true;
  }
  const char *second = length > 1 ? memchr(path + 1, '/', length - 1) : NULL;
  if (!second || memchr(second + 1, '/', path + length - second - 1)) return false;
  return !is_unit(path, second - path) && !is_unit(path, length);
}

/* Tells the programs which cgroups are the host's own, once each. */
static void classify(struct kernel *kernel, const struct record *record) {
  const struct text *text = (const struct text *)(record + 1);
  struct cgroup_state state = {.told = 1};
  if (record->size < sizeof *record + sizeof *text || text->argument != TEXT_CGROUP) return;
  state.host = text->state == TEXT_WHOLE && !is_container((const char *)(text + 1), text->length);
  bpf_map_update_elem(bpf_map__fd(kernel->bpf->maps.cgroups), &record->cgroup, &state, BPF_EXIST);
}

static int deliver(void *context, void *data, size_t size) {
  struct kernel *kernel = context;
  if (size > RECORD_BYTES) {
    kernel->broken++;
    return 0;
  }
  struct record *record = (struct record *)kernel->record;
  memcpy(record, data, size);
  if (!mend_record(record, size)) {
    kernel->broken++;
    return 0;
  }
  hide_addresses(record, kernel->secret);
  if (record->kind == RECORD_CGROUP) classify(kernel, record);
  kernel->handler(kernel->context, record);
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
  if (getrandom(kernel->secret, sizeof kernel->secret, 0) != sizeof kernel->secret) {
    fail(errno, "random numbers");
    free(kernel);
    return NULL;
  }
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
  if (got >= 0 && got < AT_ONCE) close_one(kernel);
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

int kernel_protect(struct kernel *kernel, uint64_t cgroup, bool on) {
  struct settings *settings = &kernel->bpf->bss->settings;
  struct bpf_map *map = kernel->bpf->maps.protected_cgroups;
  __u8 there;
  bool before = !bpf_map_lookup_elem(bpf_map__fd(map), &cgroup, &there);
  if (before == on) return 0;
  if (set_key(map, &cgroup, on, "a protected cgroup")) return -1;
  /* The programs count removed cgroups down themselves. */
  __atomic_fetch_add(&settings->protecting, on ? 1 : -1, __ATOMIC_RELAXED);
  if (attach_hooks(kernel)) return -1;
  if (on && !kernel->programs[HOOK_EXEC - CALLS]) return fail(EOPNOTSUPP, "starts of programs cannot be seen on this kernel");
  return 0;
}

int kernel_own(struct kernel *kernel, pid_t pid, bool on) {
  __u32 key = pid;
  return set_key(kernel->bpf->maps.own, &key, on, "a process of our own");
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "containers.h"
#include "fallback.h"
#include "input.h"
#include "listener.h"
#include "proc.h"
#include "rights.h"

enum {
  LOOKUPS_A_SECOND = 2000,
  LOOKUP_MILLISECONDS = 20,
  AGAIN_SECONDS = 10,
  END_MILLISECONDS = 10000,
  USED_SECONDS = 30,
};

/* What the public and our own rules look at, and what keeps the state true: where nobody says which hooks. */
static const char usual_hooks[] =
    "execve,execveat,clone,procexit,open,openat,openat2,creat,open_by_handle_at,connect,accept,accept4,bind,listen,socket,"
    "sendto,sendmsg,sendmmsg,dup,dup2,dup3,chdir,fchdir,chroot,setuid,setgid,setreuid,setregid,setresuid,setresgid,setsid,"
    "setpgid,prctl,capset,ptrace,process_vm_readv,process_vm_writev,symlink,symlinkat,link,linkat,rename,renameat,renameat2,"
    "unlink,unlinkat,mkdir,mkdirat,rmdir,mknod,mknodat,chmod,fchmod,fchmodat,fchmodat2,chown,lchown,fchown,fchownat,mount,"
    "umount2,fsmount,move_mount,open_tree,fsopen,pivot_root,setns,unshare,bpf,init_module,finit_module,delete_module,"
    "userfaultfd,memfd_create,pidfd_open,pidfd_getfd,kill,io_uring,io_uring_setup,kexec_load,kexec_file_load,iopl,ioperm,"
    "perf_event_open,keyctl,personality,seccomp";

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

uint64_t sensor_boot_nanoseconds(void) {
  /* The pair that was read closest together of a few. */
  uint64_t best = UINT64_MAX, booted = 0;
  for (size_t tries = 0; tries < 5; tries++) {
    uint64_t before = nanoseconds(CLOCK_BOOTTIME), real = nanoseconds(CLOCK_REALTIME), after = nanoseconds(CLOCK_BOOTTIME);
    if (after - before >= best) continue;
    best = after - before;
    booted = real - before - best / 2;
  }
  return booted;
}

int sensor_hooks(struct sensor *sensor, char *names) {
  static const char *list[MOST_HOOKS];
  size_t count = 0;
  for (char *name = names; name != NULL && *name != 0 && count < MOST_HOOKS;) {
    char *comma = strchr(name, ',');
    if (comma != NULL) *comma++ = 0;
    if (*name != 0) list[count++] = name;
    name = comma;
  }
  if (sensor->kernel == NULL) return -1;
  return kernel_hooks(sensor->kernel, list, count);
}

static void record(void *context, const struct record *record) {
  struct sensor *sensor = context;
  encode_record(&sensor->encoder, record, record->size);
}

/* A thread does something, and the reader has not heard of it. */
static void look_up(void *context, uint32_t tid, uint32_t pid) {
  struct sensor *sensor = context;
  /* Whatever comes of it, it is not looked up again. */
  known_add(sensor->encoder.known, tid, pid);
  if (sensor->scout == NULL || !sensor->of_host) return;
  uint64_t second = nanoseconds(CLOCK_MONOTONIC) / 1000000000;
  if (second != sensor->lookups_second) {
    sensor->lookups_second = second;
    sensor->lookups_now = LOOKUPS_A_SECOND;
  }
  if (sensor->lookups_now == 0) {
    sensor->lookups_left += 1;
    return;
  }
  sensor->lookups_now -= 1;
  sensor->lookups += 1;
  if (!scout_ask_now(sensor->scout, SCOUT_THREAD, tid, pid, LOOKUP_MILLISECONDS)) sensor->lookups_failed += 1;
}

static void started(void *context, uint32_t pid, uint64_t cgroup) {
  struct sensor *sensor = context;
  char id[16];
  if (sensor->scout == NULL || !sensor->of_host || !containers_first(sensor->containers, sensor->encoder.cgroups, cgroup, id)) return;
  uint32_t number = containers_number(id);
  if (!scout_ask(sensor->scout, SCOUT_USERS, number, pid, id)) containers_forget(sensor->containers, number);
}

/* A frame of the scout. */
static void scouted(void *context, const struct scout_message *message, size_t length) {
  struct sensor *sensor = context;
  const uint8_t *frame = message->frame;
  uint32_t size;
  if (message->says == SCOUT_NO_USERS) containers_forget(sensor->containers, message->tid);
  if (length < 8) return;
  memcpy(&size, frame, sizeof size);
  if (size != length) return;
  if (scout_is_of_all(sensor->scout, message)) {
    /* What an event has told of meanwhile is newer. */
    if (frame[4] == FRAME_THREAD) sensor->passed_over = known_find(sensor->encoder.known, message->tid) != NULL ? message->tid : 0;
    if (message->tid == sensor->passed_over && message->tid != 0) return;
  }
  if (frame[4] == FRAME_THREAD || frame[4] == FRAME_EVENT) known_add(sensor->encoder.known, message->tid, message->pid);
  if (frame[4] == FRAME_EVENT) sensor->encoder.events += 1;
  /* What the reader did not get is told again when it is needed. */
  if (!output_put(sensor->encoder.output, frame, length) && frame[4] == FRAME_THREAD) known_remove(sensor->encoder.known, message->tid);
}

static int signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Why it stopped. */
enum stop { TOLD_TO, READER_GONE };

static enum stop run(struct sensor *sensor, struct input *input, struct listener *listener) {
  uint64_t second = 0, metrics = nanoseconds(CLOCK_MONOTONIC), used = metrics;
  while (!sensor->ending) {
    if (output_broken(sensor->encoder.output)) return READER_GONE;
    struct pollfd wait[] = {
        {.fd = sensor->signals, .events = POLLIN},
        {.fd = input->descriptor, .events = POLLIN},
        {.fd = sensor->kernel == NULL ? -1 : kernel_descriptor(sensor->kernel), .events = POLLIN},
        {.fd = sensor->scout == NULL ? -1 : scout_descriptor(sensor->scout), .events = POLLIN},
        {.fd = listener == NULL ? -1 : listener->descriptor, .events = POLLIN},
        {.fd = sensor->fallback == NULL ? -1 : fallback_descriptor(sensor->fallback), .events = POLLIN},
    };
    poll(wait, sizeof wait / sizeof *wait, sensor->fallback == NULL ? 50 : 2);
    if (sensor->fallback != NULL) fallback_read(sensor->fallback, sensor);
    if (sensor->kernel != NULL) kernel_poll(sensor->kernel, 0);
    if ((wait[0].revents & POLLIN) != 0) sensor->ending = true;
    if (wait[1].revents != 0) input_read(input, sensor);
    /* Who has the socket for themselves and closes it is gone; whoever started the program may have closed its input. */
    if (input->descriptor < 0 && listener != NULL) return READER_GONE;
    if ((wait[4].revents & POLLIN) != 0) listener_refuse(listener);
    /* What is told of what was there before gives way to what happens. */
    if (sensor->scout != NULL && output_roomy(sensor->encoder.output)) scout_read(sensor->scout, 64);
    uint64_t now = nanoseconds(CLOCK_MONOTONIC);
    if (now / 1000000000 != second) {
      second = now / 1000000000;
      sensor_tell_losses(sensor);
    }
    if (sensor->options.metrics_seconds != 0 && now - metrics >= sensor->options.metrics_seconds * 1000000000ull) {
      metrics = now;
      sensor_tell_metrics(sensor);
    }
    if (sensor->learning && now - used >= USED_SECONDS * 1000000000ull) {
      used = now;
      sensor_tell_used(sensor);
    }
    output_flush(sensor->encoder.output);
  }
  return TOLD_TO;
}

/* Numbers of processes are the host's, as the kernel's records have them. */
static bool in_first_namespace(void) {
  char link[64];
  /* PROC_PID_INIT_INO of the kernel's proc_ns.h. */
  long length = proc_link((uint32_t)getpid(), "ns/pid", link, sizeof link);
  return length <= 0 || strcmp(link, "pid:[4026531836]") == 0;
}

/* A reader is there: the host, what is missing, and then whatever happens. */
static bool begin(struct sensor *sensor, int descriptor) {
  struct encoder *encoder = &sensor->encoder;
  encoder->output = output_open(descriptor, (size_t)sensor->options.buffer_mib << 20);
  if (encoder->output == NULL) return false;
  tell_machine(sensor);
  static char names[65536];
  snprintf(names, sizeof names, "%s", sensor->options.hooks == NULL ? usual_hooks : sensor->options.hooks);
  if (sensor->kernel == NULL) {
    fallback_tell_missing(sensor, sensor->options.without_bpf ? "--without-bpf" : kernel_why());
  } else {
    if (sensor->options.denied) kernel_denied(sensor->kernel, true);
    if (sensor_hooks(sensor, names) != 0) sensor_tell_missing(sensor, "system calls", kernel_why());
    sensor_tell_kernel_missing(sensor);
  }
  /* From here on nothing is missed, so what is told of before can take its time. */
  if (sensor->scout == NULL || !sensor->of_host) {
    const char *why = sensor->scout == NULL ? "no process could be started to look into /proc" : "the sensor is not in the host's PID namespace";
    sensor_tell_missing(sensor, "processes that were there before", why);
  } else {
    scout_ask(sensor->scout, SCOUT_USERS, UINT32_MAX, 1, "");
    scout_ask(sensor->scout, SCOUT_ALL, 0, 0, NULL);
  }
  output_flush(encoder->output);
  return true;
}

/* Detaches, hands out what the ring still holds, and says what was lost. True where the reader has all of it. */
static bool end(struct sensor *sensor, bool reader) {
  struct encoder *encoder = &sensor->encoder;
  if (sensor->learning && reader) sensor_tell_used(sensor);
  if (sensor->kernel != NULL) {
    if (sensor->learning) kernel_learn(sensor->kernel, false);
    kernel_hooks(sensor->kernel, NULL, 0);
    while (kernel_poll(sensor->kernel, 0) > 0) output_flush(encoder->output);
  }
  sensor->learning = false;
  if (sensor->kernel != NULL) {
    kernel_denied(sensor->kernel, sensor->options.denied);
    kernel_scope(sensor->kernel, sensor->options.containers_only);
  }
  if (!reader) {
    output_close(encoder->output, 0);
    return false;
  }
  sensor_tell_losses(sensor);
  sensor_tell_metrics(sensor);
  output_settle(encoder->output, END_MILLISECONDS);
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_END);
  sensor_tell(sensor, &frame);
  return output_close(encoder->output, END_MILLISECONDS);
}

/* The next reader is told all of it anew. */
static void forget(struct sensor *sensor) {
  known_clear(sensor->encoder.known);
  containers_clear(sensor->containers);
  sensor->missing_told = 0;
  sensor->encoder.events = 0;
}

static int serve_output(struct sensor *sensor) {
  static struct input input = {.descriptor = STDIN_FILENO};
  if (!begin(sensor, STDOUT_FILENO)) {
    fprintf(stderr, "bulkhead-sensor: %s\n", strerror(errno));
    return EXIT_NOT_STARTED;
  }
  bool reader = run(sensor, &input, NULL) == TOLD_TO;
  bool whole = end(sensor, reader);
  if (!reader) fprintf(stderr, "bulkhead-sensor: the reader is gone\n");
  return whole ? 0 : EXIT_READER_GONE;
}

static int serve_socket(struct sensor *sensor) {
  struct listener listener;
  if (!listener_open(&listener, sensor->options.socket, sensor->options.socket_user)) {
    fprintf(stderr, "bulkhead-sensor: %s: %s\n", sensor->options.socket, strerror(errno));
    return EXIT_NOT_STARTED;
  }
  static struct input input;
  while (!sensor->ending) {
    pid_t peer;
    int connection = listener_accept(&listener, sensor->signals, &peer);
    if (connection < 0) break;
    if (sensor->kernel != NULL && peer > 0) kernel_own(sensor->kernel, peer, true);
    input = (struct input){.descriptor = connection};
    if (begin(sensor, connection)) {
      end(sensor, run(sensor, &input, &listener) == TOLD_TO);
      forget(sensor);
    }
    if (sensor->kernel != NULL && peer > 0) kernel_own(sensor->kernel, peer, false);
    close(connection);
  }
  listener_close(&listener);
  return 0;
}

/* BPF, or what there is in its place. */
static bool open_kernel(struct sensor *sensor) {
  const struct options *options = &sensor->options;
  struct kernel_options kernel = {.ring_mib = options->ring_mib, .containers_only = options->containers_only};
  if (!options->without_bpf) sensor->kernel = kernel_open(&kernel, record, sensor);
  if (sensor->kernel == NULL) {
    if (!options->without_bpf) fprintf(stderr, "bulkhead-sensor: BPF does not work here: %s\n", kernel_why());
    sensor->fallback = fallback_open();
    if (sensor->fallback == NULL) {
      fprintf(stderr, "bulkhead-sensor: nor does fanotify: %s\n", strerror(errno));
      return false;
    }
    rights_keep(1ull << CAP_SYS_ADMIN | 1ull << CAP_KILL | 1ull << CAP_DAC_READ_SEARCH | 1ull << CAP_SYS_PTRACE);
    return true;
  }
  /* What is left: to attach more programs, to end processes, to look cgroups up, to start another scout. */
  rights_keep(1ull << CAP_BPF | 1ull << CAP_PERFMON | 1ull << CAP_KILL | 1ull << CAP_DAC_READ_SEARCH | 1ull << CAP_SYS_PTRACE);
  kernel_own(sensor->kernel, getpid(), true);
  if (sensor->scout != NULL) kernel_own(sensor->kernel, scout_pid(sensor->scout), true);
  for (size_t at = 0; at < options->owns; at++) kernel_own(sensor->kernel, options->own[at], true);
  return true;
}

int sensor_run(const struct options *options) {
  static struct sensor sensor;
  sensor.options = *options;
  sensor.signals = signals();
  sensor.of_host = in_first_namespace();
  struct encoder *encoder = &sensor.encoder;
  encoder->booted = sensor_boot_nanoseconds();
  encoder->known = known_open();
  encoder->cgroups = cgroups_open(true);
  sensor.containers = containers_open();
  if (sensor.signals < 0 || encoder->known == NULL || encoder->cgroups == NULL || sensor.containers == NULL) {
    fprintf(stderr, "bulkhead-sensor: %s\n", strerror(errno));
    return EXIT_NOT_STARTED;
  }
  encoder->look_up = look_up;
  encoder->started = started;
  encoder->context = &sensor;
  /* Before there is anything that it should not have. */
  sensor.scout = scout_open(encoder->booted, scouted, &sensor);
  if (!open_kernel(&sensor)) {
    if (sensor.scout != NULL) scout_close(sensor.scout);
    return EXIT_NO_BPF;
  }
  int code = options->socket == NULL ? serve_output(&sensor) : serve_socket(&sensor);
  if (sensor.scout != NULL) scout_close(sensor.scout);
  if (sensor.kernel != NULL) kernel_close(sensor.kernel);
  if (sensor.fallback != NULL) fallback_close(sensor.fallback);
  return code;
}

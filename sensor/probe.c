/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What this kernel takes is found out by loading it: no configuration and no version tells. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel_state.h"
#include "sensor.skel.h"

static char said[160];

/* Where the last line of the verifier's log begins that is not a count or a frame of the log itself. */
static char *last_line(char *words) {
  char *found = words, *line = words;
  for (char *next; (next = strchr(line, '\n')) != NULL; line = next + 1) {
    *next = 0;
    if (strncmp(line, "processed ", 10) && strncmp(line, "-- END", 6) && next > line) found = line;
  }
  return found;
}

/* Keeps the last line of libbpf that names a cause. */
__attribute__((format(printf, 2, 0))) static int keep(enum libbpf_print_level level, const char *format, va_list arguments) {
  static char words[1 << 20];
  if (level == LIBBPF_DEBUG) return 0;
  vsnprintf(words, sizeof words, format, arguments);
  if (strstr(words, "failed to load")) return 0;
  snprintf(said, sizeof said, "%.*s", (int)sizeof said - 1, last_line(words));
  return 0;
}

/* Why loading failed: by errno where that says it better. */
static const char *reason_of(int code) {
  if (code == EPERM) return "not permitted: CAP_BPF and CAP_PERFMON are needed";
  if (code == ESRCH) return "this kernel tells no types (CONFIG_DEBUG_INFO_BTF)";
  return said[0] ? said : strerror(code);
}

/*
 * Before 6.3 the tracepoint of io_uring has another name, and before 6.0 the request is its second argument; before 5.14 it has
 * none.
 */
static void find_uring(struct sensor_bpf *bpf) {
  struct btf *types = btf__load_vmlinux_btf();
  if (!types) return;
  const struct btf_type *type = NULL;
  int id = btf__find_by_name_kind(types, "btf_trace_io_uring_submit_sqe", BTF_KIND_TYPEDEF);
  if (id > 0 && btf__find_by_name_kind(types, "btf_trace_io_uring_submit_req", BTF_KIND_TYPEDEF) < 0) {
    type = btf__type_by_id(types, id);
    while (type && (btf_is_typedef(type) || btf_is_ptr(type))) type = btf__type_by_id(types, type->type);
  }
  /* Its first parameter is the tracing's own. */
  unsigned given = type && btf_is_func_proto(type) ? btf_vlen(type) - 1 : 0;
  if (given == 2 || given >= 7) {
    bpf->rodata->uring_argument = given == 2 ? 0 : 1;
    bpf_program__set_attach_target(bpf->progs.operation_given, 0, "io_uring_submit_sqe");
  }
  btf__free(types);
}

static void prepare(struct sensor_bpf *bpf, unsigned ring_mib) {
  bpf_map__set_max_entries(bpf->maps.ring, ring_mib << 20);
  bpf_map__set_max_entries(bpf->maps.scratch, libbpf_num_possible_cpus() * 2);
  find_uring(bpf);
}

/* All of it with one program only. */
static struct sensor_bpf *open_only(const char *name) {
  struct bpf_program *program;
  struct sensor_bpf *bpf = sensor_bpf__open();
  if (!bpf) return NULL;
  prepare(bpf, 1);
  bpf_object__for_each_program(program, bpf->obj)
    bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
  return bpf;
}

/* Whether one program loads by itself. */
static bool loads(const char *name) {
  struct sensor_bpf *bpf = open_only(name);
  if (!bpf) return false;
  bool loaded = !sensor_bpf__load(bpf);
  int code = errno;
  sensor_bpf__destroy(bpf);
  errno = code;
  return loaded;
}

/* Of the kernel's own threads, which are in the host's; else of its first process, else ours. */
static __u32 host_mounts(void) {
  static const char *const places[] = {"/proc/2/ns/mnt", "/proc/1/ns/mnt", "/proc/self/ns/mnt"};
  char name[16] = "";
  struct stat there;
  int file = open("/proc/2/comm", O_RDONLY | O_CLOEXEC);
  if (file >= 0 && read(file, name, sizeof name - 1) < 0) name[0] = 0;
  if (file >= 0) close(file);
  for (size_t i = strcmp(name, "kthreadd\n") ? 1 : 0; i < sizeof places / sizeof *places; i++)
    if (!stat(places[i], &there)) return there.st_ino;
  return 0;
}

/* Whether somebody uses the unified hierarchy: then every process has a line of it. */
static bool has_unified_cgroups(void) {
  char line[512];
  bool found = false;
  FILE *file = fopen("/proc/self/cgroup", "re");
  if (!file) return true;
  while (!found && fgets(line, sizeof line, file)) found = !strncmp(line, "0::", 3);
  fclose(file);
  return found;
}

#if defined(__x86_64__)
/* Tries a call in the 32-bit way, in a process of its own: a kernel that does not take them ends it. */
static bool takes_foreign_calls(void) {
  int status;
  pid_t child = fork();
  if (child < 0) return true;
  if (child == 0) {
    long id;
    prctl(PR_SET_DUMPABLE, 0);
    __asm__ volatile("int $0x80" : "=a"(id) : "a"(20 /* getpid */) : "r8", "r9", "r10", "r11", "memory");
    _exit(id == getpid() ? 0 : 1);
  }
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return true;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
#else
static bool takes_foreign_calls(void) {
  return sizeof(void *) == 8;
}
#endif

struct sensor_bpf *load_programs(struct kernel *kernel, const struct kernel_options *options) {
  struct bpf_program *program;
  unsigned ring = options && options->ring_mib ? options->ring_mib : 16;
  libbpf_set_print(keep);
  kernel->foreign = takes_foreign_calls();
  if (ring > 1024 || (ring & (ring - 1))) {
    fail(EINVAL, "a ring of %u MiB: a power of two from 1 to 1024 is wanted", ring);
    return NULL;
  }
  for (int attempt = 0; attempt < 2; attempt++) {
    struct sensor_bpf *bpf = sensor_bpf__open();
    if (!bpf) break;
    prepare(bpf, ring);
    bpf->bss->settings.containers_only = options && options->containers_only;
    bpf->bss->settings.page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
    bpf->bss->settings.stack_bytes = 16384;
    bpf->bss->settings.separate_cgroups = !has_unified_cgroups();
    bpf->bss->settings.host_mounts = host_mounts();
    foreign_calls(bpf->bss->foreign_numbers, bpf->bss->foreign_sockets);
    /* At the second attempt without those that do not load alone. */
    if (attempt == 1)
      bpf_object__for_each_program(program, bpf->obj) {
        const char *name = bpf_program__name(program);
        if (loads(name)) continue;
        note_missing(kernel, program_hook(name), reason_of(errno));
        bpf_program__set_autoload(program, false);
      }
    if (!sensor_bpf__load(bpf)) {
      if (bpf_program__fd(bpf->progs.program_started) >= 0) return bpf;
      fail(EOPNOTSUPP, "the start of programs cannot be seen");
      sensor_bpf__destroy(bpf);
      return NULL;
    }
    int code = errno;
    sensor_bpf__destroy(bpf);
    fail(0, "loading BPF programs: %s", reason_of(code));
    errno = code;
    /* No program is at fault. */
    if (code == EPERM || code == ESRCH) break;
  }
  return NULL;
}

/* What is told of each program: what it is for, and what is lost without it. */
static const struct {
  const char *program, *hook, *event, *use;
} programs[] = {
    {"program_started", "execve", "sched_process_exec", "programs that start; protect"},
    {"thread_made", "clone", "task_newtask", "processes and threads that are made"},
    {"thread_ended", "procexit", "sched_process_exit", "processes that end"},
    {"one_call_ended", "system calls", "syscalls/sys_exit_*", "system calls, each at a hook of its own"},
    {"any_call_ended", "denied", "sys_exit", "system calls without a tracepoint; denied on"},
    {"operation_given", "io_uring", "io_uring_submit_req", "what is handed to io_uring"},
    {"cgroup_made", "cgroup", "cgroup_mkdir", "cgroups before their first process"},
    {"cgroup_removed", "cgroup", "cgroup_rmdir", "cgroups that go"},
    {"call_began", "learning", "sys_enter", "learning: system calls"},
    {"capability_asked", "capabilities", "cap_capable", "learning: capabilities"},
    {"learn_exec", "learning", "sched_process_exec", "learning: which processes count"},
    {"learn_fork", "learning", "task_newtask", "learning: which processes count"},
    {"learn_exit", "learning", "sched_process_exit", "learning: which processes count"},
};

const char *program_hook(const char *program) {
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    if (!strcmp(programs[i].program, program)) return programs[i].hook;
  return program;
}

/* Loads one program and attaches it; NULL where both work, else why not. */
static const char *try_program(const char *name) {
  const char *reason = NULL;
  struct kernel kernel = {.events = open_events()};
  struct sensor_bpf *bpf = open_only(name);
  if (!bpf) return reason_of(errno);
  struct bpf_program *program = bpf_object__find_program_by_name(bpf->obj, name);
  kernel.bpf = bpf;
  if (!program || sensor_bpf__load(bpf)) {
    reason = reason_of(errno);
  } else {
    bool call = !strcmp(name, "one_call_ended");
    struct bpf_link *link = call ? attach_call(&kernel, "getppid") : bpf_program__attach(program);
    if (!link) reason = call && kernel.events < 0 ? "no tracefs, and none could be mounted" : strerror(errno);
    bpf_link__destroy(link);
  }
  sensor_bpf__destroy(bpf);
  if (kernel.events >= 0) close(kernel.events);
  return reason;
}

int kernel_probe(void) {
  int works = -1;
  libbpf_set_print(keep);
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
    said[0] = 0;
    const char *reason = try_program(programs[i].program);
    printf("%s %s: %s%s%s\n", reason ? "no " : "yes", programs[i].event, programs[i].use, reason ? ": " : "", reason ? reason : "");
    if (i == 0 && !reason) works = 0;
  }
  return works;
}

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Which programs are attached to what: one program to the ends of as many system calls as are wanted, each by its own tracepoint. */
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "kernel_state.h"
#include "sensor.skel.h"

/* Where the kernel names the tracepoint of a call by its function and not by the call. */
static const char *const functions[][2] = {
    {"umount2", "umount"},       {"stat", "newstat"},         {"lstat", "newlstat"},   {"fstat", "newfstat"},
    {"uname", "newuname"},       {"sendfile", "sendfile64"},  {"fadvise64", "fadvise64_64"},
};

/* More calls than these are hooked on all calls. */
#define FEW 8

/* Calls of the other way: who sees them. */
#if defined(__x86_64__)
#define FOREIGN_SEEN true
#define FOREIGN_WHY "they have no tracepoints: only the hook on all calls sees them (denied on)"
#else
#define FOREIGN_SEEN false
#define FOREIGN_WHY "they are not translated on this architecture"
#endif

int open_events(void) {
  static const char *const places[] = {"/sys/kernel/tracing/events", "/sys/kernel/debug/tracing/events"};
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    int folder = open(places[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0 && !faccessat(folder, "syscalls", F_OK, 0)) return folder;
    if (folder >= 0) close(folder);
  }
  /* Nobody mounted it: a mount of our own, that nobody else sees and that ends with us. */
  int context = fsopen("tracefs", FSOPEN_CLOEXEC), folder = -1;
  if (context < 0) return -1;
  if (!fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
    int mount = fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC);
    if (mount >= 0) {
      folder = openat(mount, "events", O_PATH | O_DIRECTORY | O_CLOEXEC);
      close(mount);
    }
  }
  close(context);
  return folder;
}

/* The number of a tracepoint; -1: this kernel has none of that name. */
static int tracepoint_id(const struct kernel *kernel, const char *call) {
  char path[128], digits[16] = "";
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
    if (!strcmp(functions[i][0], call)) call = functions[i][1];
  snprintf(path, sizeof path, "syscalls/sys_exit_%s/id", call);
  int file = kernel->events < 0 ? -1 : openat(kernel->events, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = read(file, digits, sizeof digits - 1);
  close(file);
  return length > 0 ? atoi(digits) : -1;
}

struct bpf_link *attach_call(struct kernel *kernel, const char *call) {
  struct perf_event_attr attributes = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof attributes};
  int id = tracepoint_id(kernel, call);
  if (id < 0) return NULL;
  attributes.config = id;
  /* One processor is enough: programs of a tracepoint run on all. */
  int event = syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
  if (event < 0) return NULL;
  struct bpf_link *link = bpf_program__attach_perf_event(kernel->bpf->progs.one_call_ended, event);
  if (!link) close(event);
  return link;
}

static void let_go(struct bpf_link **link) {
  bpf_link__destroy(*link);
  *link = NULL;
}

/* Programs on the kernel's own events, in the order of enum hook; NULL: it has none. */
struct bpf_program *event_program(const struct kernel *kernel, int hook) {
  switch (hook) {
    case HOOK_EXEC:
      return kernel->bpf->progs.program_started;
    case HOOK_FORK:
      return kernel->bpf->progs.thread_made;
    case HOOK_EXIT:
      return kernel->bpf->progs.thread_ended;
    case HOOK_URING:
      return kernel->bpf->progs.operation_given;
    case HOOK_CGROUP:
      return kernel->bpf->progs.cgroup_made;
  }
  return NULL;
}

const char *event_name(int hook) {
  static const char *const names[] = {"execve", "clone", "procexit", "io_uring", "cgroup"};
  return names[hook - CALLS];
}

/* Attaches where it is wanted and is not yet, or the other way round; `what` is told as missing where it cannot be. */
static void set_program(struct kernel *kernel, struct bpf_link **link, struct bpf_program *program, bool wanted, const char *what) {
  if (!wanted) {
    let_go(link);
  } else if (!*link) {
    if (bpf_program__fd(program) >= 0) *link = bpf_program__attach(program);
    else errno = EOPNOTSUPP;
    if (!*link) note_missing(kernel, what, strerror(errno));
  }
}

static void attach_events(struct kernel *kernel) {
  struct settings *settings = &kernel->bpf->bss->settings;
  settings->telling_execs = kernel->wanted[HOOK_EXEC];
  settings->telling_exits = kernel->wanted[HOOK_EXIT];
  for (int hook = CALLS; hook < HOOKS; hook++) {
    /* Starts are looked at to protect as well, ends to forget our own; cgroups are known before their first process wherever anything is told. */
    bool wanted = kernel->wanted[hook] || hook == HOOK_EXIT || (hook == HOOK_EXEC && settings->protecting) ||
                  (hook == HOOK_CGROUP && (kernel->wanted[HOOK_EXEC] || settings->protecting || settings->learning));
    set_program(kernel, &kernel->programs[hook - CALLS], event_program(kernel, hook), wanted, event_name(hook));
  }
  set_program(kernel, &kernel->removal, kernel->bpf->progs.cgroup_removed, kernel->programs[HOOK_CGROUP - CALLS] != NULL, "cgroup");
}

static void attach_learning(struct kernel *kernel) {
  struct bpf_program *const programs[LEARNING] = {
      kernel->bpf->progs.learn_exec, kernel->bpf->progs.learn_fork, kernel->bpf->progs.learn_exit,
      kernel->bpf->progs.call_began, kernel->bpf->progs.capability_asked,
  };
  for (int i = 0; i < LEARNING; i++)
    set_program(kernel, &kernel->learning[i], programs[i], kernel->learn, i == 4 ? "capabilities" : "learning");
}

void close_one(struct kernel *kernel) {
  if (kernel->closing_count > 0) let_go(&kernel->closing[--kernel->closing_count]);
}

/* A tracepoint takes up to 120 ms to be let go: that is left to kernel_poll, one at a time. */
static void close_later(struct kernel *kernel, struct bpf_link **link) {
  if (kernel->closing_count == 2 * CALLS) close_one(kernel);
  if (*link) kernel->closing[kernel->closing_count++] = *link;
  *link = NULL;
}

static void attach_any(struct kernel *kernel) {
  struct bpf_program *program = kernel->bpf->progs.any_call_ended;
  if (kernel->any) return;
  kernel->any = bpf_program__fd(program) < 0 ? NULL : bpf_program__attach(program);
  if (!kernel->any) note_missing(kernel, "denied", "the end of every call cannot be hooked");
}

static size_t count_wanted(const struct kernel *kernel) {
  size_t count = 0;
  for (int number = 0; number < CALLS; number++) count += kernel->wanted[number];
  return count;
}

/* Says which program takes a call, from now on; nothing does where there is neither. */
static void plan_call(struct kernel *kernel, int number, bool all) {
  struct plan *plan = &kernel->bpf->bss->plans[number];
  struct plan fresh = call_plan(number);
  bool by_any = kernel->any && (all || !kernel->calls[number]);
  if (!kernel->wanted[number]) {
    __atomic_store_n(&plan->flags, 0, __ATOMIC_RELEASE);
  } else {
    memcpy(plan->arguments, fresh.arguments, sizeof plan->arguments);
    __atomic_store_n(&plan->flags, fresh.flags | PLAN_ON | (by_any ? PLAN_ANY : 0), __ATOMIC_RELEASE);
    if (!by_any && !kernel->calls[number]) note_missing(kernel, call_name(number), "its end cannot be hooked");
  }
  if (!kernel->wanted[number] || by_any) close_later(kernel, &kernel->calls[number]);
}

/*
 * Few calls are hooked each by its tracepoint, many by one program on all calls: it costs the host about what many tracepoints
 * do, is attached and let go at once, and sees 32-bit calls. What goes over from one to the other does so by one store that both
 * look at, while both are attached.
 */
int attach_hooks(struct kernel *kernel) {
  bool all = kernel->denied || count_wanted(kernel) > FEW;
  attach_events(kernel);
  attach_learning(kernel);
  if (all) attach_any(kernel);
  all = all && kernel->any;
  bool any = all;
  for (int number = 0; number < CALLS && !all; number++) {
    if (!kernel->wanted[number] || kernel->calls[number]) continue;
    kernel->calls[number] = attach_call(kernel, call_name(number));
    if (!kernel->calls[number]) any = true;
  }
  if (any) attach_any(kernel);
  if (kernel->foreign && count_wanted(kernel) > 0 && !(FOREIGN_SEEN && any && kernel->any))
    note_missing(kernel, "32-bit calls", FOREIGN_WHY);
  else forget_missing(kernel, "32-bit calls");
  for (int number = 0; number < CALLS; number++) plan_call(kernel, number, all);
  if (!any) let_go(&kernel->any);
  return 0;
}

void detach_hooks(struct kernel *kernel) {
  for (int event = 0; event < EVENTS; event++) let_go(&kernel->programs[event]);
  for (int i = 0; i < LEARNING; i++) let_go(&kernel->learning[i]);
  let_go(&kernel->removal);
  let_go(&kernel->any);
  for (int number = 0; number < CALLS; number++) let_go(&kernel->calls[number]);
  while (kernel->closing_count > 0) close_one(kernel);
}

/* Marks what a name stands for; false where it stands for nothing here. */
static bool want(bool wanted[HOOKS], const char *name) {
  static const char *const starts[] = {"execve", "execveat"}, *const makes[] = {"clone", "clone3", "fork", "vfork"};
  int number = call_number(name);
  bool found = number >= 0;
  if (found) wanted[number] = true;
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (!strcmp(name, starts[i])) wanted[HOOK_EXEC] = found = true;
  for (size_t i = 0; i < sizeof makes / sizeof *makes; i++)
    if (!strcmp(name, makes[i])) wanted[HOOK_FORK] = found = true;
  for (int hook = CALLS; hook < HOOKS; hook++)
    if (!strcmp(name, event_name(hook))) wanted[hook] = found = true;
  return found;
}

int kernel_hooks(struct kernel *kernel, const char *const names[], size_t count) {
  bool wanted[HOOKS] = {false};
  for (size_t i = 0; i < count; i++)
    if (!want(wanted, names[i])) note_missing(kernel, names[i], "no such call or event on this architecture");
  memcpy(kernel->wanted, wanted, sizeof wanted);
  return attach_hooks(kernel);
}

int kernel_denied(struct kernel *kernel, bool on) {
  kernel->denied = on;
  return attach_hooks(kernel);
}

int kernel_learn(struct kernel *kernel, bool on) {
  struct timespec now;
  if (on == kernel->learn) return 0;
  if (on && bpf_program__fd(kernel->bpf->progs.call_began) < 0)
    return fail(EOPNOTSUPP, "starts of system calls cannot be seen on this kernel");
  clock_gettime(CLOCK_BOOTTIME, &now);
  kernel->learn = on;
  kernel->bpf->bss->settings.learning = on ? now.tv_sec * 1000000000ULL + now.tv_nsec : 0;
  return attach_hooks(kernel);
}

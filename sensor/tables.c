/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of events, and the values of their flags for those of the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/io_uring.h>
#include <linux/ptrace.h>
#include <linux/sem.h>
#include <sched.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "encode-parts.h"
#include "recipes.h"

/* glibc says 0 where the kernel sets the flag by itself. */
#undef O_LARGEFILE
#if defined(__aarch64__)
#define O_LARGEFILE 0400000
#else
#define O_LARGEFILE 0100000
#endif
#define RESOLVE_NO_XDEV 0x01
#define RESOLVE_NO_MAGICLINKS 0x02
#define RESOLVE_NO_SYMLINKS 0x04
#define RESOLVE_BENEATH 0x08
#define RESOLVE_IN_ROOT 0x10
#define RESOLVE_CACHED 0x20
#define PIDFD_NONBLOCK O_NONBLOCK
#ifndef SOL_TCP
#define SOL_TCP 6
#endif

struct flag {
  uint64_t kernel;
  uint32_t event;
};

#define BULKHEAD_TABLES
#include "table.generated.h"

/* Each flag once all of its bits are set. */
static uint32_t bits(const struct flag *flags, uint64_t value) {
  uint32_t all = 0;
  for (; flags->event != 0 || flags->kernel != 0; flags++) {
    if (flags->kernel != 0 && (value & flags->kernel) == flags->kernel) all |= flags->event;
  }
  return all;
}

static uint32_t equal(const struct flag *flags, uint64_t value) {
  for (; flags->event != 0 || flags->kernel != 0; flags++) {
    if (flags->kernel == value) return flags->event;
  }
  return 0;
}

uint32_t encode_open_flags(uint64_t value) {
  static const uint32_t access[] = {[O_RDONLY] = 1, [O_WRONLY] = 2, [O_RDWR] = 3, [O_ACCMODE] = 3};
  return access[value & O_ACCMODE] | bits(file_flags, value);
}

uint32_t encode_clone_flags(uint64_t value) {
  return bits(clone_flags, value);
}

uint64_t encode_as(uint8_t as, uint64_t value) {
  switch (as) {
    case AS_FILE_FLAGS: return bits(file_flags, value);
    case AS_SOCKET_TYPE: return bits(file_flags, value & (O_CLOEXEC | O_NONBLOCK));
    case AS_CLONE_FLAGS: return bits(clone_flags, value);
    case AS_PROT: return bits(prot_flags, value);
    case AS_MMAP: return bits(mmap_flags, value);
    case AS_FCNTL: return equal(fcntl_commands, value);
    case AS_SOCKOPT_LEVEL: return equal(sockopt_levels, value);
    case AS_SOCKOPT: return equal(sockopt_options, value);
    case AS_PTRACE: return equal(ptrace_requests, value);
    case AS_SEMGET: return bits(semget_flags, value);
    case AS_SEMCTL: return equal(semctl_commands, value);
    case AS_RESOLVE: return bits(openat2_flags, value);
    case AS_EXECVEAT: return bits(execveat_flags, value);
    case AS_FCHOWNAT: return bits(fchownat_flags, value);
    case AS_URING_SETUP: return bits(io_uring_setup_flags, value);
    case AS_URING_FEATURES: return bits(io_uring_setup_feats, value);
    case AS_PIDFD_OPEN: return bits(pidfd_open_flags, value);
    case AS_EPOLL_CREATE: return bits(epoll_create1_flags, value);
    case AS_DELETE_MODULE: return bits(delete_module_flags, value);
    /* Old programs say in its upper half that they know of flags. */
    case AS_MOUNT: return (value & 0xffff0000) == 0xc0ed0000 ? value & 0xffff : value;
    default: return value;
  }
}

const struct call *call_of(uint32_t number) {
  if (number >= sizeof calls / sizeof *calls || calls[number].name == NULL) return NULL;
  return &calls[number];
}

const char *encode_call_name(uint32_t number) {
  const struct call *call = call_of(number);
  return call == NULL ? NULL : call->name;
}

bool encode_is_call(const char *name) {
  for (size_t number = 0; number < sizeof calls / sizeof *calls; number++) {
    if (calls[number].name != NULL && strcmp(calls[number].name, name) == 0) return true;
  }
  return false;
}

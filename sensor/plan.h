/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What user space and the BPF programs share beside records: what is taken of each system call, settings and counts. */
#ifndef BULKHEAD_PLAN_H
#define BULKHEAD_PLAN_H

#include "record.h"

/* Native system calls have numbers below it on every architecture; hooks on other things are counted behind them. */
#define CALLS 512

enum hook {
  HOOK_EXEC = CALLS,
  HOOK_FORK,
  HOOK_EXIT,
  HOOK_URING,
  HOOK_CGROUP,
  HOOKS,
};

/* What an argument is; `with` below says more where it is told. */
enum plan_kind {
  PLAN_SCALAR = 0,
  PLAN_TEXT,      /* a text or path, up to PATH_BYTES */
  PLAN_TEXTS,     /* an array of texts that ends with a null pointer */
  PLAN_ADDRESS,   /* a socket address; with: the argument that is its length */
  PLAN_MESSAGE,   /* a struct msghdr: its address as ADDRESS_BYTES at most, and its first bytes as a text of argument + 8; with: the result counts messages */
  PLAN_BYTES,     /* bytes; with: the argument that says how many, 6: the result */
  PLAN_VECTOR,    /* an array of struct iovec; with: as of bytes. The first bytes of the first that has some */
  PLAN_STRUCT,    /* so many bytes as they are after the call; with: how many */
  PLAN_FD,        /* a descriptor */
  PLAN_DIRECTORY, /* a descriptor that counts only where the text in the next argument is no absolute path; with: where else */
  PLAN_FDS,       /* two descriptors in memory */
  PLAN_NAME,      /* a text of 16 bytes where the first argument says that a name is set or asked for */
};

/* How many bytes of what was read or written are told. */
#define DATA_BYTES 128

struct plan_argument {
  __u8 kind;
  __u8 with;
};

enum plan_flag {
  PLAN_ON = 1,          /* hooked */
  PLAN_RESULT_FD = 2,   /* its result is a descriptor */
  PLAN_FAILED_ONLY = 4, /* what succeeds is told by a hook of its own */
  PLAN_MAPPED = 8,      /* told only where the third argument has PROT_EXEC */
  PLAN_ANY = 16,        /* taken by the hook on all calls, not by one of its own */
};

struct plan {
  __u32 flags;
  struct plan_argument arguments[6];
};

/* Set by user space at any time. */
struct settings {
  __u32 containers_only;
  __u32 protecting;    /* how many cgroups are */
  __u32 telling_execs; /* starts of programs are told, not only judged */
  __u32 telling_exits; /* ends of threads are told, not only looked at for our own */
  __u32 page_shift;
  __u32 stack_bytes; /* of a task, in the kernel */
  __u32 host_mounts;   /* the number of the host's mount namespace */
  __u32 separate_cgroups; /* nobody uses the unified hierarchy */
  __u64 learning;    /* since when, nanoseconds since boot; 0: it is off */
};

/* By hook and processor. */
struct counts {
  __u64 runs, records, ring, nested;
  __u64 nanoseconds, samples;
};

/* By cgroup. */
struct cgroup_state {
  __u8 told, host, protect, unused[5];
};

struct learned {
  __u64 since;
  __u8 whole, gone, unused[6];
  /* A byte each: no two processors can undo each other's. */
  __u8 granted[64], refused[64], calls[CALLS];
};

/* In texts before kernel.c has put them right: components of a path from its last to its first, a zero behind each. */
#define TEXT_BACKWARDS 0x80
#define TEXT_DETACHED 0x40 /* of such: it hangs under no root */

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * What the BPF programs hand to the loader over the ring buffer: one record an event, as the kernel saw it. Only the loader
 * reads it, built from the same file, so its form may change with every version; what leaves the sensor are frames
 * (docs/sensor-frames.md), which the loader makes of it.
 *
 * Numbers are the machine's own. A record is a header, a body by its kind, then texts: each a struct text and its bytes,
 * padded to 8. What could not be read is absent, with the reason in the text's state.
 */
#ifndef BULKHEAD_RECORD_H
#define BULKHEAD_RECORD_H

#ifndef __VMLINUX_H__
#include <linux/types.h>
#endif

/* Bytes of one record at most: a command line and a path of 4,096 bytes each, an environment, and what surrounds them. */
#define RECORD_BYTES 16384
#define PATH_BYTES 4096
#define ARGUMENTS_BYTES 4096
#define ENVIRONMENT_BYTES 4096
#define ADDRESS_BYTES 128
#define CGROUP_BYTES 512

enum record_kind {
  RECORD_SYSCALL = 1, /* the end of a system call; also of one that seccomp refused, which never began */
  RECORD_EXEC = 2,    /* a program was started: sched_process_exec, the old one is gone */
  RECORD_FORK = 3,    /* a thread or process was made, told by its maker */
  RECORD_EXIT = 4,    /* a thread ended */
  RECORD_URING = 5,   /* an operation was handed to io_uring: no system call of its own follows */
  RECORD_CGROUP = 6,  /* the path of a cgroup that was not seen before */
  RECORD_CAPABILITY = 7, /* a capability was asked for and granted or refused; for learning */
};

struct record {
  __u32 size;   /* of the whole record */
  __u16 kind;
  __u16 cpu;
  __u64 time;   /* nanoseconds since boot, sleep included (bpf_ktime_get_boot_ns) */
  __u64 cgroup; /* id in the unified hierarchy */
  __u32 tid;    /* as the host numbers it */
  __u32 pid;    /* thread group */
  __u64 started; /* of the thread group's leader, nanoseconds since boot: with the id it names a process for good */
};

enum text_state { TEXT_WHOLE = 0, TEXT_CUT = 1, TEXT_UNREADABLE = 2, TEXT_NULL = 3 };

struct text {
  __u16 length; /* bytes that follow, without the padding */
  __u8 state;
  __u8 argument; /* which argument of the call it was, or one of enum text_role */
};

enum text_role {
  TEXT_COMM = 16, TEXT_EXE_PATH, TEXT_ARGUMENTS, TEXT_ENVIRONMENT, TEXT_CWD, TEXT_ROOT, TEXT_CGROUP,
  TEXT_RESOLVED,   /* of the file or socket that fd_* is about: its path as its process sees it, `[eventpoll]`, `memfd:NAME` */
  TEXT_DESCRIPTOR, /* no text: the bytes of a struct record_descriptor, not aligned; of every further descriptor of a call */
  TEXT_DESCRIPTOR_PATH, /* behind it: its path, as TEXT_RESOLVED */
};

/* A descriptor of a call that is not the one that the fields of struct record_syscall are about. */
struct record_descriptor {
  __s32 fd;
  __u32 device;
  __u64 inode;
  __u32 mode;
  __u32 flags; /* f_flags */
  __u16 layer, family, protocol, local_port, remote_port, socket_type;
  __u32 argument; /* which argument of the call; 6: an element of what it returns in memory (pipe, socketpair) */
  __u8 local[16], remote[16];
  __u64 peer, self;
};

/*
 * Of RECORD_URING: the number is the operation (IORING_OP_*), the arguments are those of the system call of the same name as far
 * as its operation has them, the result is 0: nobody knows yet. Also tells starts of programs that failed (execve, execveat).
 */
struct record_syscall {
  struct record record;
  __s64 result;
  __u64 arguments[6];
  __u32 number;
  __u32 fd_device; /* of the file that the result (open, socket, accept…) or the first argument names; 0: unknown */
  __u64 fd_inode;
  __u32 fd_mode;   /* st_mode of it */
  __u16 fd_layer;  /* 1 upper, 2 lower layer of an overlay */
  __u16 family;    /* of the socket that the call is about; 0: none */
  __u16 protocol, local_port, remote_port, socket_type;
  __u8 local[16], remote[16]; /* 4 bytes are used for IPv4 */
  __u64 peer, self; /* of unix sockets: numbers that tell them apart */
  __s32 fd;         /* the number that the fields from fd_device on are about; -1: none, they are zeros */
  __u32 fd_flags;   /* f_flags of it */
};

struct record_process {
  struct record record;
  __u32 parent, parent_tid, child, child_pid; /* child: of RECORD_FORK */
  __u32 vtid, vpid, child_vtid, child_vpid, pgid, vpgid, sid;
  __u32 uid, gid, login_uid, tty;
  __u64 permitted, effective, inheritable;
  __u64 exe_inode, exe_changed, exe_modified; /* times: nanoseconds since 1970 */
  __u32 exe_device;
  __u32 exe_flags; /* as frames have them: 1 writable, 2 upper layer, 4 lower layer, 8 memfd */
  __u64 flags;     /* of clone; of RECORD_EXEC: 1 where it was execveat */
  __u64 namespace_started; /* when the first process of its PID namespace began, nanoseconds since boot */
  __u32 fd_limit, minor_faults, major_faults, vm_size, vm_rss, vm_swap; /* sizes in KiB */
  __s32 status; /* of RECORD_EXIT; the signal in its lowest 7 bits */
  __u32 reaper; /* who inherits its children */
  __u64 child_started; /* of RECORD_FORK: of the child's thread group's leader, nanoseconds since boot */
  __u32 child_seen;    /* of RECORD_FORK: what its maker got as the result, a number of the maker's PID namespace */
  __u32 unused;
};

struct record_capability {
  struct record record;
  __u32 capability;
  __u32 granted;
};

#endif

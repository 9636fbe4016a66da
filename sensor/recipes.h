/* SPDX-License-Identifier: Apache-2.0 */
/* From which part of a system call's record each parameter of its event is made. */
#ifndef BULKHEAD_RECIPES_H
#define BULKHEAD_RECIPES_H

#include <stdint.h>

#include "table.generated.h"

enum from {
  NOWHERE,   /* the parameter is absent */
  RESULT,
  ARGUMENT,  /* the register, whole */
  INT,       /* 32 bits of it with a sign: descriptors, processes */
  UINT,      /* 32 bits of it */
  WORD,      /* 4 bytes of what the argument points to, at `offset` */
  LONG,      /* 8 bytes of it */
  DEVICE,    /* of the file that was opened */
  INODE,
  CAPS,      /* a set of capabilities out of capset's data, at `offset` in each half */
  CALL_ID,   /* of the event `syscall` */
  CALL_NUMBER,
  STRING,    /* what the argument points to, with a zero at the end */
  RESOLVED,  /* the path that the kernel opened */
  DATA,      /* what the argument points to, as it is */
  NAME,      /* a text that is one for one value of the first argument alone: PR_SET_NAME */
  ADDRESS,   /* a socket's address that the argument points to */
  TUPLE_OUT, /* both ends of the socket, this one first */
  TUPLE_IN,  /* the other one first */
  DYNAMIC,   /* a number that says its type before it: the first one of its list */
};

enum as {
  AS_IS,
  AS_OPEN_FLAGS, /* with what the record knows of the file: made, in which layer */
  AS_OPEN_MODE,  /* for what makes a file; else it is not looked at by the kernel */
  AS_LAYERS,
  AS_FILE_FLAGS,
  AS_CLONE_FLAGS,
  AS_PROT,
  AS_MMAP,
  AS_FCNTL,
  AS_SOCKOPT_LEVEL,
  AS_SOCKOPT,
  AS_PTRACE,
  AS_SEMGET,
  AS_SEMCTL,
  AS_RESOLVE,
  AS_EXECVEAT,
  AS_FCHOWNAT,
  AS_URING_SETUP,
  AS_URING_FEATURES,
  AS_PIDFD_OPEN,
  AS_EPOLL_CREATE,
  AS_DELETE_MODULE,
  AS_MOUNT,
  AS_SOCKET_TYPE,
};

struct source {
  uint8_t from, argument, offset, as;
};

/* By the event's code. */
extern const struct source recipes[CODES][MOST_PARAMETERS];

#endif

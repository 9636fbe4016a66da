/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What the files behind kernel.h share. */
#ifndef BULKHEAD_KERNEL_STATE_H
#define BULKHEAD_KERNEL_STATE_H

#include <bpf/libbpf.h>

#include "kernel.h"
#include "mend.h"
#include "plan.h"

/* Programs on the kernel's own events, in the order of enum hook. */
#define EVENTS (HOOKS - CALLS)
#define MISSING 64
/* Programs that are attached while learning. */
#define LEARNING 5

struct sensor_bpf;

struct kernel {
  struct sensor_bpf *bpf;
  struct ring_buffer *ring;
  record_handler handler;
  void *context;
  int waiting, timer;           /* epoll over the ring and a timer of 50 ms */
  int events;                   /* the folder of tracepoints; -1: none */
  struct bpf_link *calls[CALLS]; /* one call's own hook */
  struct bpf_link *any;         /* on all calls */
  struct bpf_link *closing[2 * CALLS]; /* of no use any more */
  size_t closing_count;
  struct bpf_link *programs[EVENTS];
  struct bpf_link *learning[LEARNING], *removal;
  bool wanted[HOOKS];
  bool denied, learn;
  bool foreign; /* 32-bit calls are taken */
  struct {
    char what[48], why[160];
  } missing[MISSING];
  size_t missing_count;
  uint64_t secret[2]; /* of hide_addresses */
  __u64 broken; /* records of the ring that are none */
  /* The record that is handed out, put right: the ring itself may not be written to. */
  __u64 record[(RECORD_BYTES + 64) / 8];
};

/* Sets what kernel_why() says, with errno's text behind it where `code` is not 0; sets errno to it; -1. */
__attribute__((format(printf, 2, 3))) int fail(int code, const char *format, ...);

/* What is missing, once each; and what is no longer. */
void forget_missing(struct kernel *kernel, const char *what);
void note_missing(struct kernel *kernel, const char *what, const char *why);

int call_number(const char *name);
const char *call_name(int number);
/* As its costs are shown: of calls of which only failures are told, so. */
const char *hook_name(int number);
struct plan call_plan(int number);
/* Native numbers by those of the 32-bit way, 0xffff where there is none; and by those of its `socketcall`. */
void foreign_calls(__u16 numbers_of[CALLS], __u16 sockets_of[32]);

int attach_hooks(struct kernel *kernel);
/* The program on one of the kernel's own events, by enum hook, and what the event is named. */
struct bpf_program *event_program(const struct kernel *kernel, int hook);
const char *event_name(int hook);
void detach_hooks(struct kernel *kernel);
void close_one(struct kernel *kernel);
/* Attaches to the end of one call; NULL with errno. */
struct bpf_link *attach_call(struct kernel *kernel, const char *call);
/* The folder of the kernel's tracepoints, from a mount of our own where nobody mounted it. -1: none. */
int open_events(void);

/* Loads what this kernel takes; programs that it does not are noted as missing. */
/* What is missing without a program: the hook, as kernel_hooks names it, or `learning`, `capabilities`, `denied`. */
const char *program_hook(const char *program);
struct sensor_bpf *load_programs(struct kernel *kernel, const struct kernel_options *options);

#endif

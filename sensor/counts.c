/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What the hooks have run, told and dropped, and what learning has noted. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_state.h"
#include "sensor.skel.h"

#define PROCESSORS 4096

/* Adds up what the processors counted of one hook. */
static bool add_up(const struct kernel *kernel, __u32 hook, struct counts *sum) {
  static struct counts each[PROCESSORS];
  int processors = libbpf_num_possible_cpus();
  memset(sum, 0, sizeof *sum);
  if (processors < 1 || processors > PROCESSORS) return false;
  if (bpf_map_lookup_elem(bpf_map__fd(kernel->bpf->maps.counts), &hook, each)) return false;
  for (int i = 0; i < processors; i++) {
    sum->runs += each[i].runs;
    sum->records += each[i].records;
    sum->ring += each[i].ring;
    sum->nested += each[i].nested;
    sum->nanoseconds += each[i].nanoseconds;
    sum->samples += each[i].samples;
  }
  return true;
}

/* How often the kernel left a program out because another was at work on its processor. */
static __u64 missed_of(struct bpf_program *program) {
  struct bpf_prog_info information = {0};
  __u32 size = sizeof information;
  int file = bpf_program__fd(program);
  if (file < 0 || bpf_prog_get_info_by_fd(file, &information, &size)) return 0;
  return information.recursion_misses;
}

/* The program whose losses are shown with this hook: those that many hooks share, with the first of them. */
static __u64 missed_at(const struct kernel *kernel, int hook, bool *calls) {
  if (hook >= CALLS) return event_program(kernel, hook) ? missed_of(event_program(kernel, hook)) : 0;
  if (*calls) return 0;
  *calls = true;
  return missed_of(kernel->bpf->progs.one_call_ended) + missed_of(kernel->bpf->progs.any_call_ended);
}

void kernel_stats(struct kernel *kernel, struct kernel_stats *stats) {
  struct ring *ring = ring_buffer__ring(kernel->ring, 0);
  size_t most = sizeof stats->hook / sizeof *stats->hook;
  bool calls = false;
  stats->hooks = 0;
  stats->broken = kernel->broken;
  stats->ring_size = ring__size(ring);
  stats->ring_used = ring__avail_data_size(ring);
  for (__u32 hook = 0; hook < HOOKS && stats->hooks < most; hook++) {
    struct kernel_hook_stats *s = &stats->hook[stats->hooks];
    struct counts sum;
    const char *name = hook < CALLS ? hook_name(hook) : event_name(hook);
    if (!name || !add_up(kernel, hook, &sum) || (!sum.runs && !kernel->wanted[hook])) continue;
    memset(s, 0, sizeof *s);
    s->name = name;
    s->runs = sum.runs;
    s->records = sum.records;
    s->nanoseconds = sum.samples ? sum.nanoseconds / sum.samples * sum.runs : 0;
    s->dropped[DROP_RING] = sum.ring;
    s->dropped[DROP_NESTED] = sum.nested;
    s->dropped[DROP_MISSED] = missed_at(kernel, hook, &calls);
    stats->hooks++;
  }
}

static uint64_t bits(const __u8 *bytes, size_t count) {
  uint64_t set = 0;
  for (size_t i = 0; i < count; i++)
    if (bytes[i]) set |= 1ULL << i;
  return set;
}

static void tell(__u64 cgroup, const struct learned *l, void (*each)(void *, const struct kernel_used *), void *context) {
  struct kernel_used used = {.cgroup = cgroup, .since = l->since, .whole = l->whole, .gone = l->gone};
  for (int i = 0; i < CALLS; i++)
    if (l->calls[i]) used.syscalls[i / 8] |= 1 << (i % 8);
  used.capabilities = bits(l->granted, 64);
  used.refused = bits(l->refused, 64);
  each(context, &used);
}

int kernel_used(struct kernel *kernel, void (*each)(void *context, const struct kernel_used *used), void *context) {
  static const __u8 nothing[CALLS];
  int map = bpf_map__fd(kernel->bpf->maps.learned);
  __u64 key = 0, next;
  struct learned l;
  /* The next key is taken before its predecessor is deleted: so none is passed over. */
  bool more = !bpf_map_get_next_key(map, NULL, &next);
  while (more) {
    key = next;
    more = !bpf_map_get_next_key(map, &key, &next);
    if (bpf_map_lookup_elem(map, &key, &l)) continue;
    if (memcmp(l.calls, nothing, CALLS)) tell(key, &l, each, context);
    if (l.gone) bpf_map_delete_elem(map, &key);
  }
  if (kernel->bpf->bss->learned_foreign) note_missing(kernel, "learning", "32-bit calls were made, and are not noted");
  if (kernel->bpf->bss->learned_refused) note_missing(kernel, "learning", "more cgroups or processes than there is room for");
  return 0;
}

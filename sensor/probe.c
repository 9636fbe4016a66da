/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What this kernel takes is found out by loading it: no configuration and no version tells. */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kernel_state.h"
#include "sensor.skel.h"

static char said[160];

/* Keeps the last line of libbpf that names a cause; the log of the verifier ends with counts. */
__attribute__((format(printf, 2, 0))) static int keep(enum libbpf_print_level level, const char *format, va_list arguments) {
  char words[4096];
  if (level == LIBBPF_DEBUG) return 0;
  vsnprintf(words, sizeof words, format, arguments);
  char *end = strchr(words, '\n');
  if (end) *end = 0;
  if (strstr(words, "failed to load")) return 0;
  snprintf(said, sizeof said, "%.*s", (int)sizeof said - 1, words);
  return 0;
}

const char *libbpf_words(void) {
  return said;
}

static void size_maps(struct sensor_bpf *bpf, unsigned ring_mib) {
  bpf_map__set_max_entries(bpf->maps.ring, ring_mib << 20);
  bpf_map__set_max_entries(bpf->maps.scratch, libbpf_num_possible_cpus() * 2);
}

/* Whether one program loads by itself. */
static bool loads(const char *name) {
  struct bpf_program *program;
  struct sensor_bpf *bpf = sensor_bpf__open();
  if (!bpf) return false;
  size_maps(bpf, 1);
  bpf_object__for_each_program(program, bpf->obj) {
    bpf_program__set_autoload(program, !strcmp(bpf_program__name(program), name));
  }
  bool loaded = !sensor_bpf__load(bpf);
  int code = errno;
  sensor_bpf__destroy(bpf);
  errno = code;
  return loaded;
}

struct sensor_bpf *load_programs(struct kernel *kernel, const struct kernel_options *options) {
  struct bpf_program *program;
  unsigned ring = options && options->ring_mib ? options->ring_mib : 16;
  libbpf_set_print(keep);
  if (ring > 1024 || (ring & (ring - 1))) {
    fail(EINVAL, "a ring of %u MiB: a power of two from 1 to 1024 is wanted", ring);
    return NULL;
  }
  for (int attempt = 0; attempt < 2; attempt++) {
    struct sensor_bpf *bpf = sensor_bpf__open();
    if (!bpf) break;
    size_maps(bpf, ring);
    bpf->bss->settings.containers_only = options && options->containers_only;
    bpf->bss->settings.page_shift = __builtin_ctzl(sysconf(_SC_PAGESIZE));
    bpf->bss->settings.stack_bytes = 16384;
    /* At the second attempt without those that do not load alone. */
    if (attempt == 1)
      bpf_object__for_each_program(program, bpf->obj) {
        const char *name = bpf_program__name(program);
        if (loads(name)) continue;
        note_missing(kernel, name, said);
        bpf_program__set_autoload(program, false);
      }
    if (!sensor_bpf__load(bpf)) {
      if (bpf_program__fd(bpf->progs.program_started) >= 0) return bpf;
      fail(EOPNOTSUPP, "the start of programs cannot be seen (%s)", said);
      sensor_bpf__destroy(bpf);
      return NULL;
    }
    int code = errno;
    sensor_bpf__destroy(bpf);
    fail(code, "loading BPF programs (%s)", said);
    /* Not ours to load anything: no program is at fault. */
    if (code == EPERM && geteuid() != 0) break;
  }
  return NULL;
}

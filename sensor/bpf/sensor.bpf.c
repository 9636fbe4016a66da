/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* All programs of the sensor as one object, so that they share their maps. */
#include "../types.h"

#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "learn.h"

char terms[] SEC("license") = "GPL";

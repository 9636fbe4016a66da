/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sensor.h"

static const char usage[] =
    "usage: bulkhead-sensor [OPTIONS] | bulkhead runtime replay -\n"
    "Writes what processes of this host do, as frames (docs/sensor-frames.md), and obeys what its input says\n"
    "(docs/sensor-control.md).\n\n"
    "  --hooks NAME,…     system calls and kernel events (default: those that rules look at)\n"
    "  --denied           attempts that seccomp refuses as well: a hook on every system call\n"
    "  --containers       nothing of the host's own processes\n"
    "  --own PID          nothing of this process either; up to 8 times\n"
    "  --ring MIB         size of the kernel's ring (default 16)\n"
    "  --buffer MIB       what waits for a slow reader at most (default 16)\n"
    "  --metrics SECONDS  how often it tells what it measured of itself (default 60; 0: at its end)\n"
    "  --listen PATH      frames and commands on a unix socket, one reader at a time\n"
    "  --socket-user UID  who may read there beside root (default 0)\n"
    "  --without-bpf      as where BPF does not work: programs and writes to files alone, by fanotify\n"
    "  --probe            says what works on this kernel, and ends\n";

static bool number(const char *text, unsigned long least, unsigned long most, unsigned long *value) {
  char *end;
  errno = 0;
  *value = strtoul(text, &end, 10);
  return errno == 0 && *text >= '0' && *text <= '9' && *end == 0 && *value >= least && *value <= most;
}

static int wrong(const char *option) {
  fprintf(stderr, "bulkhead-sensor: --%s does not take this value (bulkhead-sensor --help)\n", option);
  return EXIT_USAGE;
}

int main(int count, char **words) {
  enum { HOOKS = 256, DENIED, CONTAINERS, OWN, RING, BUFFER, METRICS, LISTEN, SOCKET_USER, WITHOUT_BPF, PROBE, HELP, VERSION };
  static const struct option known[] = {
      {"hooks", required_argument, NULL, HOOKS},     {"denied", no_argument, NULL, DENIED},
      {"containers", no_argument, NULL, CONTAINERS}, {"own", required_argument, NULL, OWN},
      {"ring", required_argument, NULL, RING},       {"buffer", required_argument, NULL, BUFFER},
      {"metrics", required_argument, NULL, METRICS}, {"probe", no_argument, NULL, PROBE},
      {"listen", required_argument, NULL, LISTEN},   {"socket-user", required_argument, NULL, SOCKET_USER},
      {"without-bpf", no_argument, NULL, WITHOUT_BPF}, {"help", no_argument, NULL, HELP},
      {"version", no_argument, NULL, VERSION},       {NULL, 0, NULL, 0},
  };
  struct options options = {.ring_mib = 16, .buffer_mib = 16, .metrics_seconds = 60};
  unsigned long value;
  for (int option; (option = getopt_long(count, words, "", known, NULL)) != -1;) {
    switch (option) {
      case HOOKS:
        if (strlen(optarg) > 60000) return wrong("hooks");
        options.hooks = optarg;
        break;
      case DENIED: options.denied = true; break;
      case CONTAINERS: options.containers_only = true; break;
      case OWN:
        if (options.owns == sizeof options.own / sizeof *options.own || !number(optarg, 1, INT32_MAX, &value)) return wrong("own");
        options.own[options.owns++] = (pid_t)value;
        break;
      case RING:
        if (!number(optarg, 1, 1024, &value) || (value & (value - 1)) != 0) return wrong("ring");
        options.ring_mib = (unsigned)value;
        break;
      case BUFFER:
        if (!number(optarg, 1, 1024, &value)) return wrong("buffer");
        options.buffer_mib = (unsigned)value;
        break;
      case METRICS:
        if (!number(optarg, 0, 86400, &value)) return wrong("metrics");
        options.metrics_seconds = (unsigned)value;
        break;
      case LISTEN: options.socket = optarg; break;
      case SOCKET_USER:
        if (!number(optarg, 0, UINT32_MAX - 1, &value)) return wrong("socket-user");
        options.socket_user = (uid_t)value;
        break;
      case WITHOUT_BPF: options.without_bpf = true; break;
      case PROBE: return kernel_probe();
      case HELP: fputs(usage, stdout); return 0;
      case VERSION: puts("bulkhead-sensor " SENSOR_VERSION); return 0;
      default: fputs(usage, stderr); return EXIT_USAGE;
    }
  }
  if (optind != count) {
    fputs(usage, stderr);
    return EXIT_USAGE;
  }
  if (options.socket == NULL && isatty(STDOUT_FILENO)) {
    fprintf(stderr, "bulkhead-sensor: frames are not for terminals (| bulkhead runtime replay -)\n");
    return EXIT_USAGE;
  }
  return sensor_run(&options);
}

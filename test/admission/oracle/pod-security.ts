/**
 * The Pod Security Standards, from the Kubernetes documentation alone: what each control forbids a pod at a version of
 * Kubernetes. One function a row of the documentation's table; nothing is remembered between them.
 */
import { at, isRecord, type Json, listAt, textAt, textsAt } from "./json.ts";

export type Level = "privileged" | "baseline" | "restricted";

/** What of a pod a control forbids. */
export interface Violation {
  /** As the product calls the control: `workload/privileged`. */
  readonly check: string;
  /** The container's or volume's name; empty where it is the pod's own. */
  readonly of: string;
  /** Which of several values it is. */
  readonly what: string;
}

/** A pod's spec and its template's or its own metadata. */
export interface Pod {
  readonly spec: Json;
  readonly metadata: Json;
}

interface Control {
  readonly check: string;
  readonly level: Exclude<Level, "privileged">;
  /** The minor version of Kubernetes that asks for it first. */
  readonly since: number;
  forbidden(pod: Pod, minor: number): Iterable<readonly [of: string, what: string]>;
}

/** The newest minor version whose rules are stated here. */
export const NEWEST = 37;

const containersOf = ({ spec }: Pod): readonly Json[] =>
  ["initContainers", "containers", "ephemeralContainers"].flatMap((name) => listAt(spec, name));

const nameOf = (container: Json): string => textAt(container, "name");

/** Each place that may hold a security context: the pod's, then the containers'. */
function* contexts(pod: Pod): Generator<readonly [string, unknown]> {
  yield ["", at(pod.spec, "securityContext")];
  for (const container of containersOf(pod)) yield [nameOf(container), at(container, "securityContext")];
}

const BASELINE_CAPABILITIES = [
  ...["AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE"],
  ...["SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"],
];

/** Sysctl → the minor version from which it is allowed. */
const SYSCTLS: Readonly<Record<string, number>> = {
  "kernel.shm_rmid_forced": 0,
  "net.ipv4.ip_local_port_range": 0,
  "net.ipv4.tcp_syncookies": 0,
  "net.ipv4.ping_group_range": 0,
  "net.ipv4.ip_unprivileged_port_start": 0,
  "net.ipv4.ip_local_reserved_ports": 27,
  "net.ipv4.tcp_keepalive_time": 29,
  "net.ipv4.tcp_fin_timeout": 29,
  "net.ipv4.tcp_keepalive_intvl": 29,
  "net.ipv4.tcp_keepalive_probes": 29,
  "net.ipv4.tcp_rmem": 32,
  "net.ipv4.tcp_wmem": 32,
  "net.ipv4.tcp_slow_start_after_idle": 37,
  "net.ipv4.tcp_notsent_lowat": 37,
};

const VOLUMES = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected"],
  "secret",
];

const APPARMOR = "container.apparmor.security.beta.kubernetes.io/";
const isConfined = (type: unknown): boolean => type === "RuntimeDefault" || type === "Localhost";
const isWindows = ({ spec }: Pod): boolean => at(spec, "os", "name") === "windows";
const ownUsers = ({ spec }: Pod): boolean => at(spec, "hostUsers") === false;

export const CONTROLS: readonly Control[] = [
  {
    check: "workload/host-namespaces",
    level: "baseline",
    since: 0,
    *forbidden({ spec }) {
      for (const what of ["hostNetwork", "hostPID", "hostIPC"]) if (at(spec, what) === true) yield ["", what];
    },
  },
  {
    check: "workload/privileged",
    level: "baseline",
    since: 0,
    *forbidden(pod) {
      for (const each of containersOf(pod)) {
        if (at(each, "securityContext", "privileged") === true) yield [nameOf(each), ""];
      }
    },
  },
  {
    check: "workload/host-process",
    level: "baseline",
    since: 0,
    *forbidden(pod) {
      for (const [of, context] of contexts(pod)) {
        if (at(context, "windowsOptions", "hostProcess") === true) yield [of, ""];
      }
    },
  },
  {
    check: "workload/host-path-volumes",
    level: "baseline",
    since: 0,
    *forbidden({ spec }) {
      for (const volume of listAt(spec, "volumes")) {
        if (at(volume, "hostPath") !== undefined) yield [nameOf(volume), textAt(volume, "hostPath", "path")];
      }
    },
  },
  {
    check: "workload/host-ports",
    level: "baseline",
    since: 0,
    *forbidden(pod) {
      for (const each of containersOf(pod)) {
        for (const port of listAt(each, "ports")) {
          // The API server's defaults: on the host's network each port is the host's.
          const given = at(pod.spec, "hostNetwork") === true ? at(port, "containerPort") : 0;
          const number = at(port, "hostPort") || (given ?? 0);
          if (number !== 0) yield [nameOf(each), String(number)];
        }
      }
    },
  },
  {
    check: "workload/capabilities-baseline",
    level: "baseline",
    since: 0,
    *forbidden(pod) {
      for (const each of containersOf(pod)) {
        for (const added of textsAt(each, "securityContext", "capabilities", "add")) {
          if (!BASELINE_CAPABILITIES.includes(added)) yield [nameOf(each), added];
        }
      }
    },
  },
  {
    check: "workload/apparmor",
    level: "baseline",
    since: 0,
    *forbidden(pod) {
      for (const [of, context] of contexts(pod)) {
        const type = at(context, "appArmorProfile", "type");
        if (type !== undefined && !isConfined(type)) yield [of, String(type)];
      }
      const annotations = at(pod.metadata, "annotations");
      for (const [key, value] of Object.entries(isRecord(annotations) ? annotations : {})) {
        const fine = value === "" || value === "runtime/default" || String(value).startsWith("localhost/");
        if (key.startsWith(APPARMOR) && !fine) yield [key.slice(APPARMOR.length), String(value)];
      }
    },
  },
  {
    check: "workload/seccomp-baseline",
    level: "baseline",
    since: 0,
    *forbidden(pod, minor) {
      // Before there were fields, annotations counted.
      if (minor < 19) yield* unconfinedByAnnotation(pod);
      else {
        for (const [of, context] of contexts(pod)) {
          const type = at(context, "seccompProfile", "type");
          if (type !== undefined && !isConfined(type)) yield [of, String(type)];
        }
      }
    },
  },
  {
    check: "workload/selinux",
    level: "baseline",
    since: 0,
    *forbidden(pod, minor) {
      const types = ["", "container_t", "container_init_t", "container_kvm_t"];
      if (minor >= 31) types.push("container_engine_t");
      for (const [of, context] of contexts(pod)) {
        const type = textAt(context, "seLinuxOptions", "type");
        if (!types.includes(type)) yield [of, `type ${type}`];
        for (const part of ["user", "role"]) {
          const value = textAt(context, "seLinuxOptions", part);
          if (value !== "") yield [of, `${part} ${value}`];
        }
      }
    },
  },
  {
    check: "workload/proc-mount",
    level: "baseline",
    since: 0,
    forbidden: (pod, minor) => (minor >= 35 && ownUsers(pod) ? [] : procMounts(pod)),
  },
  {
    check: "workload/sysctls",
    level: "baseline",
    since: 0,
    *forbidden({ spec }, minor) {
      for (const sysctl of listAt(spec, "securityContext", "sysctls")) {
        const name = nameOf(sysctl);
        const since = Object.hasOwn(SYSCTLS, name) ? SYSCTLS[name] : undefined;
        if (since === undefined || since > minor) yield ["", name];
      }
    },
  },
  {
    check: "workload/host-probes",
    level: "baseline",
    since: 34,
    *forbidden(pod) {
      const handlers = [["livenessProbe"], ["readinessProbe"], ["startupProbe"]].concat(
        ["postStart", "preStop"].map((hook) => ["lifecycle", hook]),
      );
      for (const each of containersOf(pod)) {
        for (const path of handlers) {
          for (const kind of ["httpGet", "tcpSocket"]) {
            const host = textAt(each, ...path, kind, "host");
            if (host !== "") yield [nameOf(each), `${path.join(".")} ${host}`];
          }
        }
      }
    },
  },
  {
    check: "workload/volume-types",
    level: "restricted",
    since: 0,
    *forbidden({ spec }) {
      for (const volume of listAt(spec, "volumes")) {
        const kinds = Object.keys(volume).filter((key) => key !== "name" && at(volume, key) !== undefined);
        // Of no stated kind it is an emptyDir.
        for (const kind of kinds) if (!VOLUMES.includes(kind)) yield [nameOf(volume), kind];
      }
    },
  },
  {
    check: "workload/allow-privilege-escalation",
    level: "restricted",
    since: 8,
    *forbidden(pod, minor) {
      if (minor >= 25 && isWindows(pod)) return;
      for (const each of containersOf(pod)) {
        if (at(each, "securityContext", "allowPrivilegeEscalation") !== false) yield [nameOf(each), ""];
      }
    },
  },
  {
    check: "workload/capabilities-restricted",
    level: "restricted",
    since: 22,
    *forbidden(pod, minor) {
      if (minor >= 25 && isWindows(pod)) return;
      for (const each of containersOf(pod)) {
        if (!textsAt(each, "securityContext", "capabilities", "drop").includes("ALL")) yield [nameOf(each), "drop"];
        for (const added of textsAt(each, "securityContext", "capabilities", "add")) {
          if (added !== "NET_BIND_SERVICE") yield [nameOf(each), added];
        }
      }
    },
  },
  {
    check: "workload/seccomp-restricted",
    level: "restricted",
    since: 19,
    *forbidden(pod, minor) {
      if (minor >= 25 && isWindows(pod)) return;
      const ofPod = at(pod.spec, "securityContext", "seccompProfile", "type");
      if (ofPod !== undefined && !isConfined(ofPod)) yield ["", String(ofPod)];
      for (const each of containersOf(pod)) {
        const own = at(each, "securityContext", "seccompProfile", "type");
        if (own !== undefined && !isConfined(own)) yield [nameOf(each), String(own)];
        if (own === undefined && ofPod === undefined) yield [nameOf(each), "not stated"];
      }
    },
  },
  {
    check: "workload/run-as-non-root",
    level: "restricted",
    since: 0,
    *forbidden(pod, minor) {
      if (minor >= 35 && ownUsers(pod)) return;
      const ofPod = at(pod.spec, "securityContext", "runAsNonRoot");
      if (ofPod === false) yield ["", "false"];
      for (const each of containersOf(pod)) {
        const own = at(each, "securityContext", "runAsNonRoot");
        if (own === false) yield [nameOf(each), "false"];
        if (own === undefined && ofPod !== true && ofPod !== false) yield [nameOf(each), "not stated"];
      }
    },
  },
  {
    check: "workload/run-as-user",
    level: "restricted",
    since: 23,
    *forbidden(pod, minor) {
      if (minor >= 35 && ownUsers(pod)) return;
      for (const [of, context] of contexts(pod)) if (at(context, "runAsUser") === 0) yield [of, "0"];
    },
  },
  {
    check: "workload/proc-mount-restricted",
    level: "restricted",
    since: 35,
    forbidden: (pod) => procMounts(pod),
  },
];

function* unconfinedByAnnotation(pod: Pod): Generator<readonly [string, string]> {
  const annotations = at(pod.metadata, "annotations");
  for (const [key, value] of Object.entries(isRecord(annotations) ? annotations : {})) {
    if (!/^(?:container\.)?seccomp\.security\.alpha\.kubernetes\.io\//.test(key)) continue;
    const fine = value === "runtime/default" || value === "docker/default" || String(value).startsWith("localhost/");
    if (!fine) yield [key, String(value)];
  }
}

function* procMounts(pod: Pod): Generator<readonly [string, string]> {
  for (const each of containersOf(pod)) {
    const mount = textAt(each, "securityContext", "procMount");
    if (mount !== "" && mount !== "Default") yield [nameOf(each), mount];
  }
}

/** What keeps a pod from a level. */
export function violationsOf(pod: Pod, level: Level, minor: number = NEWEST): readonly Violation[] {
  return CONTROLS.filter((control) => control.since <= minor)
    .filter((control) => level === "restricted" || control.level === level)
    .flatMap(({ check, forbidden }) => Array.from(forbidden(pod, minor), ([of, what]) => ({ check, of, what })));
}

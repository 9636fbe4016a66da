/**
 * The Pod Security Standards (Kubernetes documentation): what a level forbids a pod at a version of Kubernetes. Pure, so
 * that a folder of manifests, a cluster and the admission of a Pod are judged alike.
 */
import type { Container } from "../../../engines/kubernetes/model.ts";
import { allowPrivilegeEscalation } from "../allow-privilege-escalation.ts";
import { apparmor } from "../apparmor.ts";
import { capabilitiesBaseline } from "../capabilities-baseline.ts";
import { capabilitiesRestricted } from "../capabilities-restricted.ts";
import { hostNamespaces } from "../host-namespaces.ts";
import { hostPathVolumes } from "../host-path-volumes.ts";
import { hostPorts } from "../host-ports.ts";
import { hostProbes } from "../host-probes.ts";
import { hostProcess } from "../host-process.ts";
import type { Detection } from "../kubernetes/workload-check.ts";
import { privileged } from "../privileged.ts";
import { procMount } from "../proc-mount.ts";
import { procMountRestricted } from "../proc-mount-restricted.ts";
import { runAsNonRoot } from "../run-as-non-root.ts";
import { runAsUser } from "../run-as-user.ts";
import { seccompBaseline } from "../seccomp-baseline.ts";
import { seccompRestricted } from "../seccomp-restricted.ts";
import { selinux } from "../selinux.ts";
import { sysctls } from "../sysctls.ts";
import { volumeTypes } from "../volume-types.ts";
import type { PodSecurityCheck, PodSecurityLevel, PodSecurityRule, ReviewedPod } from "./pod-security-check.ts";

/** Baseline first. */
export const podSecurityChecks: readonly PodSecurityCheck[] = [
  apparmor,
  capabilitiesBaseline,
  hostNamespaces,
  hostPathVolumes,
  hostPorts,
  hostProbes,
  hostProcess,
  privileged,
  procMount,
  selinux,
  seccompBaseline,
  sysctls,
  allowPrivilegeEscalation,
  capabilitiesRestricted,
  procMountRestricted,
  runAsNonRoot,
  runAsUser,
  seccompRestricted,
  volumeTypes,
];

/** The minor version of Kubernetes 1.x, or `latest`: the newest rules that are known here. */
export type PodSecurityVersion = number | "latest";

export interface PodSecurityViolation extends Detection {
  readonly check: PodSecurityCheck;
}

/** What keeps a pod from the level: nothing, where it meets it. What its checks do not see (a gap of the reader) is not judged. */
export function podSecurityViolations(
  pod: ReviewedPod,
  level: PodSecurityLevel,
  version: PodSecurityVersion = "latest",
): PodSecurityViolation[] {
  return podSecurityChecks
    .filter((check) => level === "restricted" || check.level === "baseline")
    .flatMap((check) => {
      const rule = ruleAt(check, version);
      return rule === undefined ? [] : Array.from(rule.violations(pod), (detection) => ({ ...detection, check }));
    });
}

/** The strictest level that all of them meet; of no pod at all, restricted. */
export function strictestLevel(
  pods: readonly ReviewedPod[],
  version: PodSecurityVersion = "latest",
): PodSecurityLevel | "privileged" {
  const meets = (level: PodSecurityLevel) =>
    pods.every((pod) => podSecurityViolations(pod, level, version).length === 0);
  return meets("restricted") ? "restricted" : meets("baseline") ? "baseline" : "privileged";
}

const BARE: Container = {
  name: "",
  command: [],
  args: [],
  ports: [],
  env: [],
  envFrom: [],
  resources: { limits: {}, requests: {} },
  volumeMounts: [],
  volumeDevices: [],
};

/** Breaks every rule that came later than the standards themselves. */
const WORST: ReviewedPod = {
  pod: {
    containers: [
      BARE,
      {
        ...BARE,
        securityContext: { runAsUser: 0, seccompProfile: { type: "Unconfined" } },
        livenessProbe: { type: "httpGet", host: "example.com", httpHeaders: [], command: [] },
      },
    ],
    initContainers: [],
    ephemeralContainers: [],
    volumes: [],
    imagePullSecrets: [],
    nodeSelector: {},
  },
  podMetadata: { labels: {}, annotations: {} },
};

/** What the level asks for today and did not at an earlier version. */
export function rulesAfter(version: PodSecurityVersion, level: PodSecurityLevel): readonly PodSecurityCheck[] {
  const then = new Set(podSecurityViolations(WORST, level, version).map(({ check }) => check));
  return [...new Set(podSecurityViolations(WORST, level).map(({ check }) => check))].filter(
    (check) => !then.has(check),
  );
}

function ruleAt({ rules }: PodSecurityCheck, version: PodSecurityVersion): PodSecurityRule | undefined {
  return rules.findLast(({ since }) => version === "latest" || since <= version);
}

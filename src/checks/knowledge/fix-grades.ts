/**
 * How far each kind of change is safe, by the check that proposes it. `safe` names what ran: the Dockerfiles of that test
 * are built before and after, and what was built must serve alike. Whatever changes how a program runs (its user, its
 * rights, its signals) is at most `likely`: no test of ours knows the program.
 */
import { type FixGrade, fixGrades, type Graded } from "../../core/finding.ts";

export interface FixKind extends Graded {
  /** Of safe ones: the test that shows it, `file: its name`. */
  readonly oracle?: string;
}

const BUILT =
  "test/dockerfile-same.program.test.ts: what is safe without a network builds the same files and configuration";
const LIVE = "test/live/fixed-builds.live.ts: a Dockerfile of apt, npm or pip builds and serves as before";

const BY_SECRET: FixKind = {
  grade: "likely",
  reason: "every build must pass the secret with --secret from then on",
};

const PROC_MOUNT: FixKind = {
  grade: "likely",
  reason: "containers that are started within this one need /proc unmasked",
};

const KINDS: Readonly<Record<string, FixKind>> = {
  "build/add-instead-of-copy": { grade: "safe", reason: "ADD copies a directory in the same way", oracle: BUILT },
  "build/apk-cache-kept": { grade: "likely", reason: "the index is fetched all the same, but no apk ran to show it" },
  "build/apt-cache-kept": { grade: "safe", reason: "nothing after it in the file reads the lists", oracle: LIVE },
  "build/apt-in-script": { grade: "safe", reason: "apt-get does the same by these verbs", oracle: LIVE },
  "build/base-without-digest": {
    grade: "safe",
    reason: "by it the registry serves the same bytes",
    oracle: "test/dockerfile-fix.program.test.ts: are pinned to the very bytes that their tags name, unasked",
  },
  "build/broken-exec-form": { grade: "likely", reason: "what did not start before is started" },
  "build/install-without-yes": { grade: "safe", reason: "what waited for an answer stopped the build", oracle: LIVE },
  "build/instruction-casing": { grade: "safe", reason: "builders pass over the case", oracle: BUILT },
  "build/legacy-env-format": { grade: "safe", reason: "both forms set the same value", oracle: BUILT },
  "build/maintainer-deprecated": { grade: "safe", reason: "nothing that runs reads either", oracle: BUILT },
  "build/node-cache-kept": { grade: "safe", reason: "nothing after it in the file reads the cache", oracle: LIVE },
  "build/pip-cache-kept": { grade: "safe", reason: "the same packages are installed", oracle: LIVE },
  "build/redundant-platform": { grade: "safe", reason: "builders take that platform anyway", oracle: BUILT },
  "build/runs-as-root": { grade: "likely", reason: "as another user the program may not read or write what it must" },
  "build/secret-in-arg-or-env": BY_SECRET,
  "build/secret-left-in-layer": BY_SECRET,
  "build/several-sources-to-file": { grade: "safe", reason: "without the slash builders refuse it", oracle: BUILT },
  "build/shell-form-entrypoint": {
    grade: "likely",
    reason: "the program gets the signals itself, and no shell sets anything up before it",
  },
  "build/stage-name-casing": {
    grade: "likely",
    reason: "to buildah another case is another name, and --target may have it",
  },
  "build/sudo": { grade: "likely", reason: "sudo sets another environment" },
  "build/user-by-name": {
    grade: "likely",
    reason: "by its number a user has the groups that the runtime finds for it",
  },

  "cluster/namespace-not-restricted": {
    grade: "needs knowledge",
    reason: "pods that are made later may need what the level forbids",
  },
  "workload/allow-privilege-escalation": {
    grade: "likely",
    reason: "what is setuid in the image gains nothing any more",
  },
  "workload/apparmor": { grade: "likely", reason: "the profile may refuse what the program does" },
  "workload/capabilities-restricted": { grade: "likely", reason: "the program may use one of the capabilities" },
  "workload/host-namespaces": { grade: "likely", reason: "the program may watch or serve its node" },
  "workload/host-probes": { grade: "likely", reason: "the kubelet asks the pod's own address then" },
  "workload/privileged": { grade: "likely", reason: "nothing replaces what the program may use of it" },
  "workload/proc-mount": PROC_MOUNT,
  "workload/proc-mount-restricted": PROC_MOUNT,
  "workload/run-as-non-root": { grade: "likely", reason: "the kubelet refuses what would start as root" },
  "workload/long-lived-token-mounted": {
    grade: "likely",
    reason: "the token ends after an hour, and the program must read it again",
  },
  "workload/secret-in-environment": {
    grade: "likely",
    reason: "the image documents that it reads the file, which its user must be able to read",
  },
  "workload/secret-in-manifest": {
    grade: "likely",
    reason: "the values must be in the store first, and leave the file",
  },
  "workload/selinux": { grade: "likely", reason: "on nodes with SELinux it loses what it may touch of the node" },
  "workload/seccomp-baseline": { grade: "likely", reason: "the profile may refuse a system call of the program" },
  "workload/seccomp-restricted": { grade: "likely", reason: "the profile may refuse a system call of the program" },
  "workload/service-account-token-mounted": {
    grade: "likely",
    reason: "the program may hand the token to somebody else than the API server",
  },
  "workload/shared-process-namespace": {
    grade: "likely",
    reason: "containers that are added to debug it see its processes no more",
  },
};

/** Of a check whose changes nobody has graded. */
const UNGRADED: Graded = { grade: "needs knowledge", reason: "nobody has looked at what it breaks" };

export const fixKinds: ReadonlyMap<string, FixKind> = new Map(Object.entries(KINDS));

/** The kind's grade, or what is known of this one change where that is less. */
export function gradeOfFix(check: string, own?: Graded): Graded {
  const { grade, reason } = fixKinds.get(check) ?? UNGRADED;
  return own !== undefined && rank(own.grade) >= rank(grade) ? own : { grade, reason };
}

function rank(grade: FixGrade): number {
  return fixGrades.indexOf(grade);
}

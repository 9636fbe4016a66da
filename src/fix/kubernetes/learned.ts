/** Fixes that take knowledge of what the program does, where that was learned while it ran (`runtime learn`). */
import { someOf } from "../../core/counted.ts";
import type { FieldPatch, Finding, Graded } from "../../core/finding.ts";
import { trimEndOf, trimTo } from "../../core/trim.ts";
import type { Learned, LearnedWorkload } from "../../engines/events/learn/model.ts";
import { containersOf, type PlacedContainer, type Workload } from "../../engines/kubernetes/model.ts";
import { neededVolumes } from "../learned/volumes.ts";

export interface LearnedFix {
  readonly patches: readonly FieldPatch[];
  readonly graded: Graded;
}

/** What was learned speaks against it, or is not enough: why, in one sentence without a full stop. */
export interface LearnedRefusal {
  readonly reason: string;
}

/** Undefined where the finding is about something else, or nothing was learned of its container. */
export function learnedFix(
  finding: Finding,
  workload: Workload,
  { workloads }: Learned,
): LearnedFix | LearnedRefusal | undefined {
  const make = makers[finding.check];
  if (make === undefined) return undefined;
  const placed = containerOf(finding, workload);
  const own = placed === undefined ? undefined : workloads.find((each) => isOf(each, workload, placed));
  if (placed === undefined || own === undefined) return undefined;
  const made = make(placed, workload, own);
  if ("reason" in made) return made;
  if (!own.watched.complete) return { reason: `what was learned is incomplete: ${own.watched.missing.join("; ")}` };
  return {
    patches: made.patches,
    graded: made.proven
      ? { grade: "safe", reason: `the container was restarted with it and worked (${own.proven?.at ?? ""})` }
      : { grade: "likely", reason: `as it was seen to run for ${hours(own)}; prove it with \`runtime learn prove\`` },
  };
}

interface Made {
  readonly patches: readonly FieldPatch[];
  /** A container was restarted with just that. */
  readonly proven: boolean;
}

type Make = (placed: PlacedContainer, workload: Workload, learned: LearnedWorkload) => Made | LearnedRefusal;

const makers: Readonly<Record<string, Make>> = {
  "workload/writable-root-filesystem": readOnly,
  "workload/capabilities-restricted": capabilities,
  "workload/run-as-non-root": nonRoot,
};

function readOnly(
  { container, path }: PlacedContainer,
  { podPath, pod }: Workload,
  learned: LearnedWorkload,
): Made | LearnedRefusal {
  const mounts = container.volumeMounts.flatMap(({ mountPath, readOnly: isRead }) =>
    mountPath === undefined
      ? []
      : [{ path: `${mountPath.slice(0, 1)}${trimEndOf(mountPath.slice(1), "/")}`, writable: isRead !== true }],
  );
  const { volumes, impossible } = neededVolumes({ ...learned, mounts: [...learned.mounts, ...mounts] });
  if (impossible.length > 0) return { reason: `it writes to ${someOf(impossible, 3)}, where no volume can be` };
  const hidden = volumes.find(({ hides }) => hides.length > 0);
  if (hidden !== undefined) {
    return {
      reason: `a volume at ${hidden.path} would hide ${someOf(hidden.hides, 3)}: fill it by an init container, or write elsewhere`,
    };
  }
  const taken = new Set(pod.volumes.map(({ name }) => name));
  const base = [...podPath, ...path];
  const mounted = volumes.flatMap(({ path: mountPath }): FieldPatch[] => {
    const name = freeName(mountPath, taken);
    return [
      { path: [...base, "volumeMounts"], op: "add", value: { name, mountPath } },
      { path: [...podPath, "volumes"], op: "add", value: { name, emptyDir: { sizeLimit: "1Gi" } } },
    ];
  });
  const { proven } = learned;
  return {
    patches: [{ path: [...base, "securityContext", "readOnlyRootFilesystem"], op: "set", value: true }, ...mounted],
    proven: proven !== undefined && volumes.every((each) => proven.volumes.includes(each.path)),
  };
}

/** `var-cache-nginx`: a name of a volume that the pod does not have. */
function freeName(path: string, taken: Set<string>): string {
  const plain = trimTo(path.toLowerCase().replace(/[^a-z0-9]+/g, "-"), /[a-z0-9]/).slice(0, 50) || "volume";
  let name = plain;
  for (let next = 2; taken.has(name); next++) name = `${plain}-${next}`;
  taken.add(name);
  return name;
}

/** Pod Security lets one be added to what is dropped (Pod Security Standards, restricted, "Capabilities"). */
const allowed = "CAP_NET_BIND_SERVICE";

function capabilities(
  { container, path }: PlacedContainer,
  { podPath }: Workload,
  { capabilities: learned, proven }: LearnedWorkload,
): Made | LearnedRefusal {
  if (learned === undefined) return { reason: "capabilities were not learned: the sensor alone tells them" };
  const others = learned.used.filter((name) => name !== allowed);
  if (others.length > 0) return { reason: `it was seen to use ${someOf(others, 3)}` };
  const { add = [] } = container.securityContext?.capabilities ?? {};
  const base = [...podPath, ...path, "securityContext", "capabilities"];
  const binds = learned.used.includes(allowed) && !add.includes("NET_BIND_SERVICE");
  return {
    patches: [
      { path: [...base, "drop"], op: "add", value: "ALL" },
      ...(binds ? [{ path: [...base, "add"], op: "add", value: "NET_BIND_SERVICE" } as const] : []),
    ],
    proven: proven?.capabilities.every((name) => name === allowed) === true,
  };
}

function nonRoot(
  { container, path }: PlacedContainer,
  { podPath, pod }: Workload,
  { users, proven }: LearnedWorkload,
): Made | LearnedRefusal {
  if (users.length === 0) return { reason: "none of its processes was seen" };
  if (users.some(({ uid }) => uid === 0)) return { reason: "processes of it were seen to run as root (UID 0)" };
  const uids = [...new Set(users.map(({ uid }) => uid))];
  const stated = container.securityContext?.runAsUser ?? pod.securityContext?.runAsUser;
  const base = [...podPath, ...path, "securityContext"];
  const [uid = 0, ...others] = uids;
  if (stated === undefined && others.length > 0) return { reason: `it runs as several users: UIDs ${uids.join(", ")}` };
  return {
    patches: [
      { path: [...base, "runAsNonRoot"], op: "set", value: true },
      // A USER that is a name is not enough for the kubelet.
      ...(stated === undefined ? [{ path: [...base, "runAsUser"], op: "set", value: uid } as const] : []),
    ],
    proven: proven?.uid === uid,
  };
}

function containerOf({ evidence }: Finding, { pod }: Workload): PlacedContainer | undefined {
  const { container: named } = evidence;
  if (typeof named !== "string") return undefined;
  const name = named.slice(named.lastIndexOf(" ") + 1);
  return containersOf(pod).find(({ container }) => container.name === name);
}

/** By what made its pods; without Kubernetes by the names of container and image alone. */
function isOf({ of, images }: LearnedWorkload, { object }: Workload, { container }: PlacedContainer): boolean {
  if (of.container !== container.name) return false;
  if (of.name === undefined) return images.some(({ name }) => name === container.image);
  const { namespace } = object;
  const isNamespace = of.namespace === undefined || namespace === undefined || namespace === of.namespace;
  return isNamespace && of.name === object.name && (of.kind === undefined || of.kind === object.kind);
}

function hours({ watched }: LearnedWorkload): string {
  return `${Math.floor(watched.seconds / 360) / 10} h`;
}

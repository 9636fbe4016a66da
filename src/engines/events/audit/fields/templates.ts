/**
 * What the object of a request makes run, wherever in it pods are described: a Pod, the template of a Deployment, a CronJob's
 * job, a List, a custom kind. Fields of Bulkhead's own: those of Falco's plugin (`ka.req.pod.*`) see a Pod's `spec` alone.
 *
 * An object is taken as it stands after the request (`responseObject`), where the log has it, and as it was sent otherwise: a
 * patch says only what it changes.
 */
import { isObject, type Untyped, valueAt } from "../../../../core/untyped.ts";
import type { AuditEvent } from "../model.ts";
import { type AuditField, several } from "./define.ts";

type Json = AuditEvent["json"];

/** Values that are looked into for one event, and how deep: more than any kind of the API or of a common operator has. */
const MOST_VALUES = 50_000;
const MOST_DEPTH = 24;

const containerLists = ["containers", "initContainers", "ephemeralContainers"] as const;

/** Looked for once for an event, whichever fields ask. */
const found = new WeakMap<object, readonly Untyped[]>();

/** @returns the pod specs in the object, in order */
function podSpecs(json: Json): readonly Untyped[] {
  const known = found.get(json);
  if (known !== undefined) return known;
  const specs: Untyped[] = [];
  collect(objectAfter(json), specs);
  found.set(json, specs);
  return specs;
}

/** After the request, where it came through and the log has it; as it was sent otherwise. */
export function objectAfter({ requestObject, responseObject }: Json): unknown {
  return isObject(responseObject) && responseObject.kind !== "Status" ? responseObject : requestObject;
}

function collect(object: unknown, specs: Untyped[]): void {
  let left = MOST_VALUES;
  const walk = (value: unknown, depth: number): void => {
    left -= 1;
    if (left < 0 || depth > MOST_DEPTH) return;
    if (Array.isArray(value)) {
      for (const member of value) walk(member, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    if (containerLists.some((list) => holdsContainers(value[list]))) specs.push(value);
    for (const inner of Object.values(value)) if (typeof inner === "object") walk(inner, depth + 1);
  };
  walk(object, 0);
}

/** Statuses have lists of the name `containerStatuses`; a list of the name `containers` in them holds no images. */
function holdsContainers(list: unknown): boolean {
  return Array.isArray(list) && list.some((member) => isObject(member) && "name" in member && !("state" in member));
}

function containersOf(spec: Untyped): readonly Untyped[] {
  return containerLists.flatMap((list) => {
    const members = spec[list];
    return Array.isArray(members) ? members.filter(isObject) : [];
  });
}

function* eachContainer(json: Json): Generator<Untyped> {
  for (const spec of podSpecs(json)) yield* containersOf(spec);
}

function isPrivileged(container: Untyped): boolean {
  return (
    valueAt(container, ["securityContext", "privileged"]) === true ||
    valueAt(container, ["securityContext", "windowsOptions", "hostProcess"]) === true
  );
}

function namesOf(json: Json, holds: (container: Untyped) => boolean): unknown[] {
  return [...eachContainer(json)].filter(holds).map(({ name }) => name);
}

function capabilities(json: Json): unknown[] {
  return [...eachContainer(json)].flatMap((container) => {
    const added = valueAt(container, ["securityContext", "capabilities", "add"]);
    if (!Array.isArray(added)) return [];
    return added.map((name) => (typeof name === "string" ? name.toUpperCase().replace(/^CAP_/, "") : undefined));
  });
}

function hostPaths(json: Json): unknown[] {
  return podSpecs(json).flatMap(({ volumes }) => {
    if (!Array.isArray(volumes)) return [];
    return volumes.map((volume) => {
      const path = valueAt(volume, ["hostPath", "path"]);
      return typeof path === "string" ? plainPath(path) : undefined;
    });
  });
}

/** `//etc/../var/./run/` → `/var/run`: what the kubelet mounts. */
function plainPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return `/${steps.join("/")}`;
}

/** A path and each above it but the root: `/etc/cron.d` → `/etc/cron.d`, `/etc`. */
function withParents(path: unknown): readonly string[] {
  if (typeof path !== "string") return [];
  const steps = path.split("/").slice(1);
  return steps.map((_, at) => `/${steps.slice(0, steps.length - at).join("/")}`).filter((each) => each !== "/");
}

const hostNamespaces = { hostPID: "pid", hostNetwork: "network", hostIPC: "ipc" } as const;

function words(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((word): word is string => typeof word === "string") : [];
}

export const templateFields: readonly AuditField[] = [
  several("ka.pods.images", "Images of all containers of all pods that the object describes", (json) =>
    [...eachContainer(json)].map(({ image }) => image),
  ),
  several("ka.pods.commands", "Command lines of those containers that state one, each in one text", (json) =>
    [...eachContainer(json)].map(({ command, args }) => {
      const line = [...words(command), ...words(args)].join(" ");
      return line === "" ? undefined : line;
    }),
  ),
  several("ka.pods.privileged", "Names of those containers that are privileged, or host processes of Windows", (json) =>
    namesOf(json, isPrivileged),
  ),
  several("ka.pods.capabilities", "Capabilities that those containers add, in capitals and without CAP_", capabilities),
  several("ka.pods.host_namespaces", "Which of the host's namespaces those pods share: pid, network, ipc", (json) =>
    podSpecs(json).flatMap((spec) =>
      Object.entries(hostNamespaces).flatMap(([key, name]) => (spec[key] === true ? [name] : [])),
    ),
  ),
  several(
    "ka.pods.hostpaths",
    "Paths of the host that those pods mount, without `.`, `..` and doubled slashes",
    hostPaths,
  ),
  several("ka.pods.hostpath_parents", "Those paths and each path above them but `/`", (json) =>
    hostPaths(json).flatMap(withParents),
  ),
  several("ka.pods.service_accounts", "Service accounts that those pods run as", (json) =>
    podSpecs(json).map(({ serviceAccountName, serviceAccount }) => serviceAccountName ?? serviceAccount),
  ),
  several("ka.pods.nodes", "Nodes that those pods name, past the scheduler", (json) =>
    podSpecs(json).map(({ nodeName }) => nodeName),
  ),
];

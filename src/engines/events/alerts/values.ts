/** Values of other detectors' documents, as alerts hold them: escaped and cut, since an attacker chose some of them. */
import { printable } from "../../../core/printable.ts";
import type { RatedSeverity } from "../../../core/severity.ts";
import { isObject, type Untyped, valueAt } from "../../../core/untyped.ts";
import { beginning } from "../beginning.ts";
import { bounds } from "../bounds.ts";
import { nanosecondsOf, readMoment } from "../documents/rfc3339.ts";
import type { AlertSubject, Nanoseconds, Priority } from "../model.ts";

type Path = readonly (string | number)[];

/** @returns undefined for what is empty as well */
export function textAt(value: unknown, ...path: Path): string | undefined {
  const found = valueAt(value, path);
  if (typeof found === "number") return String(found);
  return typeof found === "string" && found !== "" ? shown(found) : undefined;
}

/** Whole and not negative; written as a text as well, as 64-bit numbers are. */
export function countAt(value: unknown, ...path: Path): number | undefined {
  const found = valueAt(value, path);
  const number = typeof found === "string" && /^\d{1,15}$/.test(found) ? Number(found) : found;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

export function objectAt(value: unknown, ...path: Path): Untyped | undefined {
  const found = valueAt(value, path);
  return isObject(found) ? found : undefined;
}

/** Members of a list up to the bound. */
export function listAt(value: unknown, ...path: Path): readonly unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found.slice(0, bounds.alertMembers) : [];
}

export function textsAt(value: unknown, ...path: Path): string[] {
  return listAt(value, ...path).flatMap((each) => (typeof each === "string" && each !== "" ? [shown(each)] : []));
}

export function timeAt(value: unknown, ...path: Path): Nanoseconds | undefined {
  const moment = readMoment(valueAt(value, path));
  return moment === undefined ? undefined : nanosecondsOf(moment);
}

export function shown(text: string): string {
  return printable(beginning(text, bounds.alertText).toWellFormed());
}

/** Fields of an alert from those of a document: what is no text as JSON; null stays. */
export function fieldsOf(values: Untyped): Record<string, string | null> {
  const fields: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(values).slice(0, bounds.alertMembers)) {
    if (value === undefined) continue;
    const text = typeof value === "string" ? value : JSON.stringify(value);
    // A field of this name would be none of the object's own.
    if (name !== "__proto__") fields[shown(name)] = value === null ? null : shown(text);
  }
  return fields;
}

/** Only what is known: fields that are undefined are left out. */
export function known<Fields extends object>(fields: Fields): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Fields]?: NonNullable<Fields[Name]> };
}

const SEVERITIES: Readonly<Record<RatedSeverity, Priority>> = {
  critical: "CRITICAL",
  high: "ERROR",
  medium: "WARNING",
  low: "NOTICE",
  negligible: "INFORMATIONAL",
};

/** For detectors that have severities alone; comes to the same severity again. */
export function priorityOf(severity: RatedSeverity): Priority {
  return SEVERITIES[severity];
}

/** Without the runtime that ids of Kubernetes begin with: `containerd://34df…` → `34df…`. */
export function containerId(id: string | undefined): string | undefined {
  const bare = id?.replace(/^[a-z][a-z0-9.-]*:\/\//, "");
  return bare === undefined || bare === "" || bare === "host" || bare === "<NA>" ? undefined : bare;
}

type Container = NonNullable<AlertSubject["container"]>;

/** A container whose id is known. @param imageId - `sha256:…`, or a reference with `@sha256:…` */
export function containerOf(
  id: string | undefined,
  names: {
    readonly name?: string | undefined;
    readonly image?: string | undefined;
    readonly imageId?: string | undefined;
  },
): Container | undefined {
  const bare = containerId(id);
  if (bare === undefined) return undefined;
  const { name, image, imageId } = names;
  const [, digest] = /@(sha256:[0-9a-f]{64})$/.exec(imageId ?? "") ?? /@(sha256:[0-9a-f]{64})$/.exec(image ?? "") ?? [];
  const isConfig = /^sha256:[0-9a-f]{64}$/.test(imageId ?? "");
  return {
    id: bare,
    ...(name === undefined ? {} : { name }),
    ...(image === undefined ? {} : { image }),
    ...(isConfig && imageId !== undefined ? { imageId } : {}),
    ...(digest === undefined ? {} : { imageDigest: digest }),
  };
}

const KINDS: Readonly<Record<string, string>> = {
  pods: "Pod",
  deployments: "Deployment",
  replicasets: "ReplicaSet",
  statefulsets: "StatefulSet",
  daemonsets: "DaemonSet",
  jobs: "Job",
  cronjobs: "CronJob",
  replicationcontrollers: "ReplicationController",
};

/** `deployments` → `Deployment`; what is a kind already stays. */
export function kindOf(resource: string): string {
  return KINDS[resource.toLowerCase()] ?? resource;
}

/** Names from a process's parent upward, by the ids with which processes name their parents; at most eight. */
export function namesUpward<Id>(
  parent: Id | undefined,
  processes: ReadonlyMap<Id, { readonly name: string; readonly parent?: Id | undefined }>,
): string[] {
  const names: string[] = [];
  let id = parent;
  while (id !== undefined && names.length < 8) {
    const process = processes.get(id);
    if (process === undefined) break;
    names.push(process.name);
    id = process.parent;
  }
  return names;
}

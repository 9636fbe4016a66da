/** What a runtime's JSON says, as byte strings (`fields/field.ts`) and within bounds. */
import { isObject, type Untyped } from "../../../core/untyped.ts";
import { nanosecondsOf, readMoment } from "../documents/rfc3339.ts";
import { byteString } from "../fields/shown.ts";
import { bounds } from "./bounds.ts";
import type { ContainerFacts } from "./model.ts";

/** Undefined where it is no text, empty or over the bound: half a name would be another's. */
export function textOf(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > bounds.textLength) return undefined;
  const text = byteString(value);
  return text.length > bounds.textLength ? undefined : text;
}

export function objectOf(value: unknown): Untyped {
  return isObject(value) ? value : {};
}

export function listOf(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

/** Texts by name; values that are empty stay, what is over a bound is left out. */
export function labelsOf(value: unknown): Readonly<Record<string, string>> {
  const labels: Record<string, string> = Object.create(null);
  let count = 0;
  for (const [key, label] of Object.entries(objectOf(value))) {
    const text = label === "" ? "" : textOf(label);
    const name = textOf(key);
    if (text === undefined || name === undefined) continue;
    if (++count > bounds.labels) break;
    labels[name] = text;
  }
  return labels;
}

/** `sha256:…` of 64 digits, or these alone; undefined for anything else. */
export function digestOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const hex = /^(?:sha256:)?([0-9a-f]{64})$/.exec(value)?.[1];
  return hex === undefined ? undefined : `sha256:${hex}`;
}

/** Where a repository is named with it: `docker.io/library/nginx@sha256:…`. */
export function repositoryDigestOf(value: unknown): { repository: string; digest: string } | undefined {
  if (typeof value !== "string" || value.length > bounds.textLength) return undefined;
  const at = value.lastIndexOf("@");
  const digest = digestOf(value.slice(at + 1));
  const repository = textOf(value.slice(0, Math.max(at, 0)).replace(/^[a-z-]+:\/\//, ""));
  return digest === undefined || repository === undefined ? undefined : { repository, digest };
}

/** RFC 3339 to nanoseconds since 1970; undefined for what is none, and for Go's zero time. */
export function timeOf(value: unknown): bigint | undefined {
  const moment = readMoment(value);
  return moment === undefined || moment.seconds <= 0 ? undefined : nanosecondsOf(moment);
}

/** The id becomes part of paths. Runtimes of images have 64 hex digits; containerd's own clients name theirs freely. */
export function isContainerId(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/.test(value);
}

/** As `container.id` shows it. */
export function shortId(fullId: string): string {
  return fullId.slice(0, 12);
}

export function factsOf(
  fullId: string,
  runtime: ContainerFacts["runtime"],
  details: ContainerFacts["details"],
): ContainerFacts {
  return { id: shortId(fullId), fullId, runtime, ...(details === undefined ? {} : { details }) };
}

/** Its command line, of a probe that runs one: `Test` of a health check (Docker Engine API, `HealthConfig`). */
export function healthCommandOf(test: unknown): string | undefined {
  const words = listOf(test, 1_000);
  if (words.some((word) => typeof word !== "string")) return undefined;
  if (words[0] === "CMD-SHELL") return textOf(`/bin/sh -c ${words.slice(1).join(" ")}`);
  return words[0] === "CMD" ? textOf(words.slice(1).join(" ")) : undefined;
}

/**
 * Notifications of a registry's engine (distribution project, "Notifications": `application/vnd.docker.distribution.events.v1+json`):
 * what was pushed to it and deleted from it. Only manifests; pulls and blobs are of no interest.
 */
import { type Digest, parseDigest } from "../../../core/digest.ts";
import { parseJson } from "../../../core/parse-json.ts";
import { printable } from "../../../core/printable.ts";
import { isObject, valueAt } from "../../../core/untyped.ts";
import { isTag } from "../reference.ts";
import { manifestMediaTypes } from "./content.ts";
import { isRepositoryName } from "./routes.ts";

export interface Notification {
  /** In the order in which they happened. */
  readonly events: readonly RegistryEvent[];
  /** Events of manifests that cannot be read; where the whole is no list of events, one. */
  readonly unreadable: number;
}

export type RegistryEvent = PushedEvent | DeletedEvent;

interface EventBase {
  /** Absent: it has none, and cannot be told from another. */
  readonly id?: string;
  readonly repository: string;
  readonly at?: Date;
  /** As the engine knows it, in one line: an account, else an address. */
  readonly by?: string;
}

export interface PushedEvent extends EventBase {
  readonly kind: "pushed";
  readonly digest: Digest;
  readonly mediaType: string;
  readonly tag?: string;
}

/** At least one of the two. */
export interface DeletedEvent extends EventBase {
  readonly kind: "deleted";
  readonly digest?: Digest;
  readonly tag?: string;
}

/** @param most - events of it that are read; the rest counts as unreadable */
export function readNotification(bytes: Buffer, most: number): Notification {
  const listed = listOf(bytes);
  if (listed === undefined) return { events: [], unreadable: 1 };
  const read = listed.slice(0, most).map(eventOf);
  return {
    events: read.filter((each) => typeof each === "object"),
    unreadable: read.filter((each) => each === "unreadable").length + Math.max(0, listed.length - most),
  };
}

function listOf(bytes: Buffer): readonly unknown[] | undefined {
  try {
    const events = valueAt(parseJson(bytes.toString("utf8")), ["events"]);
    return Array.isArray(events) ? events : undefined;
  } catch {
    return undefined;
  }
}

function eventOf(event: unknown): RegistryEvent | "ignored" | "unreadable" {
  if (!isObject(event)) return "unreadable";
  const { action, target } = event;
  if (action !== "push" && action !== "delete") return "ignored";
  if (!isObject(target)) return "unreadable";
  const { repository, mediaType } = target;
  if (typeof repository !== "string" || !isRepositoryName(repository)) return "unreadable";
  const digest = parseDigest(target.digest);
  const tag = typeof target.tag === "string" && isTag(target.tag) ? { tag: target.tag } : {};
  const base = { repository, ...tag, ...common(event) };
  if (action === "push") {
    if (typeof mediaType !== "string" || !isOfManifest(mediaType, target.url)) return "ignored";
    return digest === undefined ? "unreadable" : { kind: "pushed", digest, mediaType, ...base };
  }
  if (digest === undefined && base.tag === undefined) return "unreadable";
  return { kind: "deleted", ...(digest === undefined ? {} : { digest }), ...base };
}

/** Blobs are pushed, too: by the place that the engine names, and where it names none by the type. */
function isOfManifest(mediaType: string, url: unknown): boolean {
  if (typeof url === "string" && /\/(?:manifests|blobs)\/[^/]+$/.test(url)) return /\/manifests\/[^/]+$/.test(url);
  return manifestMediaTypes.has(mediaType);
}

const ID_LENGTH = 200;

function common(event: Readonly<Record<string, unknown>>): Omit<EventBase, "repository"> {
  const { id, timestamp } = event;
  const at = typeof timestamp === "string" ? new Date(timestamp) : undefined;
  const by = textAt(event, ["actor", "name"]) ?? textAt(event, ["request", "addr"]);
  return {
    ...(typeof id === "string" && id !== "" && id.length <= ID_LENGTH ? { id } : {}),
    ...(at === undefined || Number.isNaN(at.getTime()) ? {} : { at }),
    ...(by === undefined ? {} : { by }),
  };
}

function textAt(event: object, path: readonly string[]): string | undefined {
  const value = valueAt(event, path);
  return typeof value === "string" && value !== "" ? printable(value.slice(0, ID_LENGTH)) : undefined;
}

/**
 * The pods of one workload are asked about one by one, and their reviews are the same text but for a name, an identifier and
 * a time. A text that differs in nothing else from one that was read need not be parsed again to know what is asked.
 *
 * What may differ is found by patterns, which prove nothing: a text is only remembered once the parser has found each of its
 * differing parts to be what the pattern takes it for. Another text with the same bytes around them is then the same JSON, for
 * the parts themselves hold no quote and no backslash.
 */
import { hash } from "node:crypto";
import { createRecent } from "../../core/recent.ts";
import { isObject, type Untyped, valueAt } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { AdmissionRequest } from "./model.ts";
import { readReview } from "./review.ts";

export interface ReviewReader {
  /**
   * As `readReview`. The object of one like another is parsed when it is asked for.
   *
   * @throws Problem as `readReview` does
   */
  read(bytes: Uint8Array): AdmissionRequest;
}

/** @param weight - bytes of what is kept of the requests that were read */
export function createReviewReader(weight: number = bounds.alikeBytes): ReviewReader {
  const known = createRecent<string, Omit<AdmissionRequest, "object">>(weight);
  return {
    read(bytes) {
      const parts = partsOf(bytes);
      if (parts === undefined) return readReview(bytes);
      const like = known.get(parts.alike);
      if (like !== undefined) return new Another(like, parts) as unknown as AdmissionRequest;
      const request = readReview(bytes);
      if (!isWhatItSeems(request, parts)) return request;
      const { object: _, ...shell } = request;
      known.set(parts.alike, { ...shell, alike: parts.alike }, KEY_BYTES + 2 * JSON.stringify(shell).length);
      return { ...request, alike: parts.alike };
    },
  };
}

/** What a key and its entry weigh besides. */
const KEY_BYTES = 500;

/** Its object is parsed when it is asked for. */
class Another {
  /** Of the text: by then the bytes may be those of another request. */
  readonly #text: string;
  #object: AdmissionRequest["object"];

  /**
   * One for all. A getter of its own would make each request's shape one of its own too (V8's map): shapes live in the old
   * generation, and each would keep its request's text until the whole heap is collected.
   */
  static readonly #OBJECT: PropertyDescriptor & ThisType<Another> = {
    enumerable: true,
    configurable: true,
    get() {
      this.#object ??= readReview(Buffer.from(this.#text, "latin1")).object as Untyped;
      return this.#object;
    },
  };

  constructor(like: Omit<AdmissionRequest, "object">, { uid, name, text }: Parts) {
    this.#text = text;
    Object.assign(this, like, name === undefined ? { uid } : { uid, name });
    Object.defineProperty(this, "object", Another.#OBJECT);
  }
}

/** A text that may be like another: what differs, and a digest of all the rest. */
interface Parts {
  /** One character a byte. */
  readonly text: string;
  readonly uid: string;
  /** Of the request. */
  readonly name: string | undefined;
  /** Of its object's metadata. */
  readonly own: readonly Own[];
  /** Of its managed fields. */
  readonly times: readonly string[];
  readonly alike: string;
}

type Own = readonly [field: string, value: string];

/** As API servers write a review. */
const BEGINNING =
  /^(\{(?:"kind":"AdmissionReview","apiVersion":"admission\.k8s\.io\/v1"|"apiVersion":"admission\.k8s\.io\/v1","kind":"AdmissionReview"),"request":\{"uid":")([0-9A-Za-z-]{1,64})"/;
const NAME = /,"name":"([a-z0-9.-]{1,253})"(?=,"namespace":"[a-z0-9-]{1,63}","operation":"CREATE",)/;
const OBJECT = ',"object":{';
const METADATA =
  /^(?:"kind":"Pod","apiVersion":"v1"|"apiVersion":"v1","kind":"Pod"),"metadata":\{(?:"(?:name|generateName|namespace|uid|creationTimestamp)":"[0-9A-Za-z.:-]{0,253}",){0,5}/;
const OWN = /"(name|uid|creationTimestamp)":"([^"]*)"/g;
const TIME = /"time":"([0-9TZ:-]{1,40})"/g;
/** The volume of its token, which the API server calls otherwise in each pod (ServiceAccount admission). */
const TOKEN_VOLUME = /kube-api-access-([a-z0-9]{5})"/g;

/** Stands for what was taken out; no JSON holds it. */
const TAKEN = "\0";

function partsOf(bytes: Uint8Array): Parts | undefined {
  if (bytes.byteLength > bounds.alikeTextBytes) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const at = text.indexOf(OBJECT);
  const start = at + OBJECT.length;
  const metadata = METADATA.exec(text.slice(start, start + 1_500))?.[0];
  const uid = BEGINNING.exec(text)?.[2];
  if (at < 0 || metadata === undefined || uid === undefined) return undefined;
  let name: string | undefined;
  const head = text
    .slice(0, start)
    .replace(BEGINNING, `$1${TAKEN}"`)
    .replace(NAME, (_, value: string) => {
      name = value;
      return `,"name":"${TAKEN}"`;
    });
  const own: Own[] = [];
  const about = metadata.replace(OWN, (_, field: string, value: string) => {
    own.push([field, value]);
    return `"${field}":"${TAKEN}"`;
  });
  const times: string[] = [];
  const rest = text.slice(start + metadata.length).replace(TIME, (_, value: string) => {
    times.push(value);
    return `"time":"${TAKEN}"`;
  });
  const volumes = new Set(Array.from(rest.matchAll(TOKEN_VOLUME), ([, chance]) => chance));
  // Several that are called so are none of the API server's making.
  const spec = volumes.size === 1 ? rest.replace(TOKEN_VOLUME, `kube-api-access-${TAKEN}"`) : rest;
  return { text, uid, name, own, times, alike: hash("sha256", head + about + spec, "base64url") };
}

/** Whether the parser found each part where the patterns take it to be. */
function isWhatItSeems({ uid, name, object }: AdmissionRequest, parts: Parts): boolean {
  const metadata = valueAt(object, ["metadata"]);
  if (!isObject(metadata) || uid !== parts.uid || name !== parts.name) return false;
  if (!parts.own.every(([field, value]) => metadata[field] === value)) return false;
  const { managedFields = [] } = metadata;
  const times = Array.isArray(managedFields)
    ? managedFields.flatMap((each) => (isObject(each) && each.time !== undefined ? [each.time] : []))
    : [];
  return times.length === parts.times.length && times.every((time, at) => time === parts.times[at]);
}

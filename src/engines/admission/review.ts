/**
 * AdmissionReviews of admission.k8s.io/v1 as bytes: what an API server asks, and what it is answered (Kubernetes API
 * reference, AdmissionReview v1; "Dynamic Admission Control", Response).
 */
import { parseExactJson } from "../../core/exact-json.ts";
import { measureJson } from "../../core/json-cost.ts";
import { printable } from "../../core/printable.ts";
import { Problem } from "../../core/problem.ts";
import { isObject, type Untyped } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type {
  AdmissionAnswer,
  AdmissionRequest,
  GroupVersionKind,
  GroupVersionResource,
  Operation,
  RequestUser,
} from "./model.ts";

const API_VERSION = "admission.k8s.io/v1";
const KIND = "AdmissionReview";
const OPERATIONS: readonly string[] = ["CREATE", "UPDATE", "DELETE", "CONNECT"] satisfies Operation[];

/**
 * Reads one review. An API server writes each key once; of a text in which one stands twice, readers make different objects,
 * and it is refused.
 *
 * @throws Problem (input): `admission.size`, `admission.depth`, `admission.json`, `admission.version` or `admission.form`
 */
export function readReview(bytes: Uint8Array): AdmissionRequest {
  if (bytes.byteLength > bounds.reviewBytes) {
    throw refused("size", `${bytes.byteLength} bytes exceed the limit of ${bounds.reviewBytes}`);
  }
  const { over, keys } = measureJson(bytes, { depth: bounds.depth, values: bounds.values });
  if (over === "depth") throw refused("depth", `nested deeper than ${bounds.depth} levels`);
  if (over === "values") throw refused("size", `more than ${bounds.values} values`);
  const parsed = parseExactJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), keys);
  if ("fault" in parsed) throw refused("json", parsed.fault.slice(0, bounds.quotedCharacters));
  return requestOf(parsed.value);
}

/** Whether a value that was read says that it is a review, of whatever version. */
export function isReview(value: unknown): boolean {
  return isObject(value) && value.kind === KIND && String(value.apiVersion).startsWith("admission.k8s.io/");
}

/**
 * The request of a review that is parsed already, as of a YAML file.
 *
 * @throws Problem (input): `admission.version` or `admission.form`
 */
export function requestOf(review: unknown): AdmissionRequest {
  if (!isObject(review)) throw refused("form", "not an object");
  const { apiVersion, kind, request } = review;
  if (kind !== KIND) throw refused("form", `kind is ${quoted(kind)}, not ${KIND}`);
  if (apiVersion !== API_VERSION) {
    throw refused(
      "version",
      `apiVersion is ${quoted(apiVersion)}, not ${API_VERSION}`,
      "set admissionReviewVersions: [v1] in the webhook configuration",
    );
  }
  if (!isObject(request)) throw refused("form", "no request");
  const operation = text(request, "operation");
  if (!OPERATIONS.includes(operation)) throw refused("form", `request.operation is ${quoted(operation)}`);
  const uid = text(request, "uid");
  if (uid.length > bounds.uidCharacters) throw refused("form", "request.uid is too long");
  const requestKind = optional(request, "requestKind", groupVersionKind);
  const requestResource = optional(request, "requestResource", groupVersionResource);
  const subResource = optionalText(request, "subResource");
  const namespace = optionalText(request, "namespace");
  const name = optionalText(request, "name");
  const object = optional(request, "object", whole);
  const oldObject = optional(request, "oldObject", whole);
  const options = optional(request, "options", whole);
  return {
    uid,
    operation: operation as Operation,
    kind: groupVersionKind(request.kind, "kind"),
    resource: groupVersionResource(request.resource, "resource"),
    ...(requestKind === undefined ? {} : { requestKind }),
    ...(requestResource === undefined ? {} : { requestResource }),
    ...(subResource === undefined ? {} : { subResource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    user: userOf(request.userInfo),
    dryRun: flag(request, "dryRun"),
    ...(object === undefined ? {} : { object }),
    ...(oldObject === undefined ? {} : { oldObject }),
    ...(options === undefined ? {} : { options }),
  };
}

/** The review that answers: within what an API server takes of each part. */
export function writeAnswer(answer: AdmissionAnswer): Buffer {
  const { uid, allowed, code, message, warnings, auditAnnotations, patch = [] } = answer;
  const status =
    code === undefined && message === undefined
      ? {}
      : {
          status: {
            ...(message === undefined ? {} : { message: cut(message, bounds.messageCharacters) }),
            ...(allowed ? {} : { reason: code === 500 ? "InternalError" : "Forbidden" }),
            ...(code === undefined ? {} : { code }),
          },
        };
  const shown = warnings.slice(0, bounds.warnings).map((warning) => cutBytes(printable(warning), bounds.warningBytes));
  const response = {
    uid,
    allowed,
    ...status,
    ...(shown.length === 0 ? {} : { warnings: shown }),
    ...(Object.keys(auditAnnotations).length === 0 ? {} : { auditAnnotations }),
    ...(patch.length === 0
      ? {}
      : { patchType: "JSONPatch", patch: Buffer.from(JSON.stringify(patch), "utf8").toString("base64") }),
  };
  return Buffer.from(JSON.stringify({ apiVersion: API_VERSION, kind: KIND, response }), "utf8");
}

/** At most so many characters, the last of which says that there was more. */
function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** At most so many bytes of UTF-8, cut between two characters. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text, "utf8") <= most) return text;
  const end = Buffer.byteLength("…", "utf8");
  let bytes = 0;
  let kept = "";
  for (const character of text) {
    bytes += Buffer.byteLength(character, "utf8");
    if (bytes > most - end) break;
    kept += character;
  }
  return `${kept}…`;
}

function userOf(value: unknown): RequestUser {
  const user = value === undefined || value === null ? {} : whole(value, "userInfo");
  const groups = list(user.groups ?? [], "userInfo.groups");
  const extra = Object.entries(user.extra === null ? {} : whole(user.extra ?? {}, "userInfo.extra"));
  const uid = optionalText(user, "uid", "userInfo.uid");
  return {
    username: optionalText(user, "username", "userInfo.username") ?? "",
    ...(uid === undefined ? {} : { uid }),
    groups,
    extra: Object.fromEntries(extra.map(([key, texts]) => [key, list(texts, `userInfo.extra[${key}]`)])),
  };
}

function list(value: unknown, name: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw refused("form", `request.${printable(name)} is not a list of strings`);
}

function groupVersionKind(value: unknown, name: string): GroupVersionKind {
  const { group, version, kind } = whole(value, name);
  if (typeof version === "string" && typeof kind === "string" && kind !== "") {
    return { group: typeof group === "string" ? group : "", version, kind };
  }
  throw refused("form", `request.${name} is not a group, version and kind`);
}

function groupVersionResource(value: unknown, name: string): GroupVersionResource {
  const { group, version, resource } = whole(value, name);
  if (typeof version === "string" && typeof resource === "string" && resource !== "") {
    return { group: typeof group === "string" ? group : "", version, resource };
  }
  throw refused("form", `request.${name} is not a group, version and resource`);
}

function whole(value: unknown, name: string): Untyped {
  if (isObject(value)) return value;
  throw refused("form", `request.${name} is not an object`);
}

function optional<Value>(
  request: Untyped,
  name: string,
  read: (value: unknown, name: string) => Value,
): Value | undefined {
  const value = request[name];
  return value === undefined || value === null ? undefined : read(value, name);
}

function text(request: Untyped, name: string): string {
  const value = optionalText(request, name);
  if (value === undefined) throw refused("form", `no request.${name}`);
  return value;
}

/** What is empty is absent, as Go leaves it out. */
function optionalText(holder: Untyped, name: string, shown = name): string | undefined {
  const value = holder[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw refused("form", `request.${shown} is not a string`);
}

function flag(request: Untyped, name: string): boolean {
  const value = request[name] ?? false;
  if (typeof value === "boolean") return value;
  throw refused("form", `request.${name} is not true or false`);
}

function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(printable(value.slice(0, bounds.quotedCharacters))) : typeof value;
}

function refused(code: "size" | "depth" | "json" | "version" | "form", cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "input",
    code: `admission.${code}`,
    place: "AdmissionReview",
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

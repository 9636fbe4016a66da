/**
 * What the admission layer must answer, from its documentation and Kubernetes' alone, for requests and policies in the small
 * universe that random-requests.ts draws from. It shares no code with what it judges: it walks pods, reads image names and
 * weighs actions in its own words.
 */
import { at, isRecord, type Json } from "./json.ts";
import { type Level, violationsOf } from "./pod-security.ts";
import { imagesOf, type NamedImage, type PlacedPod, parseImage, podsOf } from "./pods.ts";

export type Action = "audit" | "warn" | "deny";

/** What the policy's author wants, before it is written as YAML. */
export interface Intent {
  /** Of checks that nothing else is said of. */
  readonly default: Action;
  /** By check id: `workload/privileged`. */
  readonly checks: Readonly<Record<string, Action>>;
  /** What cannot be found out. */
  readonly unknown: Action;
  /** By namespace pattern: of all that does not pass there. */
  readonly namespaces: Readonly<Record<string, Action>>;
  /** Registries or directories of them; empty: all. */
  readonly registries: readonly string[];
  /** Repositories whose images must be signed. */
  readonly signed: readonly string[];
}

/** What is true of an image that a registry has. */
export type Truth =
  | "signed"
  | "unsigned"
  /** Signed by somebody whom the policy does not name. */
  | "stranger"
  /** The registry does not answer, or answers with what is no answer. */
  | "unreachable"
  /** No such tag or repository. */
  | "absent";

export interface Asked {
  readonly operation: "CREATE" | "UPDATE" | "DELETE" | "CONNECT";
  readonly subResource?: string;
  readonly namespace: string;
  readonly object?: Json;
  readonly oldObject?: Json;
}

export interface Expected {
  readonly allowed: boolean;
  /** Checks that must be among the reasons of the refusal. */
  readonly denied: readonly string[];
  /** Checks that must be told in a warning. */
  readonly warned: readonly string[];
}

const PASSES: Expected = { allowed: true, denied: [], warned: [] };

interface Bad {
  readonly check: string;
  readonly unknown: boolean;
  /** What tells it from the like in another object of the same name. */
  readonly key: string;
}

/** Subresources by which a pod changes what it runs. */
const JUDGED = ["ephemeralcontainers", "resize"];

export function expected(asked: Asked, intent: Intent, truthOf: (reference: string) => Truth): Expected {
  const { operation, object, oldObject, subResource, namespace } = asked;
  if (operation === "DELETE" || operation === "CONNECT" || object === undefined) return PASSES;
  if (subResource !== undefined && !JUDGED.includes(subResource)) return PASSES;
  if (at(object, "metadata", "deletionTimestamp") !== undefined) return PASSES;
  const before = new Set(
    operation === "UPDATE" && oldObject !== undefined
      ? badOf(podsOf(oldObject), intent, truthOf).map(({ key }) => key)
      : [],
  );
  const found = badOf(podsOf(object), intent, truthOf).filter(({ key }) => !before.has(key));
  const actions = found.map((bad) => [bad.check, actionOf(bad, namespace, intent)] as const);
  const of = (action: Action) => [...new Set(actions.filter((each) => each[1] === action).map(([check]) => check))];
  return { allowed: of("deny").length === 0, denied: of("deny").sort(), warned: of("warn").sort() };
}

function actionOf({ check, unknown }: Bad, namespace: string, intent: Intent): Action {
  const strictest = (actions: readonly Action[]): Action | undefined =>
    (["deny", "warn", "audit"] as const).find((each) => actions.includes(each));
  const here = Object.entries(intent.namespaces).filter(([pattern]) => matches(pattern, namespace));
  const ofNamespace = strictest(here.map(([, action]) => action));
  if (ofNamespace !== undefined) return ofNamespace;
  if (unknown) return intent.unknown;
  return intent.checks[check] ?? intent.default;
}

/** `*` stands for anything. */
function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const [first = "", ...rest] = parts;
  if (rest.length === 0) return text === first;
  const last = rest.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    from = found + part.length;
  }
  return true;
}

function badOf(pods: readonly PlacedPod[], intent: Intent, truthOf: (reference: string) => Truth): readonly Bad[] {
  const level: Level = "restricted";
  return [
    ...pods.flatMap((pod) =>
      violationsOf(pod, level).map(({ check, of, what }) => ({
        check,
        unknown: false,
        key: JSON.stringify([check, of, what]),
      })),
    ),
    ...imagesOf(pods).flatMap((image) => badImage(image, intent, truthOf)),
  ];
}

function badImage({ reference, of }: NamedImage, intent: Intent, truthOf: (reference: string) => Truth): Bad[] {
  const bad = (check: string, unknown = false): Bad => ({
    check,
    unknown,
    key: JSON.stringify([check, of, reference]),
  });
  const image = parseImage(reference);
  // What is no name is refused by no rule about names; whether it could be asked for is another question.
  if (image === undefined) return [bad("registry/unsigned-image", true)];
  const found: Bad[] = [];
  if (image.digest === undefined && (image.tag === undefined || image.tag === "latest")) {
    found.push(bad("workload/image-latest-tag"));
  }
  const within = (list: readonly string[]) =>
    list.some((each) => image.repository === each || image.repository.startsWith(`${each}/`));
  if (intent.registries.length > 0 && !within(intent.registries)) found.push(bad("workload/registry-not-allowed"));
  if (within(intent.signed)) {
    const truth = truthOf(reference);
    if (truth === "unsigned") found.push(bad("registry/unsigned-image"));
    if (truth === "stranger") found.push(bad("registry/untrusted-signer"));
    if (truth === "unreachable" || truth === "absent") found.push(bad("registry/unsigned-image", true));
  }
  return found;
}

/** Whether a patched Pod names each image by tag and digest, and is else as it was. */
export function isPinnedAs(before: Json, after: unknown, digestOf: (reference: string) => string | undefined): boolean {
  const names = imagesOf(podsOf(before));
  const now = imagesOf(podsOf(after));
  if (names.length !== now.length || !isRecord(after)) return false;
  const pinned = names.every(({ reference }, index) => {
    const digest = digestOf(reference);
    if (digest === undefined || reference.includes("@")) return now[index]?.reference === reference;
    const tagged = parseImage(reference)?.tag === undefined ? `${reference}:latest` : reference;
    return [`${reference}@${digest}`, `${tagged}@${digest}`].includes(now[index]?.reference ?? "");
  });
  return pinned && withoutImages(before) === withoutImages(after);
}

function withoutImages(object: unknown): string {
  return JSON.stringify(object, (key, value) =>
    typeof value === "string" && (key === "image" || key === "reference") ? "" : value,
  );
}

/**
 * What the admission layer must answer, from its documentation and Kubernetes' alone, for requests and policies in the small
 * universe that random-requests.ts draws from. It shares no code with what it judges: it walks pods, reads image names and
 * weighs actions in its own words.
 */
import { at, isRecord, type Json, listAt } from "./json.ts";
import { type Level, type Violation, violationsOf } from "./pod-security.ts";
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
  /** By namespace pattern, of which no two fit one namespace: of all that `checks` names. */
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
  /** Undefined where the documents leave it open: it follows from `open` then. */
  readonly allowed: boolean | undefined;
  /** Checks that must be among the reasons of the refusal. */
  readonly denied: readonly string[];
  /** Checks that must be told in a warning. */
  readonly warned: readonly string[];
  /** Checks that may be told as well: what they are about was as wrong before, and is not the same any more. */
  readonly open: readonly string[];
}

const PASSES: Expected = { allowed: true, denied: [], warned: [], open: [] };

interface Bad {
  readonly check: string;
  readonly unknown: boolean;
  /** What tells it from the like in another object of the same name. */
  readonly key: string;
  /** What stands around it. */
  readonly around: string;
}

/** Subresources by which a pod changes what it runs. */
const JUDGED = ["ephemeralcontainers", "resize"];

export function expected(asked: Asked, intent: Intent, truthOf: (reference: string) => Truth): Expected {
  const { operation, object, oldObject, subResource, namespace } = asked;
  if (operation === "DELETE" || operation === "CONNECT" || object === undefined) return PASSES;
  if (subResource !== undefined && !JUDGED.includes(subResource)) return PASSES;
  // Who creates an object may write any time into it; the API server alone gives it to one that is there.
  const isDeleted = (one: Json | undefined) => at(one, "metadata", "deletionTimestamp") !== undefined;
  if (operation === "UPDATE" && isDeleted(object) && isDeleted(oldObject)) return PASSES;
  const before = operation === "UPDATE" && oldObject !== undefined ? badOf(podsOf(oldObject), intent, truthOf) : [];
  const after = badOf(podsOf(object), intent, truthOf);
  const brought = after.filter(({ key }) => !before.some((each) => each.key === key));
  const kept = new Set(before.map(({ key, around }) => key + around));
  const changed = after.filter((bad) => !brought.includes(bad) && !kept.has(bad.key + bad.around));
  const of = (found: readonly Bad[], action: Action) => [
    ...new Set(found.filter((bad) => actionOf(bad, namespace, intent) === action).map(({ check }) => check)),
  ];
  const denied = of(brought, "deny").sort();
  const isOpen = of(changed, "deny").length > 0;
  return {
    allowed: denied.length > 0 ? false : isOpen ? undefined : true,
    denied,
    warned: of(brought, "warn").sort(),
    open: [...of(changed, "deny"), ...of(changed, "warn")],
  };
}

/** What is stated of a namespace counts before the rest; what is unknown is never taken harder than what fails. */
function actionOf({ check, unknown }: Bad, namespace: string, intent: Intent): Action {
  const stated = Object.entries(intent.namespaces).find(([pattern]) => matches(pattern, namespace));
  const ofCheck = intent.checks[check];
  const failed = (ofCheck === undefined ? undefined : stated?.[1]) ?? ofCheck ?? intent.default;
  return unknown ? looser(failed, intent.unknown) : failed;
}

function looser(one: Action, other: Action): Action {
  return (["audit", "warn", "deny"] as const).find((each) => each === one || each === other) ?? "deny";
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
      toldOnce(violationsOf(pod, level)).map(({ check, of, what }) => ({
        check,
        unknown: false,
        key: JSON.stringify([check, of, what]),
        around: aroundOf(pod, of),
      })),
    ),
    ...imagesOf(pods).flatMap((image) => badImage(image, intent, truthOf)),
  ];
}

/** Checks of the restricted level and those of the baseline over the same field: what the latter says, the former does not. */
const BASELINE_OF: Readonly<Record<string, string>> = {
  "workload/seccomp-restricted": "workload/seccomp-baseline",
  "workload/capabilities-restricted": "workload/capabilities-baseline",
  "workload/proc-mount-restricted": "workload/proc-mount",
};

function toldOnce(violations: readonly Violation[]): readonly Violation[] {
  return violations.filter(({ check, of, what }) => {
    if (check === "workload/volume-types") return what !== "hostPath";
    const other = BASELINE_OF[check];
    return !violations.some((each) => each.check === other && each.of === of && each.what === what);
  });
}

/** The container or volume of that name, and what the pod says for all of them. */
function aroundOf({ spec }: PlacedPod, of: string): string {
  const lists = ["initContainers", "containers", "ephemeralContainers", "volumes"];
  const named = lists.flatMap((list) => listAt(spec, list).filter((each) => at(each, "name") === of));
  const rest = Object.entries(spec).filter(([key]) => !lists.includes(key));
  return JSON.stringify([named, rest]);
}

function badImage({ reference, of }: NamedImage, intent: Intent, truthOf: (reference: string) => Truth): Bad[] {
  const bad = (check: string, unknown = false): Bad => ({
    check,
    unknown,
    key: JSON.stringify([check, of, reference]),
    around: "",
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

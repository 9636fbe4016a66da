/** Which namespaces an object of admission is about, by its selectors and lists of names. */
import { isObject, valueAt } from "../../../core/untyped.ts";
import { selects as matchesLabels } from "../../../engines/admission/model.ts";
import type { FieldPath, KubernetesObject } from "../../../engines/kubernetes/model.ts";

export interface Selection {
  readonly path: FieldPath;
  /** As it is written, for who reads the finding. */
  readonly text: string;
  /** metav1.LabelSelector over a namespace's labels. */
  readonly selector?: Readonly<Record<string, unknown>>;
  /** Names, which may end in `*`; absent: any. */
  readonly names?: readonly string[];
}

export interface SelectedNamespace {
  readonly name: string;
  /** Absent: nobody declares it. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Every way to be asked where each of them is limited; none where one is not, or says so by something else. */
export function selectionsOf(
  { kind, group }: KubernetesObject,
  raw: Readonly<Record<string, unknown>>,
): readonly Selection[] {
  if (/WebhookConfiguration$/.test(kind)) return allOf(raw.webhooks, (_, at) => ["webhooks", at], bySelector);
  if (/AdmissionPolicyBinding$/.test(kind))
    return bySelector(valueAt(raw, ["spec", "matchResources"]), ["spec", "matchResources"]) ?? [];
  if (group === "constraints.gatekeeper.sh") {
    const match = valueAt(raw, ["spec", "match"]);
    return bySelector(match, ["spec", "match"]) ?? byNames(match, ["spec", "match"]) ?? [];
  }
  return allOf(valueAt(raw, ["spec", "rules"]), (_, at) => ["spec", "rules", at], ofKyverno);
}

type Way = (value: unknown, path: FieldPath) => readonly Selection[] | undefined;

function allOf(list: unknown, pathOf: (value: unknown, at: number) => FieldPath, way: Way): readonly Selection[] {
  if (!Array.isArray(list) || list.length === 0) return [];
  const ways = list.map((value, at) => way(value, pathOf(value, at)));
  return ways.includes(undefined) ? [] : ways.flatMap((one) => one ?? []);
}

/** Undefined where it is limited by nothing of this kind. */
function bySelector(value: unknown, path: FieldPath): readonly Selection[] | undefined {
  const selector = valueAt(value, ["namespaceSelector"]);
  if (!isObject(selector) || Object.keys(selector).length === 0) return undefined;
  return [{ path: [...path, "namespaceSelector"], text: JSON.stringify(selector), selector }];
}

function byNames(value: unknown, path: FieldPath): readonly Selection[] | undefined {
  const names = valueAt(value, ["namespaces"]);
  if (!Array.isArray(names) || names.length === 0 || !names.every((each) => typeof each === "string")) return undefined;
  return [{ path: [...path, "namespaces"], text: names.join(", "), names }];
}

/** `match.any` and `match.all` of a rule; each of `any` is a way. */
function ofKyverno(rule: unknown, path: FieldPath): readonly Selection[] | undefined {
  const any = valueAt(rule, ["match", "any"]);
  if (!Array.isArray(any) || any.length === 0) return undefined;
  const ways = any.map((one, at) => {
    const own: FieldPath = [...path, "match", "any", at, "resources"];
    const resources = valueAt(one, ["resources"]);
    return bySelector(resources, own) ?? byNames(resources, own);
  });
  return ways.includes(undefined) ? undefined : ways.flatMap((way) => way ?? []);
}

/** Undefined where what decides is not known. */
export function selects({ selector, names }: Selection, { name, labels }: SelectedNamespace): boolean | undefined {
  if (names !== undefined) return names.some((each) => isNamed(each, name));
  if (selector === undefined || labels === undefined) return undefined;
  return matchesLabels(selector, { labels, whole: true });
}

/** Of names with wildcards those that have one at an end are decided. */
function isNamed(pattern: string, name: string): boolean {
  if (pattern.includes("?") || pattern.startsWith("!")) return true;
  const [before = "", ...after] = pattern.split("*");
  if (after.length === 0) return pattern === name;
  return after.length > 1 || (name.startsWith(before) && name.endsWith(after[0] ?? ""));
}

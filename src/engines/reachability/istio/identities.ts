/**
 * Whose identity a condition is about. In Istio it is `TRUST_DOMAIN/ns/NAMESPACE/sa/SERVICE_ACCOUNT`; a value may begin or end
 * with `*`, and `*` alone is any identity. To sidecars `cluster.local` stands for the mesh's own trust domain and its
 * aliases (https://istio.io/latest/docs/tasks/security/authorization/authz-td-migration/); ztunnel compares it as it is written.
 */
import type { Pods } from "../mesh/members.ts";
import type { PodSet } from "../pod-sets.ts";
import type { Doubt } from "../rule-model.ts";
import type { Term } from "./authorization-policy.ts";
import type { IstioContext } from "./context.ts";

export type IdentityTerm = Extract<Term, { readonly values: readonly string[] }>;
export type Answer = "yes" | "maybe" | "no";

export interface Identified {
  readonly sure: PodSet;
  readonly maybe: PodSet;
}

export const UNREAD_TRUST_DOMAIN: Doubt = {
  code: "mesh.trust-domain",
  reason: "the rule names a trust domain, and the mesh's own is not known: Istio's configuration was not read",
  remedy: "add the ConfigMap istio to what is read, or audit the live cluster",
};

/** Pods that all terms match while they present their identity. @param namespace - the policy's, of short service accounts */
export function identitiesOf(
  { reading: { podSets }, pods, config }: IstioContext,
  terms: readonly IdentityTerm[],
  namespace: string,
  proxy: "sidecar" | "ambient",
): Identified {
  let sure = podSets.all;
  let possible = podSets.all;
  for (const term of terms) {
    const matcher = matcherOf(term, namespace, proxy, config);
    const yes: number[] = [];
    const unsure: number[] = [];
    for (const place of candidates(pods, matcher)) {
      const answer = matcher.answer(pods.accounts[place] as Identity);
      if (answer === "yes") yes.push(place);
      else if (answer === "maybe") unsure.push(place);
    }
    const matched = pods.withAccounts(yes);
    const maybe = pods.withAccounts(unsure);
    if (term.not) {
      sure = podSets.subtract(sure, podSets.union([matched, maybe]));
      possible = podSets.subtract(possible, matched);
    } else {
      sure = podSets.intersect(sure, matched);
      possible = podSets.intersect(possible, podSets.union([matched, maybe]));
    }
  }
  return { sure, maybe: podSets.subtract(possible, sure) };
}

/** Accounts that it may match: where every value is a whole name, those alone. */
function candidates({ accounts, accountPlaces }: Pods, { names }: Matcher): Iterable<number> {
  return names === undefined ? accounts.keys() : new Set(names.flatMap((name) => accountPlaces.get(name) ?? []));
}

/** Whether one identity, which no workload that was read has, satisfies the terms: a waypoint's. */
export function hasIdentity(
  { config }: IstioContext,
  terms: readonly IdentityTerm[],
  namespace: string,
  identity: Identity,
): Answer {
  let answer: Answer = "yes";
  for (const term of terms) {
    const found = matcherOf(term, namespace, "ambient", config).answer(identity);
    const held = !term.not || found === "maybe" ? found : found === "yes" ? "no" : "yes";
    if (held === "no") return "no";
    if (held === "maybe") answer = "maybe";
  }
  return answer;
}

export interface Identity {
  readonly namespace: string;
  readonly serviceAccount: string;
}

interface Matcher {
  answer(identity: Identity): Answer;
  /** `namespace/name` of all accounts that it can match, where the values tell. */
  readonly names?: readonly string[];
}

function matcherOf(
  { about, values }: IdentityTerm,
  namespace: string,
  proxy: "sidecar" | "ambient",
  config: IstioContext["config"],
): Matcher {
  const certain = (matches: (identity: Identity) => boolean): Matcher => ({
    answer: (one) => (matches(one) ? "yes" : "no"),
  });
  const exact = new Set(values.filter((value) => !value.includes("*")));
  const patterns = values.filter((value) => value.includes("*"));
  switch (about) {
    case "namespace": {
      // A sidecar takes a `*` anywhere in a namespace's name, ztunnel at either end.
      const glob = proxy === "sidecar" ? matchesGlob : matchesEnd;
      return certain((one) => exact.has(one.namespace) || patterns.some((pattern) => glob(pattern, one.namespace)));
    }
    case "serviceAccount": {
      const accounts = new Set(values.map((value) => (value.includes("/") ? value : `${namespace}/${value}`)));
      return { ...certain((one) => accounts.has(`${one.namespace}/${one.serviceAccount}`)), names: [...accounts] };
    }
    case "trustDomain": {
      const own = [config.trustDomain, ...config.trustDomainAliases];
      const isOwn = own.some((domain) => exact.has(domain) || patterns.some((one) => matchesGlob(one, domain)));
      if (isOwn || values.includes("*")) return certain(() => true);
      return config.isRead ? certain(() => false) : { answer: () => "maybe" };
    }
    case "principal": {
      const answer = (one: Identity) => principal(exact, patterns, one, proxy, config);
      if (patterns.length > 0) return { answer };
      return {
        answer,
        names: [...exact].flatMap((value) => /^[^/]*\/ns\/([^/]*)\/sa\/([^/]*)$/.exec(value)?.slice(1).join("/") ?? []),
      };
    }
  }
}

function principal(
  exact: ReadonlySet<string>,
  patterns: readonly string[],
  { namespace, serviceAccount }: Identity,
  proxy: "sidecar" | "ambient",
  { trustDomain, trustDomainAliases, isRead }: IstioContext["config"],
): Answer {
  const rest = `/ns/${namespace}/sa/${serviceAccount}`;
  const own = proxy === "sidecar" ? ["cluster.local", trustDomain, ...trustDomainAliases] : [trustDomain];
  if (own.some((domain) => exact.has(domain + rest))) return "yes";
  if (patterns.some((pattern) => matchesEnd(pattern, trustDomain + rest))) return "yes";
  // The whole name with a pattern of one of the aliases is replaced by the mesh's own (`ReplaceTrustDomainAliases`).
  if (
    proxy === "sidecar" &&
    patterns.some((pattern) => isFullName(pattern) && own.some((domain) => matchesEnd(pattern, domain + rest)))
  ) {
    return "yes";
  }
  if (isRead) return "no";
  const mayBe = [...patterns, ...namedWith(exact, rest)].some((value) => {
    if (value.startsWith("*")) return false;
    const slash = value.indexOf("/");
    return slash < 0 || matchesEnd(value.slice(slash), rest);
  });
  return mayBe ? "maybe" : "no";
}

/** Exact names that end so; the scan is for meshes whose trust domain is not known. */
function namedWith(exact: ReadonlySet<string>, rest: string): readonly string[] {
  return [...exact].filter((value) => value.endsWith(rest));
}

function isFullName(value: string): boolean {
  return value.split("/", 6).length === 5;
}

/** `*`: any; `*x`: ends so; `x*`: begins so; anything else is exact. */
export function matchesEnd(pattern: string, text: string): boolean {
  if (pattern === "*") return text !== "";
  if (pattern.startsWith("*")) return text.endsWith(pattern.slice(1));
  if (pattern.endsWith("*")) return text.startsWith(pattern.slice(0, -1));
  return pattern === text;
}

/** Every `*` stands for any text. Linear in the text for each of its parts, whatever is written. */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = pattern.split("*");
  const first = parts[0] ?? "";
  const last = parts.at(-1) ?? "";
  if (parts.length === 1) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

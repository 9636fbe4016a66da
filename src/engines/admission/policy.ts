/** The policy's slice about what is admitted to a cluster. */
import type { Action } from "../../core/enforcement.ts";
import { denyAtGate, type GateEnforcement, tightenGate } from "../../core/gate-enforcement.ts";
import { readGateRules, shownGate, type WrittenGateRules } from "../../core/gate-settings.ts";
import { type Beside, either, later, less, type PlaceOf, setting } from "../../core/setting.ts";
import { environmentsForm, gateForm, podSecurityForm } from "./policy-forms.ts";
import {
  type AdmissionRules,
  type PinScope,
  type PodSecurityRule,
  type PodSecurityRules,
  pinScopes,
  podSecurityLevels,
  podSecurityOf,
} from "./policy-model.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly admission: AdmissionRules;
  }
}

export const admissionSettings = {
  "enforcement.admission": setting<GateEnforcement>({
    form: gateForm,
    description:
      "What a request to the cluster is answered that a check does not pass: deny, warn (admitted, kubectl shows it) or audit (admitted, logged). For all checks, or by category, check and namespace, with `unknown` for what could not be found out. Default: deny. Stricter: warn than audit, deny than warn.",
    initial: denyAtGate,
    tighten: tightenGate,
    read: (written: WrittenGate, _beside: Beside, at) => gateOf(written, at),
    show: shownGate,
  }),
  "admission.environments": setting<Readonly<Record<string, string>>>({
    form: environmentsForm,
    description:
      'Which of `environments` holds in a namespace, by its name or a pattern: { shop: production, "sandbox-*": development }. Labels of a namespace never choose. A name counts before patterns, and of patterns the first. Default: none, and the values outside of environments hold. Stricter: nothing.',
    group: "What the admission guard does beside its answers.",
    initial: {},
    tighten: either((wanted) => Object.keys(wanted).length === 0),
    show: (value) => shownNamed(value, String),
  }),
  "admission.pin": setting<PinScope>({
    form: { kind: "choice", of: pinScopes },
    description:
      "Where tags become name:tag@digest as objects are admitted: pods, all (templates of workloads too, which GitOps tools see as a difference) or off. Default: pods. Stricter: pods than off, all than pods.",
    initial: "pods",
    tighten: later(pinScopes),
  }),
  "admission.podSecurity": setting<PodSecurityRules>({
    form: podSecurityForm,
    description:
      'Level of the Pod Security Standards that pods of a namespace must meet, whatever the namespace\'s labels say: { "*": baseline, shop: { level: restricted, version: v1.33 } }. A name counts before patterns, and of patterns the strictest. Default: none. Stricter: restricted than baseline, baseline than privileged.',
    initial: { levels: {}, atLeast: [] },
    tighten: tightenPodSecurity,
    read: (written: WrittenPodSecurity, _beside: Beside, at) => ({ levels: levelsOf(written, at), atLeast: [] }),
    show: ({ levels, atLeast }) => [levels, ...atLeast].map((one) => shownNamed(one, shownLevel)).join("; at least "),
  }),
  "admission.deadlineSeconds": setting<number>({
    form: { kind: "number", from: 1, to: 29 },
    description:
      "Seconds within which a request is answered. What is not found out by then is unknown. Never more than the API server's own time-out leaves. Default: 8. Stricter: less.",
    initial: 8,
    tighten: less,
  }),
  "admission.outageHours": setting<number>({
    form: { kind: "number", from: 0, to: 168 },
    description:
      "Hours that the signatures and attestations which were found of an image still count while its registry does not answer, or is asked too often. Dates, exceptions and advisories go on. Default: 24. Stricter: less.",
    initial: 24,
    tighten: less,
  }),
  "admission.probe.unsigned": probeImage("An image without a signature, which must be refused."),
  "admission.probe.stranger": probeImage("An image signed by nobody whom the policy trusts, which must be refused."),
  "admission.probe.signed": probeImage("An image that must be admitted, to tell refusals for the image from others."),
};

function probeImage(description: string) {
  return setting<string | undefined>({
    form: { kind: "text" },
    description: `${description} Default: none. Stricter: nothing.`,
    group: "Images by which `check --cluster --probe` tries admission.",
    initial: undefined,
    tighten: either(() => false),
    show: (value) => value ?? "none",
  });
}

type WrittenGate =
  | WrittenGateRules
  | (Exclude<WrittenGateRules, Action> & { readonly namespaces?: Record<string, WrittenGateRules> });

function gateOf(written: WrittenGate, at: PlaceOf): GateEnforcement {
  const namespaces = typeof written === "string" || !("namespaces" in written) ? {} : (written.namespaces ?? {});
  return {
    ...readGateRules(written, at),
    namespaces: Object.fromEntries(
      Object.entries(namespaces).map(([pattern, rules]) => [
        pattern,
        readGateRules(rules, (path) => at(["namespaces", pattern, ...path])),
      ]),
    ),
    atLeast: [],
  };
}

type WrittenPodSecurity = Readonly<
  Record<string, PodSecurityRule["level"] | { readonly level: PodSecurityRule["level"]; readonly version?: string }>
>;

function levelsOf(written: WrittenPodSecurity, at: PlaceOf): PodSecurityRules["levels"] {
  const levels = Object.entries(written).map(([pattern, one]): [string, PodSecurityRule] => {
    const { level, version = "latest" } = typeof one === "string" ? { level: one } : one;
    const minor = version === "latest" ? version : Number(version.slice("v1.".length));
    return [pattern, { level, version: minor, statedAt: at([pattern]) }];
  });
  return Object.fromEntries(levels);
}

function shownLevel({ level, version }: PodSecurityRule): string {
  return version === "latest" ? level : `${level} of v1.${version}`;
}

function shownNamed<Value>(stated: Readonly<Record<string, Value>>, show: (value: Value) => string): string {
  const parts = Object.entries(stated).map(([pattern, value]) => `${pattern}: ${show(value)}`);
  return parts.join(", ") || "none";
}

function tightenPodSecurity(current: PodSecurityRules, wanted: PodSecurityRules) {
  const text = (levels: PodSecurityRules["levels"]) =>
    JSON.stringify(levels, (key, value) => (key === "statedAt" ? undefined : value));
  const held = new Set([current.levels, ...current.atLeast].map(text));
  const added = [wanted.levels, ...wanted.atLeast].filter(
    (levels) => Object.keys(levels).length > 0 && !held.has(text(levels)),
  );
  const rank = (rules: PodSecurityRules, namespace: string) =>
    Math.max(0, ...podSecurityOf(rules, namespace).map(({ level }) => podSecurityLevels.indexOf(level)));
  const names = [current, wanted].flatMap(({ levels, atLeast }) => [levels, ...atLeast].flatMap(Object.keys));
  const loosens = names.some((name) => {
    const asks = podSecurityOf(wanted, name).length > 0;
    return asks && rank(wanted, name) < rank(current, name);
  });
  const value = added.length === 0 ? current : { ...current, atLeast: [...current.atLeast, ...added] };
  return { value, loosens };
}

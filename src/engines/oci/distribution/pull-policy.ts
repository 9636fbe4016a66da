/** The policy's keys about what may be pulled from the registry, and what the gates at pull and push do. */
import type { Action } from "../../../core/enforcement.ts";
import {
  denyAtGate,
  type GateEnforcement,
  type RegistryEnforcement,
  tightenGate,
} from "../../../core/gate-enforcement.ts";
import { readGateRules, shownGate, type WrittenGateRules } from "../../../core/gate-settings.ts";
import { coversRepository } from "../../../core/pattern-cover.ts";
import { type Beside, either, fewer, less, onlyOfEach, type PlaceOf, setting } from "../../../core/setting.ts";
import { askAtForm, breakGlassForm, registryGateForm, repositoryPattern } from "./pull-forms.ts";
import type { BreakGlassRule } from "./pull-model.ts";

export const pullSettings = {
  "enforcement.registry": setting<RegistryEnforcement>({
    form: registryGateForm,
    description:
      "What a pull or push of the registry is answered that a check does not pass: deny, warn (served, with a warning) or audit (served, logged: a dry run). For all, or { pull, push, unknown }, each also by category and check. Default: deny. Stricter: warn than audit, deny than warn.",
    initial: { pull: denyAtGate, push: denyAtGate },
    tighten: tightenRegistry,
    read: (written: WrittenRegistryGate, _beside: Beside, at) => registryGateOf(written, at),
    show: ({ pull, push }) => `pull: ${shownGate(pull)}; push: ${shownGate(push)}`,
  }),
  "registry.pull.repositories": setting<readonly string[]>({
    form: { kind: "texts", each: repositoryPattern },
    description:
      "Repositories that alone are served: [shop/**]. Who may pull which is another question (registry.access). Default: none listed, which is all. Stricter: a list where there was none, or fewer entries.",
    group: "What may be pulled from the registry, beside what checks and thresholds say of an image.",
    initial: [],
    tighten: fewer(coversRepository),
  }),
  "registry.pull.scannedWithinDays": setting<number>({
    form: { kind: "number", from: 1, to: 3650 },
    description:
      "Days since an image was last scanned, or judged again by newer advisories, over which it is unknown. Default: 7. Stricter: less.",
    initial: 7,
    tighten: less,
  }),
  "registry.pull.signed": setting<boolean>({
    form: { kind: "flag" },
    description:
      "Whether images that no rule of trust.images is about must be signed too: true refuses them all. Those that a rule is about always need what it asks for. Default: false. Stricter: true.",
    initial: false,
    tighten: either((wanted) => wanted),
  }),
  "registry.pull.maxAgeDays": setting<number | undefined>({
    form: { kind: "number", from: 1, to: 3650 },
    description: "Maximum days since an image says that it was made. Default: of any age. Stricter: less.",
    initial: undefined,
    tighten: either((wanted, current) => wanted !== undefined && (current === undefined || wanted < current)),
    show: (value) => (value === undefined ? "any" : String(value)),
  }),
  "registry.pull.graceDays": setting<number>({
    form: { kind: "number", from: 0, to: 90 },
    description:
      "Days since a digest was last seen to run somewhere, for which it is still served although its vulnerabilities, age or scan no longer permit it: so that a node that starts again can pull what it ran. Never for signatures and secrets. Default: 7. Stricter: less.",
    initial: 7,
    tighten: less,
  }),
  "registry.pull.deadlineSeconds": setting<number>({
    form: { kind: "number", from: 1, to: 30 },
    description:
      "Seconds within which a pull is decided. What is not found out by then is unknown. Default: 1. Stricter: less.",
    initial: 1,
    tighten: less,
  }),
  "registry.pull.askAt": setting<string | undefined>({
    form: askAtForm,
    description:
      "Where to ask for an exception, as a refused pull names it: a URL, or some words. Default: nothing. Stricter: nothing.",
    initial: undefined,
    tighten: either(() => false),
    show: (value) => value ?? "none",
  }),
  "registry.breakGlass": setting<readonly BreakGlassRule[]>({
    form: breakGlassForm,
    description:
      "Pulls let past the policy for some hours: { images: [shop/api], reason, owner, until: 2026-11-28T18:00:00Z }. Each use is logged. One that ends more than 7 days from now does not hold yet. Default: none. Stricter: fewer.",
    initial: [],
    tighten: onlyOfEach((wanted, current) => (current.some((other) => isSame(other, wanted)) ? wanted : undefined)),
    read: (written: readonly WrittenBreakGlass[], _beside: Beside, at) =>
      written.map((rule, index) => ({ ...rule, principals: rule.principals ?? [], statedAt: at([index]) })),
    show: (value) =>
      value.map(({ images, owner, until }) => `${images.join(", ")} by ${owner} until ${until}`).join("; ") ||
      "an empty list",
  }),
};

type WrittenBreakGlass = Omit<BreakGlassRule, "principals"> & Partial<Pick<BreakGlassRule, "principals">>;

/** What a policy file writes, once its form is checked. */
export type WrittenRegistryGate =
  | Action
  | {
      readonly pull?: WrittenGateRules | undefined;
      readonly push?: WrittenGateRules | undefined;
      readonly unknown?: Action | undefined;
    };

function registryGateOf(written: WrittenRegistryGate, at: PlaceOf): RegistryEnforcement {
  if (typeof written === "string") {
    const both = { ...readGateRules(written, at), namespaces: {}, atLeast: [] };
    return { pull: both, push: both };
  }
  const { unknown } = written;
  const place = unknown === undefined ? undefined : at(["unknown"]);
  const direction = (name: "pull" | "push"): GateEnforcement => {
    const stated = written[name];
    const rules =
      stated === undefined ? { categories: {}, checks: {} } : readGateRules(stated, (path) => at([name, ...path]));
    const more =
      unknown === undefined || place === undefined || rules.unknown !== undefined
        ? {}
        : { unknown, statedAt: { ...rules.statedAt, unknown: place } };
    return { ...rules, ...more, namespaces: {}, atLeast: [] };
  };
  return { pull: direction("pull"), push: direction("push") };
}

function tightenRegistry(current: RegistryEnforcement, wanted: RegistryEnforcement) {
  const [pull, push] = [tightenGate(current.pull, wanted.pull), tightenGate(current.push, wanted.push)];
  return { value: { pull: pull.value, push: push.value }, loosens: pull.loosens || push.loosens };
}

function isSame(one: BreakGlassRule, other: BreakGlassRule): boolean {
  const text = (rule: BreakGlassRule) => JSON.stringify(rule, (key, value) => (key === "statedAt" ? undefined : value));
  return text(one) === text(other);
}

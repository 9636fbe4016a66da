/** The policy's slice about what is detected at runtime. */
import { days, either, less, more, setting } from "../../core/setting.ts";
import { type AlertOutput, outputSettings } from "./output-settings.ts";
import type { ResponsePolicy } from "./respond/model.ts";
import { responseSettings } from "./respond/policy.ts";

/** In a list of rule files: the rules that come with the program. */
export const BUNDLED_RULES = "bulkhead";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly runtime: {
      /** Files of rules in the order in which they are loaded; {@link BUNDLED_RULES} among them. */
      readonly rules: readonly string[];
      /** Names of rules that are only loaded where they are named. */
      readonly optional: readonly string[];
      /** Days for which `runtime prove` counts: after them a node's detector has to alert once more. */
      readonly proofDays: number;
      /** Days for which what running containers were seen to do counts: what ran, and what was loaded. */
      readonly observedDays: number;
      /** Places of alerts beside standard output. */
      readonly outputs: readonly AlertOutput[];
    } & ResponsePolicy;
  }
}

export const runtimeSettings = {
  "runtime.rules": setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Rule files in Falco's language, in the order in which they are loaded: paths relative to this file, and bulkhead for the rules that come with the program. A later file may change rules of an earlier one, so none of an untrusted policy is loaded beside a trusted one's. Default: bulkhead. Stricter: none other than the same.",
    group: "What is detected at runtime.",
    initial: [BUNDLED_RULES],
    // A file that comes later can disable what an earlier one detects.
    tighten: either((wanted, current) => wanted.join("\n") === current.join("\n")),
    read: (written: readonly string[], beside) => written.map((name) => (name === BUNDLED_RULES ? name : beside(name))),
  }),
  "runtime.optional": setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Names of optional rules to load: those that suit some environments only and are noisy in others. Default: none. Stricter: more.",
    initial: [],
    tighten: more((entry, wanted) => entry === wanted),
  }),
  "runtime.proofDays": setting<number>({
    form: days,
    description:
      "Days for which a proof of `runtime prove` counts, that a node's detector alerts. Default: 7. Stricter: less.",
    initial: 7,
    tighten: less,
  }),
  "runtime.observedDays": setting<number>({
    form: days,
    description:
      "Days for which what containers were seen to run and load counts when findings are ordered; older is stale, and counts as unknown. Default: 30. Stricter: less.",
    initial: 30,
    tighten: less,
  }),
  ...outputSettings,
  ...responseSettings,
};

/** The policy's slice about how secrets are found. */
import { type Beside, more, setting } from "../../core/setting.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly secrets: {
      /**
       * Files of rules in gitleaks' form (TOML): an absolute path, or `git:REF:PATH`. They only add: an allow list in one
       * acts on the rules of that file alone, since the file may be of the tree under review.
       */
      readonly rules: readonly string[];
    };
  }
}

export const secretSettings = {
  "secrets.rules": setting<readonly string[]>({
    form: { kind: "texts" },
    description: "Further rules: files in gitleaks' form (TOML), relative to this file. Default: none. Stricter: more.",
    initial: [],
    tighten: more((one, other) => one === other),
    read: (written: readonly string[], beside: Beside) => written.map(beside),
  }),
};

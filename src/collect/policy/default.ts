/** What holds where no policy file states anything. */
import type { Policy } from "../../core/policy.ts";
import { initialSettings, policyWith } from "./settings.ts";

export const defaultPolicy: Policy = policyWith(initialSettings, {
  exceptions: [],
  unknown: [],
  origin: { kind: "default" },
});

/** The policy's slice about a guarded registry, put together of its parts: who, and what else each of them says. */
import type { PullRules } from "./pull-model.ts";
import { pullSettings } from "./pull-policy.ts";
import type { PushPolicy } from "./push-model.ts";
import { pushSettings } from "./push-policy.ts";

declare module "../../../core/policy.ts" {
  interface PolicySlices {
    readonly registry: PullRules & PushPolicy;
  }
}

export const guardedRegistrySettings = {
  ...pullSettings,
  ...pushSettings,
};

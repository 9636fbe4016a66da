/** The policy's slice about a guarded registry, put together of its parts: who, and what else each of them says. */
import type { AccessRules } from "./access-model.ts";
import { accessSettings } from "./access-policy.ts";
import type { PullRules } from "./pull-model.ts";
import { pullSettings } from "./pull-policy.ts";
import type { PushPolicy } from "./push-model.ts";
import { pushSettings } from "./push-policy.ts";
import type { UpstreamRules } from "./upstream-model.ts";
import { upstreamSettings } from "./upstream-policy.ts";

declare module "../../../core/policy.ts" {
  interface PolicySlices {
    readonly registry: AccessRules & PullRules & PushPolicy & UpstreamRules;
  }
}

export const guardedRegistrySettings = {
  ...accessSettings,
  ...pullSettings,
  ...pushSettings,
  ...upstreamSettings,
};

/** The policy's slice about a guarded registry, put together of its parts: who, and what else each of them says. */
import type { UpstreamRules } from "./upstream-model.ts";
import { upstreamSettings } from "./upstream-policy.ts";

declare module "../../../core/policy.ts" {
  interface PolicySlices {
    readonly registry: UpstreamRules;
  }
}

export const guardedRegistrySettings = {
  ...upstreamSettings,
};

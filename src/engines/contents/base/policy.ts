/** The policy's slice about what images may be built on. */
import { fewerOf, setting } from "../../../core/setting.ts";
import { type BaseKind, baseKinds } from "./model.ts";

declare module "../../../core/policy.ts" {
  interface PolicySlices {
    readonly bases: { readonly accept: readonly BaseKind[] };
  }
}

export const baseSettings = {
  "bases.accept": setting<readonly BaseKind[]>({
    form: { kind: "choices", of: baseKinds },
    description: "Kinds of base images that are accepted. Default: all but full. Stricter: fewer.",
    group: "Accepted base images.",
    initial: baseKinds.filter((kind) => kind !== "full"),
    tighten: fewerOf(baseKinds),
  }),
};

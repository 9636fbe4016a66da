/** The policy's slice about where images may come from. */
import { coversRepository } from "../../core/pattern-cover.ts";
import { fewer, setting } from "../../core/setting.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    /** `registry.example.com`, `ghcr.io/acme/*` (see core/glob.ts); empty is anywhere. */
    readonly registries: readonly string[];
  }
}

export const registrySettings = {
  registries: setting<readonly string[]>({
    form: { kind: "texts" },
    description:
      "Where images may come from: registry.example.com, ghcr.io/acme/*. Default: none listed, which is anywhere. Stricter: a list where there was none, or fewer entries.",
    initial: [],
    tighten: fewer(coversRepository),
  }),
};

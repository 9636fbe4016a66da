/** The policy's slice about images that are built anew. */
import { days, less, setting } from "../../core/setting.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly rebuild: {
      /** Days after its creation on which an image still counts as freshly built. */
      readonly maxAgeDays: number;
    };
  }
}

export const rebuildSettings = {
  "rebuild.maxAgeDays": setting<number>({
    form: days,
    description: "Days after which an image must be rebuilt. Default: 7. Stricter: less.",
    initial: 7,
    tighten: less,
  }),
};

/** The policy's slice about a cluster's Secrets. */
import { days, either, setting } from "../../core/setting.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly rotation: {
      readonly secrets: {
        /** Days after which the data of a cluster's Secret must have changed. Absent: its age is not judged. */
        readonly maxAgeDays?: number;
      };
    };
  }
}

export const rotationSettings = {
  "rotation.secrets.maxAgeDays": setting<number | undefined>({
    form: days,
    description:
      "Days after which the data of a cluster's Secret must have changed. Default: none stated, and their age is not judged. Stricter: a number where there was none, or less.",
    group: "How often secrets must be replaced.",
    initial: undefined,
    tighten: either((wanted, current) => wanted !== undefined && (current === undefined || wanted < current)),
  }),
};

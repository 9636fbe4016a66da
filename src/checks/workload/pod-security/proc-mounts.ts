import { containersOf } from "../../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "../kubernetes/workload-check.ts";
import type { ReviewedPod } from "./pod-security-check.ts";

/** Every `procMount` that is stated and not Default. */
export function* procMounts({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    const type = placed.container.securityContext?.procMount;
    if (type === undefined || type === "Default") continue;
    const path = [...placed.path, "securityContext", "procMount"];
    yield {
      container: placed,
      path,
      subject: "securityContext.procMount",
      title: `${titleOf(placed)} mounts /proc as ${type}`,
      fix: { text: "remove securityContext.procMount", patches: [{ path, op: "remove" }] },
    };
  }
}

import { containersOf, type PodSpec } from "../../../engines/kubernetes/model.ts";
import { BASELINE_CAPABILITIES } from "./capabilities.ts";

/**
 * Whether the pod shows by other means that it works on its node: it may then need what is found, and nothing is changed
 * without somebody who knows it.
 */
export function usesHost(pod: PodSpec): boolean {
  return (
    pod.volumes.some(({ hostPath }) => hostPath !== undefined) ||
    containersOf(pod).some(
      ({ container }) =>
        container.volumeDevices.length > 0 ||
        container.securityContext?.capabilities?.add.some((name) => !BASELINE_CAPABILITIES.has(name)),
    )
  );
}

import { valueAt } from "../../core/untyped.ts";
import type { AdmissionRequest } from "../../engines/admission/model.ts";

/**
 * Whether it is the image in the API of a pod that a kubelet runs from its own files (a static pod). It runs whatever is
 * answered: a refusal would only hide it. The annotation alone says nothing, for anybody can write it; kubelets alone are of
 * the group (Kubernetes documentation, "Create static Pods", "Using Node Authorization").
 */
export function isMirrorPod({ kind, user, object }: Pick<AdmissionRequest, "kind" | "user" | "object">): boolean {
  if (kind.group !== "" || kind.kind !== "Pod") return false;
  if (!user.groups.includes("system:nodes") || !user.username.startsWith("system:node:")) return false;
  const node = user.username.slice("system:node:".length);
  return (
    typeof valueAt(object, ["metadata", "annotations", "kubernetes.io/config.mirror"]) === "string" &&
    valueAt(object, ["spec", "nodeName"]) === node
  );
}

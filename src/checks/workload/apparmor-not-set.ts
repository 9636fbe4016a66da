import { containersOf } from "../../engines/kubernetes/model.ts";
import { titleOf, workloadCheck } from "./kubernetes/workload-check.ts";

const ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

/** Containers that name no AppArmor profile (Kubernetes, "Restrict a Container's Access to Resources with AppArmor"). */
export const apparmorNotSet = workloadCheck({
  name: "apparmor-not-set",
  title: "AppArmor profile not set",
  severity: "negligible",
  documentation: {
    what: "Checks `appArmorProfile` of the pod and of every container, and at the annotation that was used before 1.30. Where none is stated the engine uses its default on nodes that have AppArmor, so this tells and does not blame; a pod that states SELinux options is not meant, nor is Windows. Privileged containers are reported too, although no profile confines them. `Unconfined` is reported of Pod Security.",
    why: "What is not stated depends on the node: one without AppArmor starts the container all the same.",
    fix: "Set `appArmorProfile: { type: RuntimeDefault }`: a node that has no AppArmor then refuses the pod, so it is no patch for every cluster.",
    references: ["https://kubernetes.io/docs/tutorials/security/apparmor/"],
  },
  needs: { workload: "complete" },
  *detect({ workload: { pod, podMetadata } }) {
    if (pod.os?.name === "windows" || pod.securityContext?.appArmorProfile?.type !== undefined) return;
    if (pod.securityContext?.seLinuxOptions !== undefined) return;
    for (const placed of containersOf(pod)) {
      const { name, securityContext } = placed.container;
      if (securityContext?.appArmorProfile?.type !== undefined) continue;
      if (securityContext?.seLinuxOptions !== undefined) continue;
      if (Object.hasOwn(podMetadata.annotations, ANNOTATION + name)) continue;
      yield {
        container: placed,
        path: [...placed.path, "securityContext", "appArmorProfile"],
        subject: "securityContext.appArmorProfile",
        title: `${titleOf(placed)} sets no AppArmor profile`,
        fix: "set securityContext.appArmorProfile.type: RuntimeDefault where all nodes have AppArmor",
      };
    }
  },
});

import { containersOf } from "../../engines/kubernetes/model.ts";
import { titleOf, workloadCheck } from "./kubernetes/workload-check.ts";

/** Below it are the accounts of distributions and of the node's services. */
const FIRST_OF_ITS_OWN = 10_000;

/** User and group ids that the node may have too. */
export const lowUserId = workloadCheck({
  name: "low-user-id",
  title: "User or group IDs below 10000",
  severity: "negligible",
  documentation: {
    what: "Checks `runAsUser`, `runAsGroup`, `fsGroup` and `supplementalGroups` as stated by the pod and its containers: ids from 1 to 9999 are negligible, group 0 is low. User 0 is reported of Pod Security. Pods with a user namespace (`hostUsers: false`) are not meant.",
    why: "Ids of a container are the node's ids: a process that gets out, and one that reads a shared volume, has the rights of the node's account of that number. Files of images often let group 0 write.",
    fix: "Use an id from 10000 on, another one for each workload, and build the image for it.",
    references: ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"],
  },
  needs: { workload: "partial" },
  *detect({ workload: { pod } }) {
    if (pod.hostUsers === false || pod.os?.name === "windows") return;
    for (const [field, ids] of [
      ["runAsUser", [pod.securityContext?.runAsUser]],
      ["runAsGroup", [pod.securityContext?.runAsGroup]],
      ["fsGroup", [pod.securityContext?.fsGroup]],
      ["supplementalGroups", pod.securityContext?.supplementalGroups ?? []],
    ] as const) {
      const id = ids.find((one) => isLow(field, one));
      if (id === undefined) continue;
      yield {
        path: ["securityContext", field],
        subject: `securityContext.${field} ${ids.filter((one) => isLow(field, one)).join(",")}`,
        ...said("The pod", field, id),
      };
    }
    for (const placed of containersOf(pod)) {
      for (const field of ["runAsUser", "runAsGroup"] as const) {
        const id = placed.container.securityContext?.[field];
        if (id === undefined || !isLow(field, id)) continue;
        yield {
          container: placed,
          path: [...placed.path, "securityContext", field],
          subject: `securityContext.${field} ${id}`,
          ...said(titleOf(placed), field, id),
        };
      }
    }
  },
});

function isLow(field: string, id: number | undefined): id is number {
  return id !== undefined && id < FIRST_OF_ITS_OWN && !(field === "runAsUser" && id === 0);
}

function said(who: string, field: string, id: number) {
  const group = field !== "runAsUser";
  return {
    ...(group && id === 0 ? { severity: "low" as const } : {}),
    title:
      group && id === 0
        ? `${who} has ${field} 0, which can write to much of an image`
        : `${who} has ${field} ${id}, which an account of the node may have`,
    fix: `set ${field} to an ID of 10000 or above that the image is built for`,
    evidence: { [field]: String(id) },
  };
}

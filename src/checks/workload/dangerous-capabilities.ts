import { containersOf } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { capabilityName, escapes } from "./hardening/escapes.ts";
import { titleOf, workloadCheck } from "./kubernetes/workload-check.ts";

/** Capabilities that lead out of a container (capabilities(7)). */
export const dangerousCapabilities = workloadCheck({
  name: "dangerous-capabilities",
  title: "Dangerous capabilities",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks `capabilities.add` of every container, and at `cap_add` of every service of a Compose file, with or without `CAP_`, and says of each capability what it allows: critical where it alone is as good as root on the node (`SYS_ADMIN`, `SYS_MODULE`, `SYS_RAWIO`, `ALL`), high and medium where it takes one more step. A privileged container has all of them anyway.",
    why: "A capability is a part of root's power over the kernel, and the kernel is the node's. Most of what breaks out of containers begins with one that was added.",
    fix: "Drop `ALL`, and add back the ones that the program cannot do without; few need more than `NET_BIND_SERVICE`. What needs more belongs on nodes, and into a namespace, of its own. Whether a program can do without one no manifest tells, so no patch is offered.",
    references: [
      "https://man7.org/linux/man-pages/man7/capabilities.7.html",
      "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-capabilities-for-a-container",
    ],
  },
  needs: { workload: "partial" },
  origins: ["kubernetes", "compose"],
  *detect({ workload }) {
    for (const placed of containersOf(workload.pod)) {
      const { container, path } = placed;
      for (const [index, written] of (container.securityContext?.capabilities?.add ?? []).entries()) {
        const name = capabilityName(written);
        const known = escapes.get(name);
        if (known === undefined) continue;
        yield {
          container: placed,
          path: [...path, "securityContext", "capabilities", "add", index],
          subject: `capability ${name}`,
          severity: known.severity,
          title: `${titleOf(placed)} has ${name}: ${known.allows}`,
          fix: `remove ${clip(written)} from capabilities.add and test the program`,
          evidence: { capability: name, allows: known.allows },
        };
      }
    }
  },
});

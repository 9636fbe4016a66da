import type { Detection } from "./kubernetes/workload-check.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Commands beside the service's own, with rights of their own (the Compose specification, `post_start`, `pre_stop`). */
export const hookPrivileges = workloadCheck({
  name: "hook-privileges",
  title: "Lifecycle hooks with additional privileges",
  severity: "critical",
  controls: [4],
  documentation: {
    what: "Checks `post_start` and `pre_stop` of the services of a Compose file for `privileged: true` and for root as their `user`. Severity: critical for a privileged hook, medium for one that runs as root.",
    why: "A hook runs in the container with its own user and privileges, whatever the service is confined to: an attacker who controls a file that it runs owns the host.",
    fix: "Remove `privileged` and `user` from the hook, and set ownership of volumes and files in the image.",
    references: ["https://docs.docker.com/compose/how-tos/lifecycle/"],
  },
  needs: { workload: "partial" },
  origins: ["compose"],
  *detect({ workload: { compose } }): Generator<Detection> {
    for (const { on, index, user, privileged } of compose?.hooks ?? []) {
      const root = user !== undefined && isRoot(user);
      if (privileged !== true && !root) continue;
      yield {
        from: "object",
        path: [on, index],
        subject: `${on}[${index}]`,
        severity: privileged === true ? "critical" : "medium",
        title: privileged === true ? `A ${on} hook is privileged` : `A ${on} hook runs as root`,
        fix: privileged === true ? "remove privileged from the hook" : "remove user from the hook",
      };
    }
  },
});

/** As the runtime takes a user: `00` and `+0:5` are root too. */
function isRoot(user: string): boolean {
  return /^(?:root|[-+]?0{1,15})(?::|$)/.test(user);
}

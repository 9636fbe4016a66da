import { containersOf } from "../../engines/kubernetes/model.ts";
import { gradedByRights } from "./hardening/rights-gained.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { exceptWindows, podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/** Fields: `containers[*].securityContext.allowPrivilegeEscalation`. Required: false. */
export const allowPrivilegeEscalation = podSecurityCheck({
  name: "allow-privilege-escalation",
  level: "restricted",
  title: "Privilege escalation not disabled",
  severity: "medium",
  documentation: {
    what: "Checks whether a container does not say `allowPrivilegeEscalation: false`.",
    why: "A setuid program in the image makes root of any user. With `false` the kernel gives nothing more to a process than it began with (no_new_privs).",
    fix: "Set `allowPrivilegeEscalation: false` for each container.",
    references: ["https://docs.kernel.org/userspace-api/no_new_privs.html"],
  },
  rules: [
    { since: 8, violations },
    { since: 25, violations: exceptWindows(violations) },
  ],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    const context = placed.container.securityContext;
    if (context?.allowPrivilegeEscalation === false) continue;
    const path = [...placed.path, "securityContext", "allowPrivilegeEscalation"];
    // The API server refuses false beside either of these.
    const refused =
      context?.privileged === true || context?.capabilities?.add.some((name) => /^(CAP_)?SYS_ADMIN$/.test(name));
    yield {
      container: placed,
      path,
      subject: "securityContext.allowPrivilegeEscalation",
      title:
        context?.allowPrivilegeEscalation === true
          ? `${titleOf(placed)} sets allowPrivilegeEscalation: true`
          : `${titleOf(placed)} does not set allowPrivilegeEscalation: false`,
      fix: {
        text: "set allowPrivilegeEscalation: false",
        patches: refused ? [] : [{ path, op: "set", value: false }],
        graded: gradedByRights(placed.container),
      },
    };
  }
}

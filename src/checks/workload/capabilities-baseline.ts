import { containersOf } from "../../engines/kubernetes/model.ts";
import { type Detection, titleOf } from "./kubernetes/workload-check.ts";
import { BASELINE_CAPABILITIES } from "./pod-security/capabilities.ts";
import { podSecurityCheck, type ReviewedPod } from "./pod-security/pod-security-check.ts";

/** Fields: `containers[*].securityContext.capabilities.add`. Allowed: what runtimes grant anyway; case and prefix count. */
export const capabilitiesBaseline = podSecurityCheck({
  name: "capabilities-baseline",
  level: "baseline",
  title: "Added capabilities beyond the baseline set",
  severity: "high",
  controls: [4],
  origins: ["kubernetes", "compose"],
  documentation: {
    what: "Checks whether a container adds a capability that a runtime does not grant by itself, or writes one in a way that Kubernetes does not know (`CAP_CHOWN`, `chown`).",
    why: "Each of them is a part of root's power over the whole kernel: to mount, to trace other processes, to load modules, to change routes.",
    fix: "Leave the capability out of `capabilities.add`.",
    references: ["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
  },
  rules: [{ since: 0, violations }],
});

function* violations({ pod }: ReviewedPod): Generator<Detection> {
  for (const placed of containersOf(pod)) {
    const add = placed.container.securityContext?.capabilities?.add ?? [];
    const beyond = add.filter((name) => !BASELINE_CAPABILITIES.has(name));
    if (beyond.length === 0) continue;
    yield {
      container: placed,
      path: [...placed.path, "securityContext", "capabilities", "add"],
      subject: `securityContext.capabilities.add ${beyond.toSorted().join(",")}`,
      title: `${titleOf(placed)} adds ${beyond.join(", ")}`,
      fix: `remove ${beyond.join(", ")} from capabilities.add`,
    };
  }
}

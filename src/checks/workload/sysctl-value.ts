import { clip } from "../findings/one-line.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** What no setting of the kernel has in its value, and what an engine may take for the beginning of another one. */
const ANOTHER = /[+=|;&]|\p{Cc}(?<!\t)/u;

/** Values of sysctls that set another sysctl of the node (CVE-2022-0811). */
export const sysctlValue = workloadCheck({
  name: "sysctl-value",
  title: "Sysctl values that set another sysctl",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks names and values of a pod's `securityContext.sysctls` for what separates one setting from the next: `+`, `=`, `|` and line breaks. The name may be one that Kubernetes counts as safe. Which settings those are `workload/sysctls` reports.",
    why: "CRI-O before 1.19.6, 1.20.7, 1.21.6, 1.22.3 and 1.23.2 hands the value on as it stands: `1+kernel.core_pattern=|/path` sets what the node's kernel runs when a program crashes, as root and outside of every container (CVE-2022-0811).",
    fix: "Write the value that the setting takes, or leave the setting out. Update CRI-O.",
    references: [
      "https://nvd.nist.gov/vuln/detail/CVE-2022-0811",
      "https://github.com/cri-o/cri-o/security/advisories/GHSA-6x2m-w449-qwx7",
    ],
  },
  needs: { workload: "partial" },
  *detect({ workload: { pod } }) {
    for (const [index, { name, value }] of (pod.securityContext?.sysctls ?? []).entries()) {
      if (!ANOTHER.test(name) && !ANOTHER.test(value ?? "")) continue;
      yield {
        path: ["securityContext", "sysctls", index],
        subject: `sysctl ${clip(name)}=${clip(value ?? "")}`,
        title: `Sysctl ${clip(name)} has a value that sets another sysctl: ${clip(value ?? "")}`,
        fix: "set a value that the sysctl accepts, or remove the sysctl",
      };
    }
  },
});

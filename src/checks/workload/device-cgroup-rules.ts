import { clip } from "../findings/one-line.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Devices that a service may open once it has a node for them (Linux, control groups v1, "devices"). */
export const deviceCgroupRules = workloadCheck({
  name: "device-cgroup-rules",
  title: "Host devices allowed by device_cgroup_rules",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks `device_cgroup_rules` of the services of a Compose file. Not reported: character devices that are named by both numbers. Severity: high for all devices and for block devices, medium for a range of character devices.",
    why: "With the default capability MKNOD an attacker in the container makes a node for the host's disk, and reads and writes it past every permission.",
    fix: "Remove the rule, and name the one device that is needed under `devices`.",
    references: ["https://docs.docker.com/reference/compose-file/services/#device_cgroup_rules"],
  },
  needs: { workload: "partial" },
  origins: ["compose"],
  *detect({ workload: { compose } }) {
    for (const rule of new Set(compose?.deviceCgroupRules)) {
      const [type = "", numbers = ""] = rule.trim().split(/\s+/);
      const disks = type === "a" || type === "b";
      if (!disks && !numbers.includes("*")) continue;
      yield {
        from: "object",
        path: ["device_cgroup_rules"],
        subject: `device_cgroup_rules ${clip(rule)}`,
        severity: disks ? "high" : "medium",
        title: `Rule ${clip(rule)} allows the service to open ${type === "a" ? "every device" : disks ? "disks" : "character devices"} of the host`,
        fix: "remove the rule; list the device under devices",
      };
    }
  },
});

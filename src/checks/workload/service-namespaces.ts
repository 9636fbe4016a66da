import { workloadCheck } from "./kubernetes/workload-check.ts";

const SHARED = {
  uts: "the host's UTS namespace",
  cgroup: "the host's cgroup namespace",
  usernsMode: "the host's user namespace",
} as const;

const FIELDS = { uts: "uts", cgroup: "cgroup", usernsMode: "userns_mode" } as const;

/** Namespaces of the host that a pod has no field for (the Compose specification, `uts`, `cgroup`, `userns_mode`). */
export const serviceNamespaces = workloadCheck({
  name: "service-namespaces",
  title: "Host namespaces shared with a Compose service",
  severity: "medium",
  controls: [4],
  documentation: {
    what: "Checks `uts`, `cgroup` and `userns_mode` of the services of a Compose file for `host`. Not reported: `network_mode`, `pid` and `ipc`, which `workload/host-namespaces` reports.",
    why: "An attacker in the container sees or changes what belongs to the host, and is closer to it by one boundary.",
    fix: "Remove the field.",
    references: ["https://docs.docker.com/reference/compose-file/services/"],
  },
  needs: { workload: "partial" },
  origins: ["compose"],
  *detect({ workload: { compose } }) {
    for (const [name, shared] of Object.entries(SHARED) as [keyof typeof SHARED, string][]) {
      if (compose?.[name] !== "host") continue;
      const field = FIELDS[name];
      yield {
        from: "object",
        path: [field],
        subject: field,
        title: `${field}: host shares ${shared}`,
        fix: `remove ${field}`,
      };
    }
  },
});

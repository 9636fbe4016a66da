import { workloadCheck } from "./kubernetes/workload-check.ts";

const GIVES = {
  uts: "the host's name, which it can change with one capability more",
  cgroup: "the host's tree of control groups",
  usernsMode: "no user namespace, where the engine gives one to all others",
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
  needs: { workload: "witness" },
  origins: ["compose"],
  *spot({ workload: { compose } }) {
    for (const [name, gives] of Object.entries(GIVES) as [keyof typeof GIVES, string][]) {
      if (compose?.[name] !== "host") continue;
      const field = FIELDS[name];
      yield {
        from: "object",
        path: [field],
        subject: field,
        title: `${field}: host gives the service ${gives}`,
        fix: `remove ${field}`,
      };
    }
  },
});

import { clip } from "../findings/one-line.ts";
import type { Detection } from "./kubernetes/workload-check.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** What a build may do to the machine that builds (the Compose specification, `build`). */
export const buildPrivileges = workloadCheck({
  name: "build-privileges",
  title: "Unconfined image builds in Compose files",
  severity: "high",
  controls: [4],
  documentation: {
    what: "Checks `build` of the services of a Compose file for `privileged: true`, for `network: host`, and for the entitlements `security.insecure` and `network.host`. Severity: high for what lifts the build's confinement, medium for the host's network.",
    why: "An attacker who changes the Dockerfile, or a package that it installs, reaches the host that builds and its local services.",
    fix: "Remove the field; where a build step needs the host, run it outside of the build.",
    references: ["https://docs.docker.com/reference/compose-file/build/"],
  },
  needs: { workload: "partial" },
  origins: ["compose"],
  *detect({ workload: { compose } }): Generator<Detection> {
    const build = compose?.build;
    if (build === undefined) return;
    if (build.privileged === true) yield told("privileged", "build.privileged", "The build is privileged", "high");
    if (build.network === "host") yield told("network", "build.network", "The build uses the host's network", "medium");
    for (const entitlement of new Set(build.entitlements)) {
      const [name = ""] = entitlement.split("=", 1);
      if (name !== "security.insecure" && name !== "network.host") continue;
      const severity = name === "security.insecure" ? "high" : "medium";
      yield told("entitlements", `build.entitlements ${name}`, `The build is granted ${clip(name)}`, severity);
    }
  },
});

function told(field: string, subject: string, title: string, severity: "high" | "medium"): Detection {
  return { from: "object", path: ["build", field], subject, title, severity, fix: `remove build.${field}` };
}

import { containersOf } from "../../engines/kubernetes/model.ts";
import { secretAsFile } from "./kubernetes/secret-as-file.ts";
import { workloadCheck } from "./kubernetes/workload-check.ts";

/** Secrets by environment variables (Kubernetes documentation, "Good practices for Kubernetes Secrets"). */
export const secretInEnvironment = workloadCheck({
  name: "secret-in-environment",
  title: "Secrets passed as environment variables",
  severity: "low",
  documentation: {
    what: "Checks for containers that take a Secret's keys into their environment, by `secretKeyRef` or by `envFrom`, where a volume would do.",
    why: "The environment goes to every child process, into crash reports and debug pages, and can be read under /proc by anyone who may look at the process. It stays what it was when the container started: a Secret that is exchanged needs a restart, a mounted one does not.",
    fix: "Mount the Secret as a volume and let the program read the file; many take a variable with `_FILE` behind the name, and of some images that is known: `workload fix --unsafe` does it for those.",
    references: [
      "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
      "https://kubernetes.io/docs/tasks/inject-data-application/distribute-credentials-secure/",
    ],
  },
  needs: { workload: "partial" },
  *detect({ workload }) {
    const taken = new Set<string>();
    for (const placed of containersOf(workload.pod)) {
      const { env, envFrom } = placed.container;
      for (const [index, { name, secretKeyRef }] of env.entries()) {
        if (secretKeyRef === undefined) continue;
        yield {
          container: placed,
          subject: `env ${name} of Secret ${secretKeyRef.name}`,
          title: `Environment variable ${name} holds a key of Secret ${secretKeyRef.name}`,
          path: [...placed.path, "env", index],
          fix:
            secretAsFile(workload, placed, index, secretKeyRef, taken) ??
            "mount the Secret as a file and have the program read it",
        };
      }
      for (const [index, { secretRef }] of envFrom.entries()) {
        if (secretRef === undefined) continue;
        yield {
          container: placed,
          subject: `envFrom ${secretRef}`,
          title: `envFrom passes every key of Secret ${secretRef} as an environment variable`,
          path: [...placed.path, "envFrom", index],
          fix: "mount the Secret as files and have the program read them",
        };
      }
    }
  },
});

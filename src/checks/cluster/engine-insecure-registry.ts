import { clip } from "../findings/one-line.ts";
import { engineCheck } from "./engine/engine-check.ts";

/** Registries that an engine believes without a certificate. */
export const engineInsecureRegistry = engineCheck({
  name: "engine-insecure-registry",
  title: "Insecure registries of an engine",
  severity: "high",
  withoutControl: "the ten ask nothing of where an engine pulls from",
  documentation: {
    what: "Checks which registries a container engine takes images from without TLS or without looking at the certificate: `insecure-registries` of docker as the engine tells it, `insecure = true` in registries.conf of podman. The machine itself (127.0.0.0/8, ::1, localhost) does not count. CIS Docker 2.5.",
    why: "Anyone on the way to such a registry can answer in its place, and what they answer runs. A password for it is sent to them too.",
    fix: "Give the registry a certificate and put its CA in /etc/docker/certs.d or /etc/containers/certs.d, then take the entry away.",
    references: ["https://docs.docker.com/reference/cli/dockerd/#insecure-registries"],
  },
  needs: { registries: "partial" },
  *detect({ registries }) {
    for (const { name, from } of registries) {
      yield {
        subject: `registry ${name}`,
        title: `${clip(name)} is believed without a certificate`,
        fix: "give the registry a certificate, install its CA, and remove the entry",
        field: "insecure-registries",
        evidence: { registry: name, from },
      };
    }
  },
});

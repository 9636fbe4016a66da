import { clip } from "../findings/one-line.ts";
import type { RegistryProbeCheck } from "../subjects/registry.ts";
import { WITHOUT_CONTROL } from "./server/server-check.ts";

/** A registry that answers without TLS, or with a certificate that no client takes. */
export const plainHttp: RegistryProbeCheck<"transport"> = {
  id: "registry/plain-http",
  title: "Registries without valid TLS",
  layer: "registry",
  category: "configuration",
  controls: [],
  withoutControl: WITHOUT_CONTROL,
  severity: "high",
  documentation: {
    what: "Checks with a live probe, only with `--probe-registry`: requests `/v2/` over plain HTTP and over TLS, trusting the system's authorities and those of `--ca-file`. Not reported: plain HTTP that only redirects to https.",
    why: "Passwords and tokens go over the network in plaintext, or to whoever answers in the registry's place.",
    fix: "Serve the registry with a certificate that its clients trust, and nothing but a redirect over plain HTTP.",
    references: ["https://distribution.github.io/distribution/about/insecure/"],
  },
  subject: "registry-probe",
  needs: { transport: "partial" },
  *evaluate({ transport: { registry, plain, tls } }) {
    const locations = [{ kind: "config", field: `/v2/ of ${clip(registry)}` }] as const;
    const matches = { ids: ["registry/plain-http"] };
    if (plain === "served") {
      yield {
        subject: "plain HTTP",
        severity: "high",
        title: `${clip(registry)} answers over plain HTTP`,
        locations,
        matches,
        fix: { kind: "instruction", text: "redirect plain HTTP to https, or close its port" },
        evidence: { registry: clip(registry) },
      };
    }
    if (tls.kind === "invalid") {
      yield {
        subject: "certificate",
        severity: "high",
        title: `${clip(registry)} shows a certificate that clients do not accept`,
        locations,
        matches,
        fix: {
          kind: "instruction",
          text: "renew the certificate, or have it signed by an authority that clients trust",
        },
        evidence: { registry: clip(registry), cause: clip(tls.cause) },
      };
    }
  },
};

/** A trace of every link, each state among them. */
import type { LinkView, TraceView } from "./trace-view.ts";

const digest = (character: string) => `sha256:${character.repeat(64)}`;

const fact = (
  text: string,
  evidence: Readonly<Record<string, string>>,
  state: "verified" | "observed" | "claimed" = "observed",
) => ({ text, state, evidence });

const link = (name: string, state: LinkView["state"], more: Partial<LinkView> = {}): LinkView => ({
  name,
  state,
  facts: [],
  breaks: [],
  gaps: [],
  ...more,
});

const broken = {
  reason: "Pod shop/api was admitted although registry/unsigned-image fails: the policy only records it",
  evidence: {
    found: "it is not signed",
    place: "bulkhead.yaml:9",
    at: "2026-11-27T10:00:00.000Z",
    in: "admission.log",
  },
  fix: "set enforcement.admission to deny",
};

export const sampleTrace: TraceView = {
  tool: { name: "bulkhead", version: "0.1.0" },
  reference: "registry.example.com/shop/api:4.0.0",
  resolved: `registry.example.com/shop/api@${digest("9")}`,
  resolvedAt: "2026-11-27T10:00:00.000Z",
  rules: "trusted: bulkhead.yaml",
  links: [
    link("image", "observed", {
      facts: [fact(digest("9"), { reference: "registry.example.com/shop/api:4.0.0", at: "2026-11-27T10:00:00.000Z" })],
    }),
    link("source", "verified", {
      facts: [
        fact(
          "github.com/shop/api at 0123456789abcdef0123456789abcdef01234567",
          { from: "provenance", by: "release", at: "2026-11-26T09:00:00Z" },
          "verified",
        ),
      ],
    }),
    link("build", "verified", {
      facts: [
        fact(
          "by https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v4, SLSA level 2",
          { by: "release", trigger: "push" },
          "verified",
        ),
      ],
      requiredBy: "trust.images[0] (bulkhead.yaml:31)",
    }),
    link("base", "observed", {
      facts: [fact("registry.example.com/base/debian:13", { by: "annotation", built: "2026-11-26T09:00:00Z" })],
    }),
    link("sbom", "verified", { facts: [fact("CycloneDX with 96 components", { by: "release" }, "verified")] }),
    link("vulnerabilities", "verified", {
      facts: [fact("scanned by pkg:generic/bulkhead: none found", { age: "less than a day" }, "verified")],
    }),
    link("secrets", "observed", { facts: [fact("no secrets found", { scanned: "2026-11-27" })] }),
    link("signatures", "verified", { facts: [fact("signed by release", { by: "release" }, "verified")] }),
    link("push", "observed", {
      facts: [fact("pushed by github:shop/api as 4.0.0 at 2026-11-26T09:01:00Z", { verdict: "permitted" })],
    }),
    link("admission", "broken", {
      facts: [fact("Pod shop/api admitted at 2026-11-27T10:00:00.000Z", { user: "alice" })],
      breaks: [broken],
    }),
    link("runs", "observed", { facts: [fact("prod by digest", { pods: "2", since: "2026-11-27T10:00:02Z" })] }),
    link("reach", "claimed", { facts: [fact("shop/api from the internet", { ports: "TCP 8080" }, "claimed")] }),
    link("behavior", "unknown", {
      gaps: [{ code: "trace.detector-log", reason: "nothing of a detector was read", remedy: "add --alerts FILE" }],
    }),
    link("loaded", "none"),
  ],
  firstBroken: { link: "admission", broken },
  unknown: ["behavior"],
  exitCode: 1,
  notes: ["the trusted root is 97 days old"],
};

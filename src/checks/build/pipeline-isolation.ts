import { acrossCheck } from "./pipelines/across/across-check.ts";
import { nameOf } from "./pipelines/across/attacks.ts";
import { isolationsOf } from "./pipelines/across/isolation.ts";

/** What keeps a pipeline that publishes from SLSA's Build L2 and L3, step by step. */
export const pipelineIsolation = acrossCheck({
  name: "pipeline-isolation",
  title: "Published builds below SLSA Build L2 or L3",
  severity: "medium",
  controls: [],
  documentation: {
    what: "Checks jobs of GitHub's workflows that publish, with the jobs that they need and the local workflows and actions that these are made of, for what SLSA's Build L2 asks (a hosted machine, provenance that the platform signs: actions/attest-build-provenance, actions/attest, npm's `--provenance`, slsa-github-generator, `bulkhead attest --type slsa` and `cosign attest --type slsaprovenance` without a key) and Build L3 besides (provenance made in a reusable workflow, no cache of other runs, no signing key beside build steps, no code of outsiders). It passes where nothing of this is missing; that what was published has the level, its provenance shows (build/provenance-level). Not evaluated: GitLab, and labels of runners that an expression computes. Severity: medium below L2, low below L3.",
    why: "Without provenance nobody can tell a build of yours from one that somebody made with a stolen token; beside build steps, a dependency that runs during the build can have anything signed.",
    fix: "Build on hosted runners, and build and attest in one reusable workflow that has `id-token: write` and `attestations: write`; restore no cache there, and hand it no secrets.",
    references: [
      "https://slsa.dev/spec/v1.2/build-requirements",
      "https://docs.github.com/en/actions/how-tos/secure-your-work/use-artifact-attestations/increase-security-rating",
    ],
  },
  *detect(runs) {
    for (const { running, by, steps } of isolationsOf(runs)) {
      const [first] = steps;
      if (first === undefined) continue;
      const { level } = first;
      yield {
        subject: nameOf(running),
        title: `${by} in ${nameOf(running)} stays below SLSA Build L${level}: ${first.lacks}`,
        place: first.place,
        related: steps.slice(1).map(({ place }) => place),
        severity: level === 2 ? "medium" : "low",
        confidence: "high",
        detail: steps.map((step, at) => `${at + 1}. L${step.level}: ${step.lacks}: ${step.fix}`).join(". "),
        fix: first.fix,
        evidence: { level: level === 2 ? "at most L1" : "at most L2", missing: String(steps.length) },
      };
    }
  },
});

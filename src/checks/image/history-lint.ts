import type { FindingDraft } from "../../core/finding.ts";
import type { LayerReference } from "../../core/location.ts";
import type { RatedSeverity } from "../../core/severity.ts";
import type { LintCheck, LintFacts, LintParameters } from "../build/dockerfile/lint-check.ts";
import { historyChecks } from "../knowledge/history-checks.ts";
import type { ImageCheck } from "../subjects/image.ts";

/** A history says nothing of `ADD --checksum`: it may have been held to one. */
const SEVERITIES: ReadonlyMap<string, RatedSeverity> = new Map([["build/add-url", "low"]]);

/** Those that need no more than there is. */
function isJudged({ needs }: (typeof historyChecks)[number]): boolean {
  return Object.keys(needs).every((need) => need === "dockerfile" || need === "commands");
}

/** What an image's history says of how it was built (OCI image specification, config.md, `history`). */
export const historyLint: ImageCheck<"history" | "commands" | "layers"> = {
  id: "image/history-lint",
  title: "Insecure build steps in the image history",
  layer: "image",
  category: "configuration",
  controls: [],
  withoutControl:
    "it repeats checks over Dockerfiles; secrets in an image's history are image/embedded-secret, which speaks to control 3",
  severity: "varies",
  documentation: {
    what: `Reads the steps that the image's configuration keeps of its build, as Docker, BuildKit and Buildah write them, and judges those of the application's layers by the checks over Dockerfiles: ${historyChecks.map(({ id }) => `\`${id}\``).join(", ")}. A finding names the step and the check, and an exception may name either. Steps that only name a script, as those with a heredoc do, and those of other builders are not judged.`,
    why: "Anyone who runs an image seldom has its Dockerfile. What was downloaded without a check, installed without signatures, or handed over as a build argument is in the image all the same.",
    fix: "As the check that is named says (`bulkhead explain build/curl-pipe-shell`), in the Dockerfile that the image is built from.",
    references: ["https://github.com/opencontainers/image-spec/blob/main/config.md"],
  },
  subject: "image",
  needs: { history: "partial", commands: "partial", layers: "partial" },
  looked: ({ history: { steps, total } }) => ({ steps: `${steps.length} of ${total} read` }),
  *evaluate({ history: { dockerfile, steps }, commands, layers }, now) {
    const facts = { dockerfile, commands } as LintFacts & LintParameters;
    for (const check of historyChecks.filter(isJudged)) {
      for (const found of (check as unknown as LintCheck).evaluate(facts, now)) {
        const [location] = found.locations;
        const line = location.kind === "file" ? (location.line ?? 1) : 1;
        const step = steps.findLast((one) => one.line <= line)?.step;
        if (step === undefined) continue;
        const layer = layers.find(({ historyIndex }) => historyIndex === step);
        yield draftOf(check.id, found, step, layer);
      }
    }
  },
};

function draftOf(
  check: string,
  { subject, severity, title, detail, fix, evidence }: FindingDraft,
  step: number,
  layer: LayerReference | undefined,
): FindingDraft {
  return {
    subject: `${check}: ${subject.replace(/^stage 0: /, "")}`,
    severity: SEVERITIES.get(check) ?? severity,
    title,
    ...(detail === undefined ? {} : { detail }),
    locations: [{ kind: "config", field: `history[${step}]` }],
    matches: { ids: [check, "image/history-lint"] },
    // An edit would be of the Dockerfile that nobody has.
    ...(fix === undefined ? {} : { fix: { kind: "instruction", text: fix.text } as const }),
    evidence: {
      check,
      "told by": "the history",
      ...(layer === undefined ? {} : { layer: String(layer.index + 1) }),
      ...evidence,
    },
  };
}

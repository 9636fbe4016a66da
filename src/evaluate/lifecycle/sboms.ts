/** SBOMs that pipelines write, and whether something uses each. */
import type { LifecycleFacts } from "../../checks/subjects/lifecycle.ts";
import { compileGlob } from "../../core/glob.ts";
import type { LifecyclePipeline, LifecycleStep } from "../../engines/pipelines/model.ts";
import type { LifecycleInput } from "./input.ts";

export function sbomFacts({ pipelines }: LifecycleInput): LifecycleFacts["sboms"] | undefined {
  const made = pipelines.flatMap((pipeline) =>
    pipeline.steps
      .filter(({ role }) => role === "sbom")
      .map((step) => ({ step, read: isRead(step, pipeline, pipelines) })),
  );
  return made.length === 0 ? undefined : { made };
}

/**
 * Of one whose file is known, that a later command names it, whichever pipeline it is of; of the others, that there is a step of
 * their pipeline that uses an SBOM.
 */
function isRead(step: LifecycleStep, own: LifecyclePipeline, all: readonly LifecyclePipeline[]): boolean {
  if (own.steps.some(({ role }) => role === "sbom-use")) return true;
  const name = step.file?.split("/").at(-1) ?? "";
  // A pattern may take it along: `gh release upload v1 dist/*`.
  if (own.mentions.some(({ text, upload }) => !upload && text.includes("*") && mayFit(text, name))) return true;
  // A name made of variables is compared as it is written.
  if (name.length < 4) return false;
  return all.some((pipeline) =>
    pipeline.mentions.some(
      ({ text, upload, job, index }) =>
        !upload && text.includes(name) && !(pipeline === own && job === step.job && index === step.index),
    ),
  );
}

/** Whatever folder it is in; undecided where the name is not known, or made of variables. */
function mayFit(pattern: string, name: string): boolean {
  return name === "" || name.includes("$") || compileGlob(pattern.split("/").at(-1) ?? "")(name);
}

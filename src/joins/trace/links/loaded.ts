import { counted } from "../../../core/counted.ts";
import { failedChecks } from "../failed.ts";
import type { LinkParts, TraceSources } from "../model.ts";

const DRIFT = "runtime/drift";

/** Which of its packages its containers loaded while they were watched, and what they ran that it does not have. */
export function loaded({ scanned }: TraceSources): LinkParts {
  if ("gap" in scanned) return { facts: [], gaps: [scanned.gap] };
  const { learned, packages, evaluations } = scanned;
  if (learned === undefined) {
    const reason = "nobody looked at what its containers load";
    return { facts: [], gaps: [{ code: "trace.learned", reason, remedy: "add --learned FILE" }] };
  }
  const { name, workloads } = learned;
  if (workloads.length === 0)
    return { facts: [], gaps: [{ code: "trace.loaded", reason: `no workload of ${name} ran this image` }] };
  if (packages === undefined)
    return { facts: [], gaps: [{ code: "trace.loaded", reason: "its packages could not be read" }] };
  const drift = evaluations.filter(({ check }) => check === DRIFT);
  const count = (state: string) => packages.filter((item) => item.loaded?.state === state).length;
  const [was, was_not, unknown] = [count("loaded"), count("not loaded"), count("unknown")];
  const watched = workloads.flatMap((workload) => workload.watched.containers);
  const seconds = workloads.reduce((sum, workload) => sum + workload.watched.seconds, 0);
  const [from] = watched.map((container) => container.from).sort();
  const to = watched
    .map((container) => container.to)
    .sort()
    .at(-1);
  const parts = [`${was_not} not`, ...(unknown === 0 ? [] : [`${unknown} unknown`])];
  return {
    facts: [
      {
        text: `${was} of ${counted(packages.length, "package")} loaded (${parts.join(", ")})`,
        state: "observed",
        evidence: {
          watched: `${(seconds / 3600).toFixed(1)} h, ${counted(watched.length, "container")}`,
          ...(from === undefined ? {} : { from }),
          ...(to === undefined ? {} : { to }),
          in: name,
        },
      },
    ],
    gaps: drift.flatMap(({ gaps }) => gaps),
    breaks: failedChecks(drift, "detection"),
  };
}

import type { FindingDraft } from "../../core/finding.ts";
import type { NodeDetection, NodeDetector } from "../../engines/detectors/model.ts";
import { clip, clipSubject, SENTENCE } from "../findings/one-line.ts";
import type { NodeDetectionCheck } from "../subjects/runtime.ts";

const id = "runtime/node-without-detection";

/** What watches one node, and whether it alerted when it was tried. */
export const nodeWithoutDetection: NodeDetectionCheck = {
  id,
  title: "Nodes without proven runtime detection",
  layer: "runtime",
  category: "configuration",
  controls: [8],
  severity: "high",
  documentation: {
    what: "Checks this machine (`check --node`) for a detector that watches system calls, by processes, their arguments, the host's configuration and the images of containers. Finds a detector without driver, rules or output, one that ignores the events that it loses (medium), and a detector that did not tell of the event that `bulkhead runtime prove` made. That one runs proves nothing: it passes where `--proofs` holds an alert of the last `runtime.proofDays` days, whatever the product is; else it is unknown.",
    why: "A process can have any name, and an agent that is installed and silent is worse than none: nobody looks elsewhere.",
    fix: "Run a detector with rules and an output, then prove it: `bulkhead runtime prove --alerts FILE --record PROOF`, and `bulkhead check --node --proofs PROOF`.",
    references: ["https://falco.org/docs/setup/packages/", "https://tetragon.io/docs/installation/package/"],
  },
  subject: "node",
  needs: { node: "partial" },
  looked: ({ node: { detectors, processes, containers } }) => ({
    detectors: detectors.map(({ product, seen }) => clip(`${product}: ${seen}`)).join(", ") || "none known",
    processes: String(processes),
    containers: String(containers),
  }),
  *evaluate({ node }) {
    yield* silent(node);
    const watching = node.detectors.some(({ rules }) => rules.answer !== "no");
    for (const detector of node.detectors) {
      const { rules, losses } = detector;
      if (rules.answer === "no") {
        const fix = "give it a driver, rules over system calls and an output";
        yield draft(node, detector, "rules", rules.reason, watching ? "medium" : "high", fix);
      } else if (losses.answer === "no") {
        const fix = "have it alert when it loses events: nothing found is otherwise no news";
        yield draft(node, detector, "losses", losses.reason, "medium", fix);
      }
    }
  },
};

function* silent({ host, proof }: NodeDetection): Generator<FindingDraft> {
  if (proof?.kind !== "missed") return;
  const { at, event, looked, nonce } = proof.proof;
  yield {
    subject: "no alert",
    severity: "high",
    title: clip(`No detector told of a test event on ${host}`, SENTENCE),
    detail: clip(`${at}: ${event}; looked for an alert in ${looked.join(", ")}`, SENTENCE),
    locations: [{ kind: "config", field: clip(`proof ${nonce}`) }],
    matches: { ids: [id] },
    fix: {
      kind: "instruction",
      text: "see whether the detector has rules and writes alerts there, then repeat bulkhead runtime prove",
    },
    evidence: { nonce },
  };
}

function draft(
  { host }: NodeDetection,
  { product, seen }: NodeDetector,
  what: string,
  reason: string,
  severity: "high" | "medium",
  fix: string,
): FindingDraft {
  return {
    subject: clipSubject(`${product} ${what}`),
    severity,
    title: clip(`${product} ${reason}`, SENTENCE),
    locations: [{ kind: "config", field: clip(`${seen} on ${host}`) }],
    matches: { ids: [id] },
    fix: { kind: "instruction", text: fix },
    evidence: { detector: clip(seen) },
  };
}

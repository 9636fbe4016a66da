import { clip, clipSubject, SENTENCE } from "../findings/one-line.ts";
import type { DriftCheck, RunFile } from "../subjects/runtime.ts";

/** Programs that containers ran although their image does not hold them. */
export const drift: DriftCheck = {
  id: "runtime/drift",
  title: "Executed programs that are not in the image",
  layer: "runtime",
  category: "detection",
  controls: [],
  withoutControl: "control 8 asks whether runtime detection is in place, and what it finds shows that it is",
  severity: "varies",
  documentation: {
    what: "Compares the programs that a workload's containers ran (`bulkhead runtime learn`) with the files of the image that they ran. Reported: programs written since the container started, run from memory, or at a path that no layer of the image has; programs on volumes. Where events were lost, or containers ran before they were watched, finding nothing is unknown. Severity: high; on a volume low.",
    why: "A container runs what its image was scanned and signed for. A program that came later was scanned by nobody: attackers bring their tools that way.",
    fix: "Find out what wrote the program. What belongs to the workload goes into the image at build time; with `readOnlyRootFilesystem: true` nothing else can be added.",
    references: ["https://attack.mitre.org/techniques/T1105/"],
  },
  subject: "drift",
  needs: { drift: "partial" },
  looked: ({ drift: { executables, image } }) => ({ programs: String(executables), image }),
  *evaluate({ drift: { files, container, image } }) {
    for (const file of files) {
      yield {
        subject: `${clipSubject(file.path)} ${file.place}`,
        severity: file.place === "volume" ? "low" : "high",
        title: clip(`${file.path} was run: ${PLACES[file.place]}`, SENTENCE),
        locations: [{ kind: "object", object: clip(`container ${container}`) }],
        matches: { ids: ["runtime/drift"], path: clip(file.path, SENTENCE).replace(/^\/{1,64}/, "") },
        evidence: { program: clip(file.path, SENTENCE), times: String(file.count), image: clip(image, SENTENCE) },
      };
    }
  },
};

const PLACES: Readonly<Record<RunFile["place"], string>> = {
  written: "written since the container started",
  memory: "from memory, without a file",
  absent: "no layer of the image has it",
  volume: "it lies on a volume",
};

/** Proofs that the caller names: files of them, and directories. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { asProblem, Problem } from "../../../core/problem.ts";
import { bounds as detectorBounds } from "../../../engines/detectors/bounds.ts";
import type { DetectionProof } from "../../../engines/detectors/model.ts";
import { parseProof } from "../../../engines/detectors/proof.ts";
import { bounds } from "../bounds.ts";

/**
 * Of a directory, its files that end in `.json`.
 *
 * @throws Problem `detection.proof` where one that is named cannot be read, or is no proof
 */
export function readProofs(places: readonly string[]): DetectionProof[] {
  const files = places.flatMap((place) => {
    try {
      if (!statSync(place).isDirectory()) return [place];
      const names = readdirSync(place).filter((name) => name.endsWith(".json"));
      if (names.length > bounds.proofFiles) throw broken(place, `more than ${bounds.proofFiles} proofs`);
      return names.sort().map((name) => join(place, name));
    } catch (error) {
      throw asProblem(error, place);
    }
  });
  return files.map((file) => {
    let text: string;
    try {
      const { size } = statSync(file);
      if (size > detectorBounds.proofBytes)
        throw broken(file, `exceeds the limit of ${detectorBounds.proofBytes} bytes`);
      text = readFileSync(file, "utf8");
    } catch (error) {
      throw asProblem(error, file);
    }
    const proof = parseProof(text);
    if (proof === undefined) throw broken(file, "not a proof of `bulkhead runtime prove`");
    return proof;
  });
}

function broken(place: string, cause: string): Problem {
  return new Problem({ kind: "input", code: "detection.proof", place, cause });
}

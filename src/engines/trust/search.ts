/** One search for signatures: what it may cost, and what it could not see. */
import type { Digest } from "../../core/digest.ts";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import type { Descriptor } from "../oci/model.ts";
import type { Repository } from "../oci/referrers/repository.ts";
import { bounds } from "./bounds.ts";

export interface Search {
  readonly gaps: readonly Gap[];
  gap(gap: Gap): void;
  /** Undefined where it failed, which is a gap then. */
  attempt<T>(look: () => Promise<T>): Promise<T | undefined>;
  /** Undefined where the bytes are not what they should be, which is a gap then. */
  read<T>(parse: () => T): T | undefined;
  over(reason: string): void;
  /** False where one more signature is over a bound. */
  admits(layer: Descriptor): boolean;
}

/** Failures behind which no more is asked: a hostile list could have thousands. */
const FAILURES = 20;

/** Gaps that are told one by one. */
const GAPS = 30;

export function startSearch(repository: Repository): Search {
  const gaps: Gap[] = [];
  const known = new Set<string>();
  const counted = new Set<Digest>();
  let [failures, signatures, bytes] = [0, 0, 0];

  function gap(found: Gap): void {
    // What it quotes of a document may be as long as that.
    const clipped = found.reason.length <= 500 ? found : { ...found, reason: `${found.reason.slice(0, 500)}…` };
    const key = JSON.stringify(clipped);
    if (known.has(key) || known.size > GAPS) return;
    known.add(key);
    gaps.push(
      known.size > GAPS ? { code: found.code, reason: `${repository.place}: more failures, not listed` } : clipped,
    );
  }

  const over = (reason: string) => gap({ code: "trust.bound", reason: `${repository.place}: ${reason}` });

  function failed(error: unknown): void {
    if (!isEvidenceProblem(error)) throw error;
    gap(gapOf(error));
  }

  return {
    gaps,
    gap,
    over,
    read(parse) {
      try {
        return parse();
      } catch (error) {
        failed(error);
        return undefined;
      }
    },
    async attempt(look) {
      if (failures >= FAILURES) return undefined;
      try {
        return await look();
      } catch (error) {
        failed(error);
        failures += 1;
        if (failures === FAILURES) over(`stopped after ${FAILURES} failed requests`);
        return undefined;
      }
    },
    admits({ digest, size }) {
      if (signatures >= bounds.signatures) {
        over(`more than ${bounds.signatures} signatures of one digest`);
        return false;
      }
      if (size > bounds.envelopeBytes) {
        over(`a signature of ${size} bytes exceeds the limit of ${bounds.envelopeBytes}`);
        return false;
      }
      const more = counted.has(digest) ? 0 : size;
      if (bytes + more > bounds.subjectBytes) {
        over(`signatures of one digest exceed the limit of ${bounds.subjectBytes} bytes`);
        return false;
      }
      counted.add(digest);
      signatures += 1;
      bytes += more;
      return true;
    },
  };
}

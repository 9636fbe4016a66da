/** One search for signatures: what it may cost, and what it could not see. */
import type { Digest } from "../../core/digest.ts";
import { type Gap, gapOf } from "../../core/evidence.ts";
import { isEvidenceProblem, type Problem } from "../../core/problem.ts";
import type { Descriptor } from "../oci/model.ts";
import type { Repository } from "../oci/referrers/repository.ts";
import { bounds } from "./bounds.ts";

/** Where one of these comes for one look-up, the others to the same place are not tried. */
const silent: ReadonlySet<string> = new Set([
  "registry.unreachable",
  "registry.stalled",
  "registry.timeout",
  "registry.tls",
  "registry.certificate",
  "registry.broken",
  "registry.throttled",
  "registry.denied",
]);

export interface Search {
  readonly gaps: readonly Gap[];
  gap(gap: Gap): void;
  /** Undefined where it failed, which is a gap then, or where the place has fallen silent. */
  attempt<T>(look: () => Promise<T>): Promise<T | undefined>;
  /** Undefined where the bytes are not what they should be, which is a gap then. */
  read<T>(parse: () => T): T | undefined;
  over(reason: string): void;
  /** False where one more signature is over a bound. */
  admits(layer: Descriptor): boolean;
}

/** Gaps that are told one by one, and failures behind which no more is asked: a hostile list could have thousands. */
const GAPS = 20;

export function startSearch(repository: Repository): Search {
  const gaps: Gap[] = [];
  const known = new Set<string>();
  const counted = new Set<Digest>();
  let [fell, failures, signatures, bytes] = [false, 0, 0, 0];

  function gap(found: Gap): void {
    const key = JSON.stringify(found);
    if (known.has(key) || known.size > GAPS + 5) return;
    known.add(key);
    gaps.push(
      known.size > GAPS + 5 ? { code: found.code, reason: `${repository.place}: and more that failed` } : found,
    );
  }

  const over = (reason: string) => gap({ code: "trust.bound", reason: `${repository.place}: ${reason}` });

  function failed(error: unknown): Problem {
    if (!isEvidenceProblem(error)) throw error;
    if (!fell) gap(gapOf(error));
    return error;
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
      if (fell) return undefined;
      try {
        return await look();
      } catch (error) {
        failures += 1;
        const isSilent = silent.has(failed(error).code);
        if (failures === GAPS) over(`${GAPS} look-ups failed, and no more were tried`);
        fell ||= isSilent || failures >= GAPS;
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

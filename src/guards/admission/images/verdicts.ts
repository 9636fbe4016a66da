/** Verdicts over one look-up, for as long as nothing passes by which they were reached. */
import { least } from "../../../core/extremes.ts";
import { createRecent } from "../../../core/recent.ts";
import type { AttestedImage } from "../../../scan/attested-image.ts";
import { bounds } from "./bounds.ts";

interface HeldVerdict {
  readonly judged: AttestedImage;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
}

export interface Verdicts {
  /** @param key - of everything by which it was reached, but the date */
  get(key: string, now: Date): AttestedImage | undefined;
  keep(key: string, judged: AttestedImage, now: Date): void;
}

export function rememberVerdicts(): Verdicts {
  const held = createRecent<string, HeldVerdict>(bounds.verdictBytes);
  return {
    get(key, now) {
      const known = held.get(key);
      const at = now.getTime();
      return known !== undefined && known.from <= at && at < known.until ? known.judged : undefined;
    },
    keep(key, judged, now) {
      const from = now.getTime();
      const ends = judged.evaluations.flatMap(({ validUntil }) => {
        const end = validUntil === undefined ? Number.NaN : Date.parse(validUntil);
        // What is over is in the verdict already.
        return end >= from ? [end] : [];
      });
      held.set(key, { judged, from, until: least(ends, from + bounds.verdictMilliseconds) }, weightOf(judged));
    },
  };
}

/** What it takes of memory, about: a finding is some texts, an evaluation some fields. */
function weightOf({ evaluations }: AttestedImage): number {
  return evaluations.reduce(
    (sum, { findings, excepted }) => sum + 1_024 + 3_072 * (findings.length + excepted.length),
    0,
  );
}

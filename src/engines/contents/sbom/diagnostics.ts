import type { Gap } from "../../../core/evidence.ts";
import { printable } from "../../../core/printable.ts";
import { bounds as contentsBounds } from "../bounds.ts";

/**
 * Why a document does not say all, counted by kind: a document of 100,000 flawed components still fits a report. Texts
 * come from the document, so they are made printable.
 */
export interface Diagnostics {
  /**
   * @param what - the end of a sentence about it: `has no package-url`
   * @param place - one of them: `components[3] (musl 1.2.2)`
   * @param concerns - the package type, or a word for what it may be; absent where it may be all
   */
  gap(code: string, what: string, place: string, concerns?: string): void;
  /** One that the document itself states. */
  stated(gap: Gap): void;
  /** What leaves the list of packages as it is. */
  remark(what: string, place: string): void;
  gaps(): Gap[];
  remarks(): string[];
}

/** Texts of a document that are shown, each. */
const SHOWN = 200;

export function diagnostics(): Diagnostics {
  interface Kind {
    readonly code: string;
    readonly what: string;
    readonly first: string;
    readonly concerns?: string;
    count: number;
  }
  const gaps = new Map<string, Kind>();
  const remarks = new Map<string, Kind>();
  const stated: Gap[] = [];
  let more = 0;
  const add = (kinds: Map<string, Kind>, code: string, what: string, place: string, concerns?: string) => {
    const key = `${code}\0${what}\0${concerns ?? ""}`;
    const kind = kinds.get(key);
    if (kind !== undefined) kind.count += 1;
    else if (kinds.size >= contentsBounds.contentsGaps) more += 1;
    else {
      const first = place.length > SHOWN ? `${place.slice(0, SHOWN / 2)}…${place.slice(-SHOWN / 2)}` : place;
      kinds.set(key, {
        code,
        what: what.slice(0, SHOWN),
        first,
        ...(concerns === undefined ? {} : { concerns }),
        count: 1,
      });
    }
  };
  const sentence = ({ what, first, count }: Kind) =>
    printable(count === 1 ? `${first} ${what}` : `${first} ${what} (and ${count - 1} more of this kind)`);
  return {
    gap: (code, what, place, concerns) => add(gaps, code, what, place, concerns),
    stated(gap) {
      if (stated.length < contentsBounds.contentsGaps + 1) stated.push(gap);
      else more += 1;
    },
    remark: (what, place) => add(remarks, "", what, place),
    gaps() {
      const found = [...gaps.values()].map((kind): Gap => {
        const { code, concerns } = kind;
        return { code, reason: sentence(kind), ...(concerns === undefined ? {} : { concerns }) };
      });
      const all = [...stated, ...found];
      return more === 0 ? all : [...all, { code: "sbom.unread", reason: `${more} more things of it were not read` }];
    },
    remarks: () => [...remarks.values()].map(sentence),
  };
}

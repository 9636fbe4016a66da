/** Ports that EXPOSE names (Dockerfile reference, EXPOSE; BuildKit takes ranges `8000-8010/tcp`). */
import type { Dockerfile, Word } from "../../../engines/dockerfile/model.ts";
import { unfolded } from "./stages.ts";

export interface ExposedPort {
  readonly word: Word;
  readonly stage: number | undefined;
  /** Absent where the word is no port, range or protocol that there is. */
  readonly range?: { readonly first: number; readonly last: number };
}

/** What a variable leaves open is not among them. */
export function exposedPorts(dockerfile: Dockerfile): ExposedPort[] {
  return unfolded(dockerfile).flatMap((instruction) => {
    if (instruction.keyword !== "EXPOSE") return [];
    const { stage } = instruction;
    return instruction.words.flatMap((word) => {
      const { value } = word;
      // A value that a variable gives may be several ports.
      if (value === undefined || (word.variables.length > 0 && !/^\d+(?:\/\w+)?$/.test(value))) return [];
      const range = rangeOf(value);
      return [{ word, stage, ...(range === undefined ? {} : { range }) }];
    });
  });
}

function rangeOf(value: string): { first: number; last: number } | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(?:tcp|udp|sctp))?$/i.exec(value);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return last > 65_535 || first > last || first === 0 ? undefined : { first, last };
}

/** Ports that EXPOSE names (Dockerfile reference, EXPOSE; BuildKit takes ranges `8000-8010/tcp`). */
import type { Dockerfile, Word } from "../../../engines/dockerfile/model.ts";
import { unfolded } from "./stages.ts";

export interface ExposedPort {
  readonly word: Word;
  readonly stage: number | undefined;
  /** Absent where the word is no port, range or protocol that there is. */
  readonly range?: { readonly first: number; readonly last: number };
  /** It names a port or address of the host as well, which Docker passes over. */
  readonly namesHost: boolean;
}

/** What a variable leaves open is not among them. */
export function exposedPorts(dockerfile: Dockerfile): ExposedPort[] {
  return unfolded(dockerfile).flatMap((instruction) => {
    if (instruction.keyword !== "EXPOSE") return [];
    const { stage } = instruction;
    return instruction.words.flatMap((word) => {
      const value = word.value ?? word.stated ?? "";
      if (value === "") return [];
      const range = rangeOf(value);
      return [{ word, stage, namesHost: value.includes(":"), ...(range === undefined ? {} : { range }) }];
    });
  });
}

/** What is before the last colon would be the host's (Docker's `nat.ParsePortSpec`). */
function rangeOf(value: string): { first: number; last: number } | undefined {
  const own = value.slice(value.lastIndexOf(":") + 1);
  const [ports = "", protocol = ""] = own.split("/");
  if (!/^(?:tcp|udp|sctp)?$/i.test(protocol)) return undefined;
  const [first = "", last = first, ...more] = ports.split("-");
  if (more.length > 0 || !/^\d+$/.test(first) || !/^\d+$/.test(last)) return undefined;
  const range = { first: Number(first), last: Number(last) };
  return range.last > 65_535 || range.first > range.last || range.first === 0 ? undefined : range;
}

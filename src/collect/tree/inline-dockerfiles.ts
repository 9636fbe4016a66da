/** Dockerfiles that stand in Compose files: `build.dockerfile_inline` (Compose specification, "dockerfile_inline"). */
import { posix } from "node:path";
import { someOf } from "../../core/counted.ts";
import type { Dockerfile, ReadDockerfile } from "../../engines/dockerfile/model.ts";
import { expandCompose } from "../../engines/kubernetes/compose/interpolate.ts";
import { readDockerfileText } from "./dockerfiles.ts";
import type { IsSensitive } from "./sensitive-files.ts";

/** Of a service. */
export interface InlineDockerfile {
  /** Of the Compose file, from the root, with slashes. */
  readonly path: string;
  readonly service: string;
  /** As the Compose file has it, with variables of Compose. */
  readonly text: string;
  /** The directory that it is built from, as `path`. */
  readonly context: string;
  /** `build.args` whose values are certain, by name. */
  readonly given: ReadonlyMap<string, string>;
  /** Where its lines are; absent where they are none of the file's. */
  readonly place?: BlockPlace;
}

/** Of the first line of a block's text: counted from 1, and the columns before it. */
export type BlockPlace = Pick<NonNullable<Dockerfile["within"]>, "line" | "indent">;

const NAMED = 5;

/** What reports call it. */
export function nameOfInline({ path, service }: Pick<InlineDockerfile, "path" | "service">): string {
  return `${path}#${service}`;
}

export function readInlineDockerfile(
  root: string,
  inline: InlineDockerfile,
  now: Date,
  isSensitive: IsSensitive,
): ReadDockerfile {
  const path = nameOfInline(inline);
  const { place, given } = inline;
  const unread = (reason: string, remedy: string): ReadDockerfile => ({
    state: "unread",
    path,
    gap: {
      code: "dockerfile.inline",
      reason: `the Dockerfile within a Compose file (dockerfile_inline) ${reason}`,
      remedy,
    },
  });
  if (place === undefined) return unread("is no block of lines, and was not read", "write it as a block: |");
  const { text, unresolved, invalid } = expandCompose(inline.text, "unknown");
  if (invalid || unresolved.length > 0) {
    const names = someOf([...new Set(unresolved)], NAMED);
    const reason = `has variables that Compose fills in${names === "" ? "" : ` (${names})`}, and was not read`;
    return unread(reason, "write $$ where the build is to see a $, or a file that build.dockerfile names");
  }
  const files = { text, lossy: false, folder: inline.context, ignored: posix.join(inline.context, "Dockerfile") };
  return readDockerfileText(root, path, files, { now, isSensitive, given, within: { path: inline.path, ...place } });
}

/**
 * @param text - of the file
 * @param start - offset of the value
 * @param value - as YAML reads it
 * @returns undefined unless each line of the value is one of the file
 */
export function placeOfBlock(text: string, start: number, value: string): BlockPlace | undefined {
  const header = /^\|[-+1-9]{0,2}[ \t]*(?:#[^\n]*)?\r?\n/.exec(text.slice(start, start + 1_024))?.[0];
  if (header === undefined) return undefined;
  const lines = value.split("\n");
  while (lines.at(-1) === "") lines.pop();
  const own = text.slice(start + header.length).split("\n", lines.length);
  const first = lines.findIndex((line) => line !== "");
  const indent = (own[first] ?? "").replace(/\r$/, "").length - (lines[first] ?? "").length;
  if (first < 0 || indent < 0) return undefined;
  const isThere = lines.every((line, at) => {
    const written = (own[at] ?? "").replace(/\r$/, "");
    return line === ""
      ? written.trim() === ""
      : written.slice(indent) === line && written.slice(0, indent).trim() === "";
  });
  if (!isThere) return undefined;
  const before = text.slice(0, start + header.length);
  return { line: before.split("\n").length, indent };
}

/** Dockerfiles that stand in another file. */
import type { Location } from "../../core/location.ts";
import type { Dockerfile } from "./model.ts";

type FileLocation = Extract<Location, { readonly kind: "file" }>;

/** Where something of a Dockerfile is in the file that holds it; the same where that is the Dockerfile itself. */
export function locationWithin(within: Dockerfile["within"], location: FileLocation): FileLocation {
  if (within === undefined) return location;
  const { line, column } = location;
  return {
    kind: "file",
    path: within.path,
    ...(line === undefined ? {} : { line: within.line + line - 1 }),
    ...(column === undefined ? {} : { column: within.indent + column }),
  };
}

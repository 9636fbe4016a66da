/**
 * The YAML library, loaded when the first text needs it: nearly none does, and it is 72 files. The published build has it within
 * (scripts/published-build.ts).
 */
import { createRequire } from "node:module";

let loaded: typeof import("yaml") | undefined;

export function yaml(): typeof import("yaml") {
  loaded ??= createRequire(import.meta.url)("yaml") as typeof import("yaml");
  return loaded;
}

/** Every differential: a folder beside this file with a `differential.ts` that exports `differential`. */
import { globSync } from "node:fs";
import { join } from "node:path";
import type { Differential } from "./differential.ts";

export async function allDifferentials(): Promise<Differential[]> {
  const files = globSync("*/differential.ts", { cwd: import.meta.dirname }).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(join(import.meta.dirname, file))) as { differential: Differential };
      return module.differential;
    }),
  );
}

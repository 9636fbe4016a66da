/** Folders in which an embedded database is there already, for tests of what is done with it. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { embeddedDatabase } from "./embedded.ts";

const root = join(import.meta.dirname, "../..");

/** To make one takes four seconds of processor time: one without any table is kept for all, and for later runs. */
export async function madeDatabase(folder: string): Promise<void> {
  const kept = keptFolder();
  if (!existsSync(kept)) {
    mkdirSync(join(root, ".cache"), { recursive: true });
    const made = mkdtempSync(`${kept}.`);
    try {
      await (await embeddedDatabase(made)).close();
      renameSync(made, kept);
    } catch (error) {
      // Another process was first.
      if (!existsSync(kept)) throw error;
    } finally {
      rmSync(made, { recursive: true, force: true });
    }
  }
  cpSync(join(kept, "data"), join(folder, "data"), { recursive: true });
}

/** Of this release of PGlite. */
function keptFolder(): string {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    optionalDependencies: Readonly<Record<string, string>>;
  };
  return join(root, ".cache", `embedded-database-${optionalDependencies["@electric-sql/pglite"]}`);
}

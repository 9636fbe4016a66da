/**
 * `node match-packages.ts DATABASE INVENTORIES`: opens the database, matches the inventories of a JSON file against it
 * and prints the milliseconds of both together and what was found, as JSON.
 */
import { readFileSync } from "node:fs";
import type { Inventory } from "../src/engines/contents/model.ts";
import { openAdvisoryDatabase } from "../src/engines/vulnerability/database/open.ts";
import { matchPackages } from "../src/engines/vulnerability/matching.ts";

/** What the process prints. */
export interface MatchRun {
  readonly milliseconds: number;
  readonly findings: number;
}

const [path = "", file = ""] = process.argv.slice(2);
const inventories = JSON.parse(readFileSync(file, "utf8")) as Inventory[];
const started = performance.now();
const database = openAdvisoryDatabase(path);
let findings = 0;
for (const inventory of inventories) {
  for (const { matches } of matchPackages(database, inventory)) findings += matches.length;
}
database.close();
const measured: MatchRun = { milliseconds: performance.now() - started, findings };
process.stdout.write(JSON.stringify(measured));

/** Judges images that a test makes, in a folder of their own, and says of each in a word what came of it. For tests. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultPolicy } from "../src/collect/policy/default.ts";
import { Problem } from "../src/core/problem.ts";
import { type FixtureImage, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { type OpenOptions, openImage } from "../src/engines/oci/open.ts";
import { openAdvisoryDatabase } from "../src/engines/vulnerability/database/open.ts";
import type { ScanContext } from "../src/scan/context.ts";
import { scanImage } from "../src/scan/image.ts";
import { importMade, now } from "./made-advisories.ts";

export const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
export const INDEX = "application/vnd.oci.image.index.v1+json";

/** What an image is judged by here: its vulnerabilities, which pass only where all of it was read. */
export const judgedBy = "image/known-vulnerabilities";

export interface ImageJudge {
  /** Has `tmp`, `home` and `cwd` for programs, and `advisories.db`. */
  readonly folder: string;
  readonly context: ScanContext;
  /** The path of a folder that is not there yet. */
  freshFolder(): string;
  layoutOf(image: FixtureImage): string;
  /** `verdict code` of each scope of the vulnerabilities, sorted; or `refused code` where the image does not open. */
  judged(reference: string, options?: OpenOptions): Promise<string[]>;
  judgedLayout(image: FixtureImage): Promise<string[]>;
  close(): void;
}

/** Temporary files go to its own folder until it is closed. */
export async function imageJudge(): Promise<ImageJudge> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-hostile-"));
  for (const name of ["tmp", "home", "cwd", "images"]) mkdirSync(join(folder, name));
  const temporary = process.env.TMPDIR ?? "";
  process.env.TMPDIR = join(folder, "tmp");
  const database = openAdvisoryDatabase(await importMade(folder));
  const context = { now: new Date(now), policy: defaultPolicy, advisories: database };
  let layouts = 0;

  function freshFolder(): string {
    layouts += 1;
    return join(folder, "images", String(layouts));
  }

  function layoutOf(image: FixtureImage): string {
    const at = freshFolder();
    writeLayout(at, { v1: image });
    return at;
  }

  async function judged(reference: string, options: OpenOptions = {}): Promise<string[]> {
    let named: Awaited<ReturnType<typeof openImage>>;
    try {
      named = await openImage(reference, options);
    } catch (error) {
      assert.ok(error instanceof Problem, error instanceof Error ? error.stack : String(error));
      assert.ok(!error.line().includes("\n"));
      return [`refused ${error.code}`];
    }
    try {
      const evaluations = await scanImage(named, context);
      return evaluations
        .filter(({ check }) => check === judgedBy)
        .map(({ verdict, gaps }) => `${verdict} ${gaps[0]?.code ?? ""}`.trim())
        .sort();
    } finally {
      await named.image.store.close();
    }
  }

  return {
    folder,
    context,
    freshFolder,
    layoutOf,
    judged,
    judgedLayout: (image) => judged(layoutOf(image)),
    close() {
      database.close();
      if (temporary === "") delete process.env.TMPDIR;
      else process.env.TMPDIR = temporary;
      rmSync(folder, { recursive: true });
    },
  };
}

/** A folder with an image layout and an advisory file about what is in it, for tests that run the program. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { npmPackage } from "../src/collect/image/image-files.fixture.ts";
import { fixtureImage, tarOf, writeLayout } from "../src/engines/oci/image.fixture.ts";
import { jsonLines, recordBelow } from "../src/engines/vulnerability/database/advisories.fixture.ts";
import { inherited } from "./environment.ts";
import { inProcess } from "./in-process.ts";

const score = {
  critical: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
  high: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
} as const;

/** Name → severity of a flaw in its version 1.0.0, fixed in 2.0.0. */
export type Flaws = Readonly<Record<string, keyof typeof score>>;

export interface Program {
  readonly node: string;
  readonly file: string;
}

/** The folder is gone when the binding goes out of scope. */
export function site() {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-site-"));
  return {
    folder,
    /** Writes the image `oci:image` with these npm packages, all in version 1.0.0. */
    image(packages: readonly string[]): void {
      rmSync(join(folder, "image"), { recursive: true, force: true });
      const tar = tarOf(packages.map((name) => npmPackage(name, "1.0.0")));
      // Young enough for the day that `asOf` states, and not root's.
      const config = { created: "2025-06-01T00:00:00Z", config: { User: "10001" } };
      const image = fixtureImage([{ tar, createdBy: "COPY . /" }], { config });
      writeLayout(join(folder, "image"), { "shop/web:1": image });
    },
    /** Writes `advisories/`, which covers npm completely as of 2025-06-01. */
    advisories(flaws: Flaws): void {
      const records = Object.entries(flaws).map(([name, severity], i) =>
        recordBelow(`CVE-2025-${1_000 + i}`, "npm", name, "2.0.0", {
          severity: [{ type: "CVSS_V3", score: score[severity] }],
        }),
      );
      mkdirSync(join(folder, "advisories"), { recursive: true });
      writeFileSync(join(folder, "advisories", "npm.jsonl"), jsonLines(records));
      const source = { file: "npm.jsonl", ecosystem: "npm", asOf: "2025-06-01", complete: true };
      writeFileSync(join(folder, "advisories", "coverage.json"), JSON.stringify({ sources: [source] }));
    },
    /** What a command line comes to in the folder, with a home of its own. */
    async run(...words: readonly string[]) {
      const place = { cwd: folder, home: folder, environment: { NO_COLOR: "1" } };
      const { code, ...said } = await inProcess(words, place);
      return { status: code, ...said };
    },
    /** The same by a program that is named, in a process of its own. */
    start(program: Program, ...words: readonly string[]) {
      const { status, stdout, stderr } = spawnSync(program.node, [program.file, ...words], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1", ...inherited },
      });
      return { status, stdout, stderr };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

/** So that the advisories are not too old. */
export const asOf = ["--now", "2025-06-02T00:00:00Z"] as const;

import assert from "node:assert/strict";
import { folderAnalyserFor } from "../analysers.ts";
import { packagesOf } from "../facts.fixture.ts";
import type { PackageRecord } from "../model.ts";

/** For tests: reads a lockfile of any format by its name, with files beside it. */
export function readLock(path: string, text: string, beside: Readonly<Record<string, string>> = {}) {
  const analyser = folderAnalyserFor(path);
  assert.ok(analyser, path);
  const companions = new Map(Object.entries(beside).map(([name, content]) => [name, Buffer.from(content)]));
  return analyser.analyse({ path, bytes: Buffer.from(text), companions });
}

type Told = Pick<PackageRecord, "fetchedFrom" | "otherOrigins" | "hashes" | "files" | "installScript" | "line">;

/** For tests: what a lockfile says of where a package is from, by name. */
export function told(path: string, text: string, beside?: Readonly<Record<string, string>>): Record<string, Told> {
  return Object.fromEntries(
    packagesOf(readLock(path, text, beside)).map(
      ({ name, fetchedFrom, otherOrigins, hashes, files, installScript, line }) => [
        name,
        {
          ...(fetchedFrom === undefined ? {} : { fetchedFrom }),
          ...(otherOrigins === undefined ? {} : { otherOrigins }),
          ...(hashes === undefined ? {} : { hashes }),
          ...(files === undefined ? {} : { files }),
          ...(installScript === undefined ? {} : { installScript }),
          ...(line === undefined ? {} : { line }),
        },
      ],
    ),
  );
}

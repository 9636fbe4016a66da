/** The zip reader, as jars are read with it, beside java.util.zip.ZipFile, through which the class loader finds classes. */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { isEvidenceProblem } from "../../../src/core/problem.ts";
import { jarRules } from "../../../src/engines/contents/packages/maven/jar.ts";
import { readZipEntry, zipEntries } from "../../../src/formats/zip/read.ts";
import { inMemory } from "../../../src/formats/zip/source.ts";
import type { Differential, Reading } from "../differential.ts";
import { answersOf } from "../framed.ts";
import { zipCase } from "./cases.ts";

export const differential: Differential = {
  reader: "zip",
  consumer: "java.util.zip.ZipFile",
  needs: ["java"],
  cases: { short: 300, soak: 20_000 },
  // What Java does not open holds no classes for it.
  accepting: "harmless",
  generate: zipCase,
  consume: (cases) =>
    answersOf("java", ["-XX:TieredStopAtLevel=1", "-Xshare:auto", join(import.meta.dirname, "Consumer.java")], cases),
  read,
  known: [
    {
      reason: "Java opens no stream for an entry that can be read: all that it reads is there",
      matches: (_, ours, theirs) => {
        if (ours.kind !== "value" || theirs.kind !== "value") return false;
        const own = new Set(ours.value.split(" "));
        return theirs.value.split(" ").every((entry) => own.has(entry) || hasName(own, entry));
      },
    },
  ],
};

/** An entry that Java lists and cannot read, which we list with its content. */
function hasName(own: ReadonlySet<string>, entry: string): boolean {
  return entry.endsWith(":!") && [...own].some((each) => each.startsWith(entry.slice(0, -1)));
}

/** An archive or an entry that cannot be read is a gap that names the jar, so all of it counts as refused. */
function read(bytes: Buffer): Reading {
  try {
    const found = new Map<string, string>();
    const archive = inMemory(bytes);
    // Of a repeated name the last counts, as for Java.
    for (const entry of zipEntries(archive, jarRules)) {
      if (entry.name.endsWith("/")) continue;
      found.set(Buffer.from(entry.name).toString("hex"), crc32(readZipEntry(archive, entry, jarRules)).toString(16));
    }
    const entries = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
    return { kind: "value", value: entries.map(([name, sum]) => `${name}:${sum} `).join("") };
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { kind: "refused", why: `${error.place}: ${error.message}` };
  }
}

/** Streams of YAML and JSON: what we read of them beside what kubectl hands to an API server. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bounds } from "../../../src/engines/kubernetes/bounds.ts";
import { cutDocuments, foreignLineBreak, readDocument } from "../../../src/formats/yaml/documents.ts";
import { plainValue } from "../../../src/formats/yaml/value.ts";
import type { Differential, Reading } from "../differential.ts";
import { askGo } from "../go-program.ts";
import { canonical } from "./canonical.ts";
import { generate } from "./generate.ts";

const SOURCE = join(import.meta.dirname, "consumer.go");

export const differential: Differential = {
  reader: "yaml",
  consumer: "sigs.k8s.io/yaml behind apimachinery's cut",
  needs: ["go", "/usr/share/gocode/src/sigs.k8s.io/yaml"],
  cases: { short: 3_000, soak: 200_000 },
  // Nothing is created of what kubectl refuses.
  accepting: "harmless",
  generate,
  async consume(cases) {
    return (await askGo(SOURCE, cases)).map((line): Reading => {
      const rest = line.slice(2);
      return line.startsWith("v") ? { kind: "value", value: rest } : { kind: "refused", why: rest };
    });
  },
  read,
  known: [
    {
      reason: "kubectl ends at an error, and what it read before is read alike: the rest is created by nobody",
      matches: (_, ours, theirs) =>
        ours.kind === "value" && theirs.kind === "value" && theirs.value.endsWith(" !")
          ? `${ours.value} `.startsWith(theirs.value.slice(0, -1))
          : false,
    },
  ],
  regressions: () =>
    new Map(
      JSON.parse(readFileSync(join(import.meta.dirname, "cases.json"), "utf8")).map((text: string, index: number) => [
        String(index),
        Buffer.from(text),
      ]),
    ),
};

/** As a file of manifests is read; refused where it leaves a gap. */
function read(bytes: Buffer): Reading {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
  } catch {
    return { kind: "refused", why: "not UTF-8" };
  }
  if (foreignLineBreak(text) !== undefined) return { kind: "refused", why: "a foreign line break" };
  const { text: cut, over, faults } = cutDocuments("x", text, bounds.kubernetesDocuments);
  const found = [...faults];
  const values: string[] = [];
  for (const range of cut.documents) {
    const reading = readDocument(text, range);
    if (reading.node === undefined) return { kind: "refused", why: reading.faults[0]?.reason ?? "cannot be read" };
    const own = [...reading.faults];
    const value = reading.node === null ? null : plainValue(reading.node, own);
    found.push(...own.map((fault) => ({ ...fault, document: 0 })));
    if (value !== null) values.push(canonical(value));
  }
  const [fault] = found;
  if (fault !== undefined || over) return { kind: "refused", why: fault?.reason ?? "too many documents" };
  return { kind: "value", value: values.join(" ") };
}

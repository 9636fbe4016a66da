/** The reader of METADATA beside importlib.metadata, through which pip lists what is installed. */
import { join } from "node:path";
import { pypi } from "../../../src/engines/contents/packages/pypi/installed.ts";
import type { Differential, Reading } from "../differential.ts";
import { answersOf } from "../framed.ts";
import type { Random } from "../random.ts";

export const differential: Differential = {
  reader: "python-metadata",
  consumer: "Python's importlib.metadata",
  needs: ["python3"],
  cases: { short: 500, soak: 5_000 },
  accepting: "harmless",
  generate,
  consume: (cases) => answersOf("python3", [join(import.meta.dirname, "consumer.py")], cases),
  read,
};

function read(bytes: Buffer): Reading {
  const facts = pypi.analyse({ path: "site-packages/a-1.0.dist-info/METADATA", bytes, companions: new Map() });
  if (facts?.kind !== "packages")
    return { kind: "refused", why: facts?.kind === "unreadable" ? facts.reason : "nothing" };
  const [found] = facts.packages;
  const hex = (text: string): string => Buffer.from(text).toString("hex");
  return { kind: "value", value: `${hex(found?.name ?? "")} ${hex(found?.version ?? "")}` };
}

const LINES = [
  ...["Metadata-Version: 2.1", "Name: urllib3", "Version: 1.25", "name: other", "VERSION: 2", "Summary: text"],
  ...["Name : spaced", "Name:", "Version:\t3", "License: MIT", "Author: Jo", "no header", ":", ": x", " continued"],
  ...[
    "\tcontinued",
    "From me",
    "Classifier: License :: X",
    "N\u00e4me: x",
    "Name: \u00e4",
    "Version: 1.0 ",
    "X: y\x0bName: z",
  ],
  ...["\ufeffName: bom", "Name: a\u2028b", "Version: 1\u0085Name: b", "\x1cName: c", "Description: x\x0cVersion: 9"],
] as const;
const ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\r\r\n", "\n \n", ""] as const;

function generate(random: Random): Buffer {
  let text = random.once(4) ? "" : `Metadata-Version: 2.1${random.pick(ENDS)}`;
  const essential = ["Name: urllib3", "Version: 1.25"];
  for (let count = random.below(8); count > 0; count--) essential.splice(random.below(3), 0, random.pick(LINES));
  for (const line of essential) text += line + (random.once(3) ? random.pick(ENDS) : "\n");
  const bytes = Buffer.from(text);
  if (random.once(6)) bytes[random.below(bytes.length)] = random.pick([0, 0x0a, 0x0d, 0x20, 0x3a, 0x0b, 0x85, 0xff]);
  return bytes;
}

/** The project's own labelled cases as a folder: one folder a case, and `labels.jsonl`. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { assignmentCases } from "./assignments.ts";
import { type MadeCase, made } from "./case.ts";
import { draw } from "./draw.ts";
import { fileCases } from "./files.ts";
import { negativeCases } from "./negatives.ts";
import { providerCases } from "./providers.ts";
import { documentCases } from "./second/documents.ts";
import { matrixCases } from "./second/matrix.ts";
import { secondNegatives } from "./second/negatives.ts";
import { toolCases } from "./third/cases.ts";

export function ownCases(): MadeCase[] {
  return [...assignmentCases(), ...providerCases(), ...fileCases(), ...negativeCases()];
}

/** Written before the rules were changed that they measure, by what the forms' own documentation says. */
export function secondCases(): MadeCase[] {
  return [...matrixCases(), ...documentCases(), ...secondNegatives()];
}

/** The same again, of files that tools keep credentials in. */
export function thirdCases(): MadeCase[] {
  return toolCases();
}

/** Bytes of a name in Latin-1, which are no UTF-8; the report shows the third as U+FFFD. */
const NAME = Buffer.from([0x63, 0x6c, 0xe9, 0x73, 0x2e, 0x65, 0x6e, 0x76]);

export function writeOwnCases(root: string, cases = [...ownCases(), ...secondCases(), ...thirdCases()]): void {
  const labels: object[] = [];
  const perKind = new Map<string, number>();
  let last: string | Buffer = "";
  const write = ({ kind, file, content, line, secret, within }: MadeCase, name: string | Buffer = file): void => {
    // Several lines of one file are cases one after another.
    const count = (perKind.get(kind) ?? 0) + (content === last ? 0 : 1);
    last = content;
    perKind.set(kind, count);
    // No folder may be called what folders of tests are.
    const folder = `${kind.replace("fixture", "made-up")}/case-${count}`;
    const path = Buffer.concat([Buffer.from(`${join(root, folder)}/`), Buffer.from(name)]);
    mkdirSync(dirname(path.toString("latin1")), { recursive: true });
    writeFileSync(path, content);
    labels.push({ path: `${folder}/${file}${within === undefined ? "" : `!${within}`}`, line, secret, kind });
  };
  for (const each of cases) write(each);
  const token = draw("base62", 40, "name");
  write(made("file/name-not-utf-8", "cl\ufffds.env", `API_TOKEN=${token}\n`, token), NAME);
  writeFileSync(join(root, "labels.jsonl"), labels.map((label) => `${JSON.stringify(label)}\n`).join(""));
}

/** Small files of settings that another program reads, read as that program would: one document, a map. */
import { cutDocuments, foreignLineBreak, readDocument } from "../engines/kubernetes/yaml/documents.ts";
import type { YamlFault } from "../engines/kubernetes/yaml/model.ts";
import { plainValue } from "../engines/kubernetes/yaml/value.ts";
import { readBoundedText } from "./text-file.ts";

/** The map that the file holds, empty where it holds nothing; or why it cannot be read. */
export function readYamlMap(file: string, name: string, limit: number): Readonly<Record<string, unknown>> | string {
  const text = readBoundedText(file, limit);
  if (text === undefined) return `its ${name} is no file of UTF-8 with at most ${limit} bytes`;
  // YAML 1.1 ends lines, and comments, at more characters than YAML 1.2: what follows may be a field to that program.
  if (foreignLineBreak(text) !== undefined) {
    return `its ${name} has a line separator that not all programs end a line at`;
  }
  const { text: cut, over, faults: ofCut } = cutDocuments(name, text, 8);
  const faults: YamlFault[] = [...ofCut];
  const values: unknown[] = [];
  for (const range of cut.documents) {
    const { node, faults: found } = readDocument(text, range);
    faults.push(...found);
    if (node === undefined) return `its ${name} cannot be read: ${faults[0]?.reason ?? "it is no YAML"}`;
    const value = node === null ? null : plainValue(node, faults);
    if (value !== null) values.push(value);
  }
  // Of a key that is there twice programs take one or the other.
  const [fault] = faults;
  if (fault !== undefined) return `its ${name} cannot be read: ${fault.reason}`;
  if (over || values.length > 1) return `its ${name} has several documents`;
  const [value = {}] = values;
  return isMap(value) ? value : `its ${name} is no map`;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

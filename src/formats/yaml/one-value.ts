/** YAML in a ConfigMap, as a plain value. */
import { cutDocuments, readDocument } from "./documents.ts";
import { plainValue } from "./value.ts";

const CHARACTERS = 256 * 1024;

/** Undefined where it is absent, too large, not wholly read, or more than one document. */
export function yamlValue(text: string | undefined): unknown {
  if (text === undefined || text.length > CHARACTERS) return undefined;
  const cut = cutDocuments("", text, 1);
  const [range] = cut.text.documents;
  if (cut.over || cut.faults.length > 0 || range === undefined) return undefined;
  const { node, faults } = readDocument(text, range);
  return node === undefined || node === null || faults.length > 0 ? undefined : plainValue(node, []);
}

/** The official schemas as validators. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type AnySchema } from "ajv";
import addFormatsModule from "ajv-formats";
import type { SbomFormat } from "../../src/engines/contents/sbom/sbom.ts";

/** What is wrong with a document; nothing where it is valid. */
export type Validator = (document: unknown) => string[];

/** A module of the old kind: its function is its default export's default. */
const addFormats = addFormatsModule.default;

export function sbomValidators(schemas: string): Readonly<Record<SbomFormat, Validator>> {
  const read = (name: string): AnySchema => JSON.parse(readFileSync(join(schemas, `${name}.json`), "utf8"));
  const validator = (main: string, ...others: readonly string[]): Validator => {
    // Official schemas have keywords that ajv's strict mode does not know; what they demand is held all the same.
    const ajv = new Ajv({ strict: false, allErrors: true });
    addFormats(ajv);
    ajv.addFormat("iri-reference", true);
    ajv.addFormat("idn-email", true);
    // ajv compares each item with each other: seconds for ten thousand components. Equal JSON is equal text here,
    // since one program wrote both with its keys in one order.
    ajv.removeKeyword("uniqueItems");
    ajv.addKeyword({
      keyword: "uniqueItems",
      type: "array",
      validate: (unique: boolean, items: readonly unknown[]) => !unique || areUnique(items),
    });
    for (const other of others) ajv.addSchema(read(other));
    const validate = ajv.compile(read(main));
    return (document) =>
      validate(document)
        ? []
        : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
  return {
    cyclonedx: validator("cyclonedx-1.6", "cyclonedx-jsf-0.82", "cyclonedx-spdx-licenses"),
    spdx: validator("spdx-2.3"),
  };
}

function areUnique(items: readonly unknown[]): boolean {
  if (items.length < 2) return true;
  if (items.every((item) => typeof item === "string")) return new Set(items).size === items.length;
  return new Set(items.map((item) => JSON.stringify(item))).size === items.length;
}

/** SARIF 2.1.0 with its errata; the schema is of draft 4, which names itself by `id`. */
export function sarifValidator(schemas: string): Validator {
  const { id: _, $schema: __, ...schema } = JSON.parse(readFileSync(join(schemas, "sarif-2.1.0.json"), "utf8"));
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(schema as AnySchema);
  return (document) =>
    validate(document) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/**
 * Writes a bill of materials of 10,000 components and checks it against its official schema, in a process of its own:
 * prints the milliseconds of both, without the start of Node and the compiling of the schema.
 * `node sbom-document.ts FORMAT SCHEMAS`
 */
import { sbomValidators } from "../conformance/schemas/validators.ts";
import type { Package } from "../src/engines/contents/model.ts";
import type { Sbom, SbomFormat } from "../src/engines/contents/sbom/sbom.ts";
import { writeSbom } from "../src/engines/contents/sbom/write.ts";

const COMPONENTS = 10_000;

const [format = "cyclonedx", schemas = ""] = process.argv.slice(2) as [SbomFormat?, string?];
const validate = sbomValidators(schemas)[format];
const sbom: Sbom = {
  subject: { kind: "folder", lineage: "srv" },
  inventory: { packages: components() },
  gaps: [],
};
const started = performance.now();
const text = writeSbom(sbom, format, { toolVersion: "0.0.0" });
const problems = validate(JSON.parse(text));
const milliseconds = performance.now() - started;
if (problems.length > 0) throw new Error(`it is not valid: ${problems[0]}`);
process.stdout.write(String(milliseconds));

function components(): Package[] {
  return Array.from({ length: COMPONENTS }, (_, i) => ({
    type: "npm",
    name: `component-${i}`,
    version: `1.${i}.0`,
    licenses: [i % 2 === 0 ? "MIT" : "Apache-2.0"],
    purl: `pkg:npm/component-${i}@1.${i}.0`,
    path: `node_modules/component-${i}/package.json`,
    reference: String(i),
    dependsOn: i + 1 < COMPONENTS ? [String(i + 1)] : [],
  }));
}

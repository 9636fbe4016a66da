/** Reports of other scanners, of any kind that is known, told by what is in them. */
import { parseExactJson } from "../../core/exact-json.ts";
import { measureJson } from "../../core/json-cost.ts";
import { isObject } from "../../core/untyped.ts";
import { isImageScan, isInspector, readImageScan, readInspector } from "./amazon.ts";
import { bounds } from "./bounds.ts";
import { isCycloneDx, readCycloneDx } from "./cyclonedx.ts";
import { broken, lineOf, type Source, sourceOf, unsupported } from "./document.ts";
import { isGoogle, readGoogle } from "./google.ts";
import { isGrype, readGrype } from "./grype.ts";
import type { ScannerReport } from "./model.ts";
import { isSarif, readSarif } from "./sarif.ts";
import { isSnyk, readSnyk } from "./snyk.ts";
import { isTrivy, readTrivy } from "./trivy.ts";

/**
 * What a file says, one report a tool.
 *
 * @param path - what the caller calls the file
 * @throws Problem `imports.invalid` or `imports.unsupported` that names the place in the document: nothing of a broken one is used
 */
export function readReport(bytes: Buffer, path: string): ScannerReport[] {
  const source = sourceOf(path);
  if (bytes.length > bounds.reportBytes) {
    throw broken(source, "", `${bytes.length} bytes exceed the limit of ${bounds.reportBytes}`);
  }
  const measure = measureJson(bytes, { depth: bounds.reportDepth, values: bounds.reportValues });
  if (measure.over === "depth") throw broken(source, "", `its values are nested deeper than ${bounds.reportDepth}`);
  if (measure.over === "values") throw broken(source, "", `more than ${bounds.reportValues} values`);
  const parsed = parseExactJson(bytes, measure.keys);
  if ("fault" in parsed) throw broken(source, "", lineOf(parsed.fault) ?? "not JSON");
  return reportsOf(parsed.value, source);
}

function reportsOf(root: unknown, source: Source): ScannerReport[] {
  if (isTrivy(root)) return [readTrivy(root, source)];
  if (isSnyk(root)) return [readSnyk(root, source)];
  if (isGoogle(root)) return [readGoogle(root, source)];
  if (isObject(root)) {
    if (isSarif(root)) return readSarif(root, source);
    if (isCycloneDx(root)) return [readCycloneDx(root, source)];
    if (isGrype(root)) return [readGrype(root, source)];
    if (isImageScan(root)) return [readImageScan(root, source)];
    if (isInspector(root)) return [readInspector(root, source)];
  }
  throw unsupported(
    source,
    "",
    "not a report of a known tool",
    "Trivy, Grype, Snyk, AWS, Google: JSON; others: SARIF 2.1.0",
  );
}

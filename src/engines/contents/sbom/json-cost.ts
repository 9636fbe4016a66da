/** Whether a bill of materials, or a document of VEX, is too much to be parsed. */
import { overJsonLimit } from "../../../core/json-cost.ts";
import { bounds } from "./bounds.ts";

/** @returns why it is not to be parsed, or undefined */
export function tooCostly(bytes: Buffer): string | undefined {
  switch (overJsonLimit(bytes, { depth: bounds.sbomJsonDepth, values: bounds.sbomValues })) {
    case "depth":
      return `its values are nested deeper than ${bounds.sbomJsonDepth}`;
    case "values":
      return `more than ${bounds.sbomValues} values`;
    case undefined:
      return undefined;
  }
}

/** What a static analysis says of an expression (scslre): where two of its repetitions can share the same text. */
import { RegExpParser } from "@eslint-community/regexpp";
import { analyse } from "scslre";
import type { FoundExpression } from "./found.ts";

/** Undefined: nothing. Else the pieces that make it slower than linear. */
export function slowPartsOf({ source, flags: written }: FoundExpression): string | undefined {
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  const flags = parser.parseFlags(written);
  const { unicode, unicodeSets } = flags;
  const pattern = parser.parsePattern(source, undefined, undefined, { unicode, unicodeSets });
  const { reports } = analyse({ pattern, flags });
  const parts = reports.map((report) =>
    report.type === "Trade" ? `${report.startQuant.raw} and ${report.endQuant.raw}` : report.quant.raw,
  );
  return parts.length === 0 ? undefined : parts.join(", ");
}

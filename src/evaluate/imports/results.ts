/** Results of one rule in one file are one finding, however many lines there are. */
import { severityRank } from "../../core/severity.ts";
import type { ImportedResult, ReportedBy, ReportedResult } from "../../engines/reports/model.ts";

/** Lines that are kept of one rule in one file. */
const LINES = 20;

type Line = ImportedResult["lines"][number];

interface Group {
  result: ReportedResult;
  readonly by: [ReportedBy, ...ReportedBy[]];
  readonly lines: Line[];
  count: number;
}

export class ForeignResults {
  readonly #inImage: boolean;
  readonly #groups = new Map<string, Group>();

  /** @param inImage - paths are of an image's root filesystem */
  constructor(inImage: boolean) {
    this.#inImage = inImage;
  }

  add(result: ReportedResult, by: ReportedBy): void {
    const key = keyOf(result, by, result.severity === "unknown");
    const known = this.#groups.get(key);
    const line = lineOf(result);
    if (known === undefined) {
      this.#groups.set(key, { result, by: [by], lines: line === undefined ? [] : [line], count: 1 });
      return;
    }
    known.count += 1;
    if (severityRank(result.severity) < severityRank(known.result.severity)) {
      known.result = { ...known.result, severity: result.severity };
    }
    if (known.by.every(({ place }) => place !== by.place)) known.by.push(by);
    const isNew =
      line !== undefined && known.lines.every((each) => each.line !== line.line || each.column !== line.column);
    if (isNew && known.lines.length < LINES) known.lines.push(line);
  }

  all(kind: ReportedResult["kind"]): ImportedResult[] {
    return [...this.#groups.values()]
      .filter(({ result }) => result.kind === kind)
      .map(({ result, by, lines, count }) => {
        // A severity that nobody stated is not the mild one of another line: they are two findings.
        const isBeside = result.severity === "unknown" && this.#groups.has(keyOf(result, by[0], false));
        const beside = isBeside ? { besideRated: true as const } : {};
        return { ...result, by, lines, count, inImage: this.#inImage, ...beside };
      });
  }
}

function keyOf({ kind, rule, path }: ReportedResult, { tool }: ReportedBy, isUnrated: boolean): string {
  return JSON.stringify([kind, tool.name, rule, path ?? "", path === undefined, isUnrated]);
}

function lineOf({ line, column }: ReportedResult): Line | undefined {
  if (line === undefined) return undefined;
  return column === undefined ? { line } : { line, column };
}

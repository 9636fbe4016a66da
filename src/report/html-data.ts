import { assetTitle } from "../core/asset.ts";
import type { Evaluation } from "../core/evaluation.ts";
import type { Finding } from "../core/finding.ts";
import { formatLocation, type Location } from "../core/location.ts";
import { printable } from "../core/printable.ts";
import type { Report } from "../core/report.ts";
import { severityRank } from "../core/severity.ts";
import { inOrder } from "./in-order.ts";
import { shortInstruction } from "./instruction.ts";
import { isWebAddress } from "./markup.ts";
import { exceptionText, findingName, scopeText } from "./wording.ts";

/** What the page's script is handed. Its texts are printable, and are data: the script sets them as text. */
export interface PageData {
  /** Worst first; each is made when it is gone to. */
  readonly findings: Iterable<FindingData>;
  /** Gone through behind the findings, which say what is in it. */
  readonly assets: Iterable<string>;
  /** Instructions of layers: few, and each the same for many findings. */
  readonly instructions: Iterable<string>;
}

export interface FindingData {
  readonly severity: string;
  /** 0 is the worst. */
  readonly rank: number;
  readonly over?: true;
  /** Why it does not count; absent where it does. */
  readonly accepted?: string;
  readonly name: string;
  readonly others?: readonly string[];
  readonly package?: string;
  readonly version?: string;
  readonly title: string;
  readonly detail?: string;
  /** What ranks it among those of its severity, and the number that does. */
  readonly why?: string;
  readonly score?: number;
  readonly fix?: string;
  /** How far the fix is safe, and why. */
  readonly grade?: string;
  readonly fixed?: string;
  /** Index into the assets. */
  readonly asset: number;
  readonly scope?: string;
  readonly check: string;
  /** Where, and the index of the instruction that brought it. */
  readonly places: readonly (readonly [place: string, instruction?: number])[];
  readonly evidence?: readonly (readonly [name: string, value: string])[];
  /** Web addresses alone. */
  readonly links?: readonly string[];
  readonly fingerprint: string;
}

export function findingData(report: Report): PageData {
  const assets = interned();
  const instructions = interned();
  const told: Told[] = [];
  for (const evaluation of inOrder(report.evaluations)) {
    for (const finding of evaluation.findings) told.push({ finding, evaluation });
    for (const { finding, since } of evaluation.baselined ?? []) {
      told.push({ finding, evaluation, accepted: `in the baseline since ${since}` });
    }
    for (const { finding, exception } of evaluation.excepted) {
      told.push({ finding, evaluation, accepted: `excepted: ${exceptionText(exception)}` });
    }
  }
  const over = ({ finding, accepted }: Told) => Number(finding.overThreshold && accepted === undefined);
  const score = ({ finding }: Told) => finding.priority?.score ?? 0;
  told.sort(
    (a, b) =>
      over(b) - over(a) || severityRank(a.finding.severity) - severityRank(b.finding.severity) || score(b) - score(a),
  );
  return { findings: made(), assets: later(assets), instructions: later(instructions) };

  function* made(): Generator<FindingData> {
    for (const { finding, evaluation, accepted } of told) {
      yield dataOf(finding, evaluation, accepted, assets, instructions);
    }
  }

  function* later({ texts }: Interned): Generator<string> {
    yield* texts;
  }
}

/** A finding of the page, before it is data. */
interface Told {
  readonly finding: Finding;
  readonly evaluation: Evaluation;
  readonly accepted?: string;
}

/** Texts kept once, by the order in which they came. */
interface Interned {
  readonly texts: readonly string[];
  indexOf(text: string): number;
}

function interned(): Interned {
  const texts: string[] = [];
  const indexes = new Map<string, number>();
  return {
    texts,
    indexOf(text) {
      const known = indexes.get(text);
      if (known !== undefined) return known;
      indexes.set(text, texts.length);
      return texts.push(printable(text)) - 1;
    },
  };
}

function dataOf(
  finding: Finding,
  { asset, scope, check }: Evaluation,
  accepted: string | undefined,
  assets: Interned,
  instructions: Interned,
): FindingData {
  const {
    severity,
    overThreshold,
    matches,
    title,
    detail,
    fix,
    locations,
    priority,
    evidence,
    references = [],
  } = finding;
  const place = (location: Location): readonly [string, number?] => {
    const text = printable(formatLocation(location));
    const instruction = location.kind === "image" ? location.layer.instruction : undefined;
    return instruction === undefined ? [text] : [text, instructions.indexOf(shortInstruction(instruction))];
  };
  const others = matches.ids.slice(1).map(printable);
  const looked = Object.entries(evidence).map(([name, value]) => [printable(name), printable(value)] as const);
  const links = references.filter(isWebAddress).map(printable);
  return {
    severity,
    rank: severityRank(severity),
    ...(overThreshold && accepted === undefined ? { over: true } : {}),
    ...optional("accepted", accepted),
    name: printable(findingName(finding)),
    ...(others.length === 0 ? {} : { others }),
    ...optional("package", matches.package),
    ...optional("version", matches.version),
    title: printable(title),
    ...optional("detail", detail),
    ...optional("why", priority?.reasons.join("; ")),
    ...(priority === undefined ? {} : { score: priority.score }),
    ...optional("fix", fix?.text),
    ...optional("grade", fix !== undefined && "grade" in fix ? `${fix.grade}: ${fix.reason}` : undefined),
    ...optional("fixed", fix?.kind === "upgrade" ? fix.version : undefined),
    asset: assets.indexOf(assetTitle(asset)),
    ...optional("scope", scopeText(scope)),
    check,
    places: locations.map(place),
    ...(looked.length === 0 ? {} : { evidence: looked }),
    ...(links.length === 0 ? {} : { links }),
    fingerprint: finding.fingerprint,
  };
}

function optional<Name extends string>(name: Name, text: string | undefined): { readonly [Key in Name]?: string } {
  return text === undefined ? {} : ({ [name]: printable(text) } as { readonly [Key in Name]: string });
}

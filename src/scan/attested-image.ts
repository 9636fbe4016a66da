/**
 * An image that is not opened, judged by what is signed and attested of it: who signed it, and its vulnerabilities by a verified
 * bill of materials, as `image scan sbom:FILE` judges one, or by a verified scan report.
 */
import { setImmediate } from "node:timers/promises";
import { type Asset, unopenedImage } from "../core/asset.ts";
import { combine, type Evaluation, type Verdict } from "../core/evaluation.ts";
import { asProblem, Problem } from "../core/problem.ts";
import { readSbom } from "../engines/contents/sbom/read.ts";
import type { ReadSbom } from "../engines/contents/sbom/sbom.ts";
import type { AttestedScan } from "../engines/trust/decision-model.ts";
import type { ImageTrust, Statement } from "../engines/trust/model.ts";
import { evaluateUnopened } from "../evaluate/image/image.ts";
import { evaluateTrust } from "../evaluate/trust/evaluate.ts";
import { evaluateReport, evaluateScans } from "../evaluate/trust/evaluate-scans.ts";
import { repositoryNamed } from "../evaluate/trust/matching.ts";
import { bounds } from "./bounds.ts";
import type { ScanContext } from "./context.ts";
import { evaluateSbom } from "./sbom.ts";
import type { OpenedTrust } from "./trust.ts";

export interface AttestedContext extends Pick<ScanContext, "policy" | "now" | "advisories" | "vex"> {
  readonly opened: OpenedTrust;
}

export interface AttestedImage {
  readonly evaluations: readonly Evaluation[];
  /** Whether the signatures and attestations are all that is asked for: another look could bring nothing better. */
  readonly isComplete: boolean;
}

/**
 * @param reference - full, as rules of trust are held against it: `registry.example.com/shop/api@sha256:…`
 * @param image - what was found beside it; a Problem where nobody could be asked, and everything is unknown
 */
export async function evaluateAttested(
  reference: string,
  image: ImageTrust | Problem,
  context: AttestedContext,
): Promise<AttestedImage> {
  const { opened, now } = context;
  const asset = unopenedImage(reference, { lineage: repositoryNamed(reference) });
  const rules = opened.rulesAbout(repositoryNamed(reference)).map(({ rule }) => rule);
  if (image instanceof Problem) {
    return {
      evaluations: [
        ...evaluateTrust(asset, { decided: image, rules }, context),
        ...evaluateScans(asset, image, context),
      ],
      isComplete: false,
    };
  }
  const decided = opened.decide(image, now);
  const found = opened.scansOf(image, now);
  const vulnerabilities = await evaluateContents(asset, reference, found.scans.scans, context);
  return {
    evaluations: [
      ...evaluateTrust(asset, { decided, rules }, context),
      ...evaluateScans(asset, found, context),
      ...vulnerabilities,
    ],
    isComplete: decided.verdict === "trusted" && found.scans.missing.length === 0,
  };
}

/** Of several documents, and of several images of an index, the one that is judged worst speaks for all. */
async function evaluateContents(
  asset: Asset,
  reference: string,
  scans: readonly AttestedScan[],
  context: AttestedContext,
): Promise<readonly Evaluation[]> {
  const judged: (readonly Evaluation[])[] = [];
  for (const of of Map.groupBy(scans, ({ digest }) => digest).values()) {
    const sboms = of.filter(({ kind }) => kind === "sbom");
    const [report] = of.filter(({ kind }) => kind === "vuln");
    // Without a database a report tells more.
    const useReport = report !== undefined && (sboms.length === 0 || context.advisories instanceof Problem);
    if (useReport) {
      judged.push(evaluateReport(asset, report, reference, context));
      continue;
    }
    for (const { statement } of sboms.slice(0, bounds.attestedSboms)) {
      judged.push(evaluateDocument(asset, reference, statement, context));
      // Others get their turn between two documents.
      await setImmediate();
    }
  }
  const worst = judged.map((evaluations) => ({ evaluations, verdict: verdictOf(evaluations) }));
  const order: readonly Verdict[] = ["fail", "unknown", "pass"];
  worst.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  return worst[0]?.evaluations ?? [];
}

function verdictOf(evaluations: readonly Evaluation[]): Verdict {
  return combine(evaluations.map(({ verdict }) => verdict));
}

function evaluateDocument(
  asset: Asset,
  reference: string,
  statement: Statement,
  context: AttestedContext,
): readonly Evaluation[] {
  const read = documentOf(statement, reference);
  if (read instanceof Problem) return evaluateUnopened(asset, read, { ...context, searchesSecrets: false });
  return evaluateSbom(asset, read, context);
}

/** A statement is read once, however often its image is judged. */
const documents = new WeakMap<Statement, ReadSbom | Problem>();

function documentOf(statement: Statement, reference: string): ReadSbom | Problem {
  const known = documents.get(statement);
  if (known !== undefined) return known;
  const read = readDocument(statement, `SBOM attested of ${reference}`);
  documents.set(statement, read);
  return read;
}

function readDocument({ predicate }: Statement, place: string): ReadSbom | Problem {
  try {
    return readSbom(Buffer.from(typeof predicate === "string" ? predicate : JSON.stringify(predicate)), place);
  } catch (error) {
    const problem = asProblem(error, place);
    if (problem instanceof Problem) return problem;
    throw problem;
  }
}

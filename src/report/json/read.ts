/** A report that was written as JSON, read back whole. */
import * as z from "zod";
import type { Basis } from "../../core/basis.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import { parseJson } from "../../core/parse-json.ts";
import { Problem } from "../../core/problem.ts";
import type { ControlResult, Report } from "../../core/report.ts";
import { packagesScope, type Scope } from "../../core/scope.ts";
import { type JsonControl, type JsonEvaluation, type JsonFinding, type JsonPolicy, jsonReport } from "./schema.ts";
import { reportSchema } from "./write.ts";

export interface ReadReport extends Report {
  readonly evaluations: readonly Evaluation[];
}

/**
 * What `--format json` wrote. It is a claim of whoever hands it over: nothing in it is verified but its form. Keys that
 * are not known are passed over. Of a report of a version that did not write all of it, what is missing is empty.
 *
 * @param name - of the file, for problems
 * @throws Problem `report.syntax`, `report.version` or `report.form` with the place in the report
 */
export function readReport(text: string, name = "report"): ReadReport {
  const document = parse(text, name);
  const version = z.object({ schema: z.string() }).safeParse(document).data?.schema;
  if (version !== reportSchema) {
    const cause = version === undefined ? "not a Bulkhead report" : `unsupported schema ${version}`;
    throw problem("report.version", name, cause, `create it with --format json; supported: ${reportSchema}`);
  }
  const read = jsonReport.safeParse(document);
  if (!read.success) {
    const [issue] = read.error.issues;
    const place = [name, ...(issue?.path ?? [])].map(String).join(": ");
    throw problem("report.form", place, (issue?.message ?? "unexpected format").replace(/^Invalid input: /, ""));
  }
  const { schema: _, policy, bases, evaluations: written, controls, checks, ...rest } = read.data;
  const evaluations = written.map((one, index) => evaluationOf(one, bases, `${name}: evaluations: ${index}`));
  const { digest } = policy;
  return {
    ...rest,
    policy: policyOf(policy),
    ...(digest === undefined ? {} : { policyDigest: digest }),
    evaluations,
    ...(controls === undefined
      ? {}
      : { controls: controls.map((control, index) => controlOf(control, evaluations, `${name}: controls: ${index}`)) }),
    checks: checks.map(({ kind, ...check }) => ({ ...check, category: kind ?? check.category })),
  };
}

function parse(text: string, name: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw problem("report.syntax", name, error.message);
  }
}

function policyOf(policy: JsonPolicy): Report["policy"] {
  const { name, environment, extends: extended, loosened } = policy;
  const chain = {
    ...(environment === undefined ? {} : { environment }),
    ...(extended === undefined ? {} : { extended }),
    ...(loosened === undefined ? {} : { loosened }),
  };
  switch (policy.origin) {
    case "default":
      return { kind: "default" };
    case "tree":
      return { kind: "tree", path: name ?? "", ...chain };
    case "trusted":
      return { kind: "trusted", name: name ?? "", loosened: [], ...chain };
  }
}

function evaluationOf(written: JsonEvaluation, bases: readonly Basis[], place: string): Evaluation {
  const { check, findings, excepted, baselined, scope: said, part, basis: at, ...rest } = written;
  const scope = part ?? (said === undefined ? undefined : scopeSaid(said, written.asset.kind));
  const basis = at === undefined ? undefined : bases[at];
  if (at !== undefined && basis === undefined) throw problem("report.form", place, `no basis ${at}`);
  return {
    check,
    ...rest,
    ...(scope === undefined ? {} : { scope }),
    ...(basis === undefined ? {} : { basis }),
    findings: findings.map((finding) => findingOf(finding, check)),
    excepted: excepted.map(({ finding, exception }) => ({ finding: findingOf(finding, check), exception })),
    ...(baselined === undefined
      ? {}
      : { baselined: baselined.map(({ finding, since }) => ({ finding: findingOf(finding, check), since })) }),
  };
}

/** Older reports say it as text alone: of clusters it was an object, of all else its packages. */
function scopeSaid(said: string, asset: JsonEvaluation["asset"]["kind"]): Scope {
  return asset === "cluster" ? { kind: "object", object: said } : packagesScope(said);
}

function findingOf(written: JsonFinding, check: string): Finding {
  const {
    ids,
    package: affected,
    version = affected?.version,
    purl = affected?.purl,
    path,
    context: _,
    ...rest
  } = written;
  return {
    check,
    ...rest,
    matches: {
      ids,
      ...(affected === undefined ? {} : { package: affected.name }),
      ...(version === undefined ? {} : { version }),
      ...(purl === undefined ? {} : { purl }),
      ...(path === undefined ? {} : { path }),
    },
  };
}

/** The worst findings are named by their places, of older reports by their fingerprints alone. */
function controlOf(written: JsonControl, evaluations: readonly Evaluation[], place: string): ControlResult {
  const { worst: fingerprints, worstAt = [], ...rest } = written;
  const worst = fingerprints.map((fingerprint, index) => {
    const at = worstAt[index];
    const finding = at == null ? firstWith(fingerprint, evaluations) : evaluations[at.evaluation]?.findings[at.finding];
    if (finding?.fingerprint === fingerprint) return finding;
    throw problem("report.form", place, `no evaluation has the finding ${fingerprint}`);
  });
  return { ...rest, worst };
}

function firstWith(fingerprint: string, evaluations: readonly Evaluation[]): Finding | undefined {
  for (const { findings } of evaluations) {
    const finding = findings.find((one) => one.fingerprint === fingerprint);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

function problem(code: string, place: string, cause: string, remedy?: string): Problem {
  return new Problem({ kind: "input", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}

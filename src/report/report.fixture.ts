/** Any report, for what must hold of every one. */
import fc from "fast-check";
import type { Asset } from "../core/asset.ts";
import type { Basis } from "../core/basis.ts";
import { categories } from "../core/category.ts";
import type { CheckDescription, ControlNumber } from "../core/check.ts";
import { changeKinds } from "../core/dependency-changes.ts";
import type { Digest } from "../core/digest.ts";
import type { Evaluation } from "../core/evaluation.ts";
import { confidences, type Finding, type Fix, fixGrades, loadedStates } from "../core/finding.ts";
import type { Location } from "../core/location.ts";
import type { PolicyOrigin } from "../core/policy.ts";
import { imageIdentities, otherEnds, type Relation, type RelationEnd, relationTypes } from "../core/relation.ts";
import type { ControlResult, ExitCode, Report } from "../core/report.ts";
import type { Scope } from "../core/scope.ts";
import { severities } from "../core/severity.ts";
import { nastyText } from "./hostile.fixture.ts";

const text = fc.oneof(fc.string({ maxLength: 6 }), nastyText);
const texts = fc.array(text, { maxLength: 3 });
const named = dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor", "1")), text);
const count = fc.nat(1_000_000);
const ordinal = fc.integer({ min: 1, max: 1_000_000 });
const hexadecimal = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const digest = fc.oneof(
  hexadecimal(64).map((hex) => `sha256:${hex}` as Digest),
  hexadecimal(128).map((hex) => `sha512:${hex}` as Digest),
);
const verdict = fc.constantFrom("pass", "fail", "unknown");
const layer = fc.constantFrom("image", "registry", "build", "workload", "cluster", "network", "runtime", "policy");
const controlNumber = fc.integer({ min: 1, max: 10 }).map((number) => number as ControlNumber);

/** Keys of `optional` may be missing; none is ever there without a value. */
function record<Required extends object>(
  required: { [Key in keyof Required]: fc.Arbitrary<Required[Key]> },
  optional: Readonly<Record<string, fc.Arbitrary<unknown>>> = {},
): fc.Arbitrary<Required> {
  const all: Readonly<Record<string, fc.Arbitrary<unknown>>> = { ...required, ...optional };
  const options = { requiredKeys: Object.keys(required), noNullPrototype: true };
  return fc.record(all, options) as unknown as fc.Arbitrary<Required>;
}

function dictionary<Value>(key: fc.Arbitrary<string>, value: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, Value>> {
  return fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
}

const directChange = record(
  { kind: fc.constantFrom(...changeKinds, "unchanged"), type: text, name: text, brings: count },
  { before: text, after: text },
);
const lockfileChanges = record(
  {
    lockfile: text,
    counts: record(Object.fromEntries(changeKinds.map((kind) => [kind, count]))),
    direct: fc.array(directChange, { maxLength: 3 }),
    others: count,
  },
  { closes: count },
);

const place = record({ path: text }, { line: ordinal, column: ordinal });

const location: fc.Arbitrary<Location> = fc.oneof(
  record({ kind: fc.constant("file"), path: text }, { line: ordinal, column: ordinal }),
  record(
    {
      kind: fc.constant("image"),
      path: text,
      layer: record(
        { index: count, diffId: digest },
        { of: ordinal, instruction: text, historyIndex: count, dockerfile: record({ path: text, line: ordinal }) },
      ),
    },
    {},
  ),
  record({ kind: fc.constant("config"), field: text }, {}),
  record({ kind: fc.constant("object"), object: text }, { field: text, place }),
) as fc.Arbitrary<Location>;

function some<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<readonly [Item, ...Item[]]> {
  return fc.array(item, { minLength: 1, maxLength: 2 }) as unknown as fc.Arbitrary<readonly [Item, ...Item[]]>;
}

/** What JSON keeps: all but a negative zero. */
const plain = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

const graded = { grade: fc.constantFrom(...fixGrades), reason: text };

const fix: fc.Arbitrary<Fix> = fc.oneof(
  record({ kind: fc.constant("upgrade"), text, version: text }),
  record({ kind: fc.constant("instruction"), text }),
  record({
    kind: fc.constant("edit"),
    text,
    ...graded,
    edits: some(
      fc
        .tuple(text, count, count, text)
        .map(([path, start, length, replacement]) => ({ path, start, end: start + length, replacement })),
    ),
  }),
  record({
    kind: fc.constant("patch"),
    text,
    ...graded,
    patches: some(
      record(
        { path: fc.array(fc.oneof(text, count), { maxLength: 4 }), op: fc.constantFrom("set", "add", "remove") },
        { value: plain },
      ),
    ),
  }),
) as fc.Arbitrary<Fix>;

const finding = record(
  {
    fingerprint: hexadecimal(32),
    severity: fc.constantFrom(...severities, "unknown" as const),
    overThreshold: fc.boolean(),
    title: text,
    subject: text,
    locations: some(location),
    matches: record({ ids: texts }, { package: text, version: text, purl: text, path: text }),
    evidence: named,
  },
  {
    confidence: fc.constantFrom(...confidences),
    unrecorded: fc.constant(true),
    detail: text,
    fix,
    origin: fc.constantFrom("base", "application"),
    loaded: record(
      { state: fc.constantFrom(...loadedStates), reason: text },
      { observedAt: text, stale: fc.constant(true) },
    ),
    priority: record(
      { score: fc.integer(), exploited: fc.boolean(), reasons: texts },
      { mark: text, epss: fc.constantFrom(0, 0.25, 1) },
    ),
    references: texts,
  },
) as fc.Arbitrary<Omit<Finding, "check">>;

function imageAsset(identity: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Asset> {
  const references = fc.array(
    record({ reference: text, observedAt: text }, { manifestDigest: digest, indexDigest: digest }),
    { maxLength: 2 },
  );
  return record(
    { kind: fc.constant("image"), ...identity, lineage: text, name: text, references },
    { path: text, place: text },
  ) as unknown as fc.Arbitrary<Asset>;
}

const asset: fc.Arbitrary<Asset> = fc.oneof(
  imageAsset({ id: digest, identifiedBy: fc.constantFrom("config", "manifest") }),
  imageAsset({ id: text, identifiedBy: fc.constant("reference") }),
  record({ kind: fc.constant("sbom"), id: digest, lineage: text, name: text }, {}),
  record(
    {
      kind: fc.constantFrom("rootfs", "file", "cluster", "registry", "host"),
      id: text,
      lineage: text,
      name: text,
    },
    {},
  ),
  record({ kind: fc.constant("namespace"), id: text, lineage: text, name: text }, { place: text }),
  record({ kind: fc.constant("workload"), id: text, lineage: text, name: text }, { place: text, seenOn: text }),
) as fc.Arbitrary<Asset>;

const gap = record({ code: text, reason: text }, { remedy: text, concerns: text });
const gaps = fc.array(gap, { maxLength: 2 });

const databases = fc.array(record({ label: text }, { asOf: text, detail: text }), { maxLength: 2 });

const scope: fc.Arbitrary<Scope> = fc.oneof(
  record({ kind: fc.constant("packages"), ecosystem: text }, { release: text }),
  record({ kind: fc.constant("object"), object: text }, {}),
) as fc.Arbitrary<Scope>;

const basis = record(
  { databases },
  { tool: record({ name: text, version: text }), policy: digest },
) as fc.Arbitrary<Basis>;

const evaluation: fc.Arbitrary<Evaluation> = text.chain((check) => {
  const own = finding.map((one): Finding => ({ ...one, check }));
  const exception = record({ reason: text, owner: text, source: place }, { expires: text });
  return record(
    {
      check: fc.constant(check),
      asset,
      verdict,
      reason: text,
      findings: fc.array(own, { maxLength: 3 }),
      excepted: fc.array(record({ finding: own, exception }), { maxLength: 1 }),
      evidence: named,
      gaps,
      observedAt: text,
    },
    {
      action: fc.constantFrom("warn", "audit"),
      scope,
      basis,
      baselined: fc.array(record({ finding: own, since: text }), { maxLength: 1 }),
      accepted: fc.array(
        fc.oneof(
          record({ code: text, by: fc.constant("option") }),
          record({ code: text, by: fc.constant("baseline"), since: text, expires: text }),
          record({
            code: text,
            by: fc.constant("policy"),
            reason: text,
            owner: text,
            expires: text,
            source: record({ path: text, line: ordinal, column: ordinal }),
          }),
        ),
        { maxLength: 2 },
      ),
      validUntil: text,
    },
  ) as fc.Arbitrary<Evaluation>;
});

const end: fc.Arbitrary<RelationEnd> = fc.oneof(
  record({ kind: fc.constant("image"), id: text, identifiedBy: fc.constantFrom(...imageIdentities), name: text }),
  record({
    kind: fc.constantFrom("rootfs", "file", "sbom", "workload", "namespace", "cluster", "host", ...otherEnds),
    id: text,
    name: text,
  }),
) as fc.Arbitrary<RelationEnd>;

const relation = record(
  { type: fc.constantFrom(...relationTypes), from: end, to: end, observedAt: text, evidence: named, gaps },
  { since: text },
) as fc.Arbitrary<Relation>;

const permitted = record(
  {
    type: fc.constant("may"),
    from: record({ kind: fc.constant("account"), id: text, name: text }),
    to: record({ kind: fc.constant("permission"), id: text, name: text }),
    observedAt: text,
    evidence: dictionary(
      fc.constantFrom("binding", "binding at", "role", "role at", "rules", "permissions", "path"),
      text,
    ),
    gaps,
  },
  {},
) as fc.Arbitrary<Relation>;

const loosened = fc.array(
  record({ key: text, path: text, line: ordinal, column: ordinal, trusted: text, wanted: text }),
  { maxLength: 2 },
);

const policy: fc.Arbitrary<PolicyOrigin> = fc.oneof(
  record({ kind: fc.constant("default") }, {}),
  record({ kind: fc.constant("tree"), path: text }, { environment: text, extended: texts, loosened }),
  record({ kind: fc.constant("trusted"), name: text, loosened }, { environment: text, extended: texts }),
) as fc.Arbitrary<PolicyOrigin>;

const check = record(
  {
    id: text,
    title: text,
    layer,
    category: fc.constantFrom(...categories),
    controls: fc.uniqueArray(controlNumber, { maxLength: 2 }),
    severity: fc.constantFrom(...severities, "varies" as const),
    documentation: record({ what: text, why: text, fix: text, references: texts }),
    subject: text,
    needs: dictionary(text, fc.constantFrom("partial", "complete")),
  },
  { withoutControl: text },
) as fc.Arbitrary<CheckDescription>;

function controlsOf(evaluations: readonly Evaluation[]): fc.Arbitrary<ControlResult[]> {
  const findings = evaluations.flatMap((one) => one.findings);
  const control = record(
    {
      number: controlNumber,
      title: text,
      verdict,
      reason: text,
      coverage: record({ assessed: count, total: count, noun: text }),
      worst: findings.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...findings), { maxLength: 3 }),
    },
    { nextFix: text, before: verdict },
  ) as fc.Arbitrary<ControlResult>;
  return fc.array(control, { maxLength: 2 });
}

export const anyReport: fc.Arbitrary<Report> = fc.array(evaluation, { maxLength: 4 }).chain((evaluations) =>
  record(
    {
      tool: record({ name: text, version: text }),
      subject: text,
      startedAt: text,
      policy,
      databases,
      evaluations: fc.constant(evaluations),
      relations: fc.array(fc.oneof(relation, permitted), { maxLength: 2 }),
      notes: texts,
      checks: fc.uniqueArray(check, { maxLength: 3, selector: ({ id }) => id }),
      exitCode: fc.constantFrom<ExitCode>(0, 1, 2, 3),
    },
    {
      policyDigest: digest,
      directory: text,
      baseline: record({
        name: text,
        entries: count,
        known: count,
        worsened: count,
        resolved: count,
        notEvaluated: count,
        foreign: count,
      }),
      controls: controlsOf(evaluations),
      layers: fc.array(record({ layer, verdict, defends: texts, failing: texts }), { maxLength: 2 }),
      changes: fc.array(lockfileChanges, { maxLength: 2 }),
    },
  ),
) as fc.Arbitrary<Report>;
